// All SQL of the mpi module. A function is one statement (or one that must be two); rules live elsewhere.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../db/index.ts';
import type { Institution, Patient } from './types.ts';

export type PatientRow = Patient & { namePinyin: string; nameSource: string };

const patientColumns = [
  'id',
  'institution_id as institutionId',
  'patient_id as patientId',
  'person_id as personId',
  'merged_into_id as mergedIntoId',
  'name',
  'name_pinyin as namePinyin',
  'sex',
  'birth_date as birthDate',
  'identity_type as identityType',
  'identity_no as identityNo',
  'phone',
  'address',
  'name_source as nameSource',
] as const;

/** Two messages about one key wait for each other, so that a newcomer is not made twice. Held to the end of `tx`. */
export async function lockKey(tx: Tx, key: string): Promise<void> {
  const number = createHash('sha256').update(key).digest().readBigInt64BE(0).toString();
  await sql`SELECT pg_advisory_xact_lock(${number}::bigint)`.execute(tx);
}

// ── institutions ──

export async function institutionByAliases(
  db: Db | Tx,
  aliases: readonly string[],
): Promise<(Institution & { alias: string })[]> {
  if (aliases.length === 0) return [];
  const rows = await db
    .selectFrom('institution_alias')
    .innerJoin('institution', 'institution.id', 'institution_alias.institution_id')
    .select([
      'institution.id',
      'institution.code',
      'institution.name',
      'institution.is_default as isDefault',
      'institution_alias.alias',
    ])
    .where('institution_alias.alias', 'in', [...aliases])
    .execute();
  return rows;
}

export function institutionByCode(db: Db | Tx, code: string): Promise<Institution | undefined> {
  return institutions(db).where('code', '=', code).executeTakeFirst();
}

export function institutionById(db: Db | Tx, id: string): Promise<Institution | undefined> {
  return institutions(db).where('id', '=', id).executeTakeFirst();
}

export function defaultInstitution(db: Db | Tx): Promise<Institution | undefined> {
  return institutions(db).where('is_default', '=', true).orderBy('id').executeTakeFirst();
}

export function allInstitutions(db: Db | Tx): Promise<Institution[]> {
  return institutions(db).orderBy('is_default', 'desc').orderBy('code').execute();
}

export async function upsertInstitution(tx: Tx, row: Omit<Institution, 'id'>, at: Date): Promise<string> {
  const written = await tx
    .insertInto('institution')
    .values({ id: newId(), code: row.code, name: row.name, is_default: row.isDefault, created_at: at })
    .onConflict((c) => c.column('code').doUpdateSet({ name: row.name, is_default: row.isDefault }))
    .returning('id')
    .executeTakeFirstOrThrow();
  return written.id;
}

export async function clearOtherDefaults(tx: Tx, keepId: string): Promise<void> {
  await tx
    .updateTable('institution')
    .set({ is_default: false })
    .where('is_default', '=', true)
    .where('id', '<>', keepId)
    .execute();
}

export async function upsertAlias(tx: Tx, alias: string, institutionId: string): Promise<void> {
  await tx
    .insertInto('institution_alias')
    .values({ alias, institution_id: institutionId })
    .onConflict((c) => c.column('alias').doUpdateSet({ institution_id: institutionId }))
    .execute();
}

export async function upsertDepartment(
  tx: Tx,
  institutionId: string,
  code: string,
  name: string,
): Promise<string> {
  const known = await tx
    .selectFrom('department')
    .select(['id', 'name'])
    .where('institution_id', '=', institutionId)
    .where('code', '=', code)
    .executeTakeFirst();
  if (known !== undefined && known.name === name) return known.id;
  const written = await tx
    .insertInto('department')
    .values({ id: newId(), institution_id: institutionId, code, name })
    .onConflict((c) => c.columns(['institution_id', 'code']).doUpdateSet({ name }))
    .returning('id')
    .executeTakeFirstOrThrow();
  return written.id;
}

// ── persons and patients ──

export async function insertPerson(tx: Tx, at: Date): Promise<string> {
  const id = newId();
  await tx.insertInto('person').values({ id, merged_into_id: null, created_at: at }).execute();
  return id;
}

export async function personMergedInto(db: Db | Tx, personId: string): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('person')
    .select('merged_into_id')
    .where('id', '=', personId)
    .executeTakeFirst();
  return row?.merged_into_id;
}

/** Every person that was merged into `goneId` before follows to the survivor, so that chains stay one step long. */
export async function retirePerson(tx: Tx, goneId: string, survivorId: string): Promise<void> {
  await tx
    .updateTable('person')
    .set({ merged_into_id: survivorId })
    .where((e) => e.or([e('id', '=', goneId), e('merged_into_id', '=', goneId)]))
    .execute();
}

export async function movePatientsOfPerson(tx: Tx, fromPersonId: string, toPersonId: string): Promise<void> {
  await tx
    .updateTable('patient')
    .set({ person_id: toPersonId })
    .where('person_id', '=', fromPersonId)
    .execute();
}

export async function setPerson(tx: Tx, patientRowId: string, personId: string): Promise<void> {
  await tx.updateTable('patient').set({ person_id: personId }).where('id', '=', patientRowId).execute();
}

export function patientByLocalId(
  db: Db | Tx,
  institutionId: string,
  patientId: string,
): Promise<PatientRow | undefined> {
  return db
    .selectFrom('patient')
    .select(patientColumns)
    .where('institution_id', '=', institutionId)
    .where('patient_id', '=', patientId)
    .executeTakeFirst();
}

export function patientById(db: Db | Tx, id: string): Promise<PatientRow | undefined> {
  return db.selectFrom('patient').select(patientColumns).where('id', '=', id).executeTakeFirst();
}

export function patientsOfPerson(db: Db | Tx, personId: string): Promise<PatientRow[]> {
  return db
    .selectFrom('patient')
    .select(patientColumns)
    .where('person_id', '=', personId)
    .orderBy('id')
    .execute();
}

export function patientsByIdentity(db: Db | Tx, identityNo: string, limit: number): Promise<PatientRow[]> {
  return db
    .selectFrom('patient')
    .select(patientColumns)
    .where('identity_no', '=', identityNo)
    .where('merged_into_id', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
}

export type PatientWrite = {
  name: string;
  namePinyin: string;
  nameInitials: string;
  sex: string;
  birthDate: string | null;
  identityType: string | null;
  identityNo: string | null;
  phone: string | null;
  address: string | null;
  nameSource: string;
};

export async function insertPatient(
  tx: Tx,
  key: { institutionId: string; patientId: string; personId: string },
  write: PatientWrite,
  at: Date,
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('patient')
    .values({
      id,
      institution_id: key.institutionId,
      patient_id: key.patientId,
      person_id: key.personId,
      merged_into_id: null,
      ...columnsOf(write),
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

export async function updatePatient(tx: Tx, id: string, write: PatientWrite, at: Date): Promise<void> {
  await tx
    .updateTable('patient')
    .set({ ...columnsOf(write), updated_at: at })
    .where('id', '=', id)
    .execute();
}

export async function replaceNameKeys(tx: Tx, patientRowId: string, keys: readonly string[]): Promise<void> {
  await tx.deleteFrom('patient_name_key').where('patient_id', '=', patientRowId).execute();
  if (keys.length === 0) return;
  await tx
    .insertInto('patient_name_key')
    .values(keys.map((key) => ({ patient_id: patientRowId, key })))
    .execute();
}

/** The gone id and every id merged into it before now lead to the survivor in one step. */
export async function retirePatient(tx: Tx, goneId: string, survivorId: string, at: Date): Promise<void> {
  await tx
    .updateTable('patient')
    .set({ merged_into_id: survivorId, updated_at: at })
    .where((e) => e.or([e('id', '=', goneId), e('merged_into_id', '=', goneId)]))
    .execute();
}

function institutions(db: Db | Tx) {
  return db.selectFrom('institution').select(['id', 'code', 'name', 'is_default as isDefault']);
}

function columnsOf(write: PatientWrite) {
  return {
    name: write.name,
    name_pinyin: write.namePinyin,
    name_initials: write.nameInitials,
    sex: write.sex,
    birth_date: write.birthDate,
    identity_type: write.identityType,
    identity_no: write.identityNo,
    phone: write.phone,
    address: write.address,
    name_source: write.nameSource,
  };
}
