// Register or update a local id. Callers: orders (ADT, ORM, ORU), link-study (DICOM), staff screens later.
// Order matters: lock the local id, then the identity number, so that two simultaneous newcomers do not become
// two persons. What a better source said is not overwritten by a worse one, only filled in.
import type { Tx } from '../../db/index.ts';
import { moveProtection } from '../access/index.ts';
import { normalizeIdentity } from './identity.ts';
import { linkingIdentity, matchPerson, surelyDifferent } from './match-person.ts';
import { nameKeys, namePinyin } from './name-keys.ts';
import * as repo from './repo.ts';
import type { PatientFacts, PatientSource, PatientUpsert } from './types.ts';

const trust: Record<PatientSource, number> = { dicom: 1, hl7: 2, staff: 3 };
const maxCandidates = 50;
const unknownName = '未知';

export async function upsertPatient(
  tx: Tx,
  facts: PatientFacts,
  at: Date = new Date(),
): Promise<PatientUpsert> {
  await repo.lockKey(tx, `patient:${facts.institutionId}:${facts.patientId}`);
  const row = await repo.patientByLocalId(tx, facts.institutionId, facts.patientId);
  if (row === undefined) return insertNew(tx, facts, at);
  if (row.mergedIntoId !== null) return redirected(tx, row, row.mergedIntoId);

  const write = combine(row, facts);
  if (write !== null) {
    await repo.updatePatient(tx, row.id, write, at);
    if (write.name !== row.name)
      await repo.replaceNameKeys(tx, row.id, nameKeys(write.name, facts.namePinyin ?? null));
  }
  const personId = write === null ? row.personId : await rematch(tx, row, write);
  return { patientId: row.id, personId, created: false };
}

async function insertNew(tx: Tx, facts: PatientFacts, at: Date): Promise<PatientUpsert> {
  const write = firstWrite(facts);
  const personId = (await findPerson(tx, write, null)) ?? (await repo.insertPerson(tx, at));
  const key = { institutionId: facts.institutionId, patientId: facts.patientId, personId };
  const patientId = await repo.insertPatient(tx, key, write, at);
  await repo.replaceNameKeys(tx, patientId, nameKeys(write.name, facts.namePinyin ?? null));
  return { patientId, personId, created: true };
}

/** Traffic for a merged id goes to its survivor, whose own particulars it does not touch. */
async function redirected(tx: Tx, row: repo.PatientRow, survivorId: string): Promise<PatientUpsert> {
  const survivor = (await repo.patientById(tx, survivorId)) ?? row;
  return { patientId: survivor.id, personId: survivor.personId, created: false };
}

async function findPerson(
  tx: Tx,
  evidence: repo.PatientWrite,
  exceptRowId: string | null,
): Promise<string | null> {
  const identity = linkingIdentity(evidence);
  if (identity === null) return null;
  await repo.lockKey(tx, `identity:${identity}`);
  const candidates = await repo.patientsByIdentity(tx, identity, maxCandidates);
  return matchPerson(
    evidence,
    candidates.filter((row) => row.id !== exceptRowId),
  );
}

/** An id registered without its identity number joins its person once the number is known. */
async function rematch(tx: Tx, row: repo.PatientRow, write: repo.PatientWrite): Promise<string> {
  if (write.identityNo === row.identityNo && write.name === row.name) return row.personId;
  const personId = await findPerson(tx, write, row.id);
  if (personId === null || personId === row.personId) return row.personId;
  const own = await repo.patientsOfPerson(tx, row.personId);
  if (own.some((other) => other.id !== row.id && surelyDifferent(other, write))) return row.personId;
  if (own.some((other) => other.id !== row.id && other.mergedIntoId === null)) return row.personId;
  await moveProtection(tx, row.personId, personId);
  await repo.movePatientsOfPerson(tx, row.personId, personId);
  await repo.retirePerson(tx, row.personId, personId);
  return personId;
}

function firstWrite(facts: PatientFacts): repo.PatientWrite {
  const name = given(facts.name) ?? unknownName;
  return {
    ...nameColumns(name, facts.namePinyin),
    sex: given(facts.sex) ?? '0',
    birthDate: given(facts.birthDate),
    identityType: given(facts.identityType),
    identityNo: identityOf(facts),
    phone: given(facts.phone),
    address: given(facts.address),
    nameSource: facts.source,
  };
}

/** The row as it should be, or null when nothing changes. */
function combine(row: repo.PatientRow, facts: PatientFacts): repo.PatientWrite | null {
  const rowTrust = trust[row.nameSource as PatientSource] ?? 0;
  const outranks = trust[facts.source] >= rowTrust;
  const pick = (known: string | null, said: string | null, empty: string | null = null): string | null => {
    if (said === null) return known;
    if (outranks) return said === '' ? empty : said;
    return known === null || known === empty ? given(said) : known;
  };
  const name = outranks ? (given(facts.name) ?? row.name) : row.name;
  const columns = nameColumns(name, facts.namePinyin);
  const write: repo.PatientWrite = {
    ...(name === row.name ? { ...columns, namePinyin: row.namePinyin } : columns),
    sex: pick(row.sex, facts.sex, '0') ?? '0',
    birthDate: pick(row.birthDate, facts.birthDate),
    identityType: pick(row.identityType, facts.identityType),
    identityNo: pick(row.identityNo, facts.identityNo === '' ? '' : identityOf(facts)),
    phone: pick(row.phone, facts.phone),
    address: pick(row.address, facts.address),
    nameSource: outranks && given(facts.name) !== null ? facts.source : row.nameSource,
  };
  const fields = [
    'name',
    'sex',
    'birthDate',
    'identityType',
    'identityNo',
    'phone',
    'address',
    'nameSource',
  ] as const;
  return fields.some((field) => write[field] !== row[field]) ? write : null;
}

function nameColumns(name: string, givenPinyin: string | null | undefined) {
  const { pinyin, initials } = namePinyin(name, givenPinyin ?? null);
  return { name, namePinyin: pinyin, nameInitials: initials };
}

function identityOf(facts: PatientFacts): string | null {
  const text = given(facts.identityNo);
  if (text === null) return null;
  const number = normalizeIdentity(text);
  return /^(.)\1*X?$/.test(number) ? null : number; // all one digit: a front-desk placeholder
}

function given(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
