// PID and MRG to what the index of persons wants (HL7 v2.x chapter 3). Tolerant where senders differ: local id in
// PID-3 or PID-2, Chinese and phonetic names as repetitions, identity numbers in PID-19 or as a repetition of
// PID-3, sexes in HL7, GB/T 2261.1 or Chinese. A birth date that is no date is taken as not said.
import {
  type Cx,
  displayName,
  type Message,
  type Piece,
  parseCx,
  parseXad,
  parseXpn,
  parseXtn,
  readTime,
} from '@yunying/hl7';
import { AppError } from '../../errors.ts';
import { isValidChineseIdentity, type PatientFacts } from '../mpi/index.ts';

type NamedPatient = Omit<PatientFacts, 'institutionId' | 'source'>;
type LocalId = { patientId: string; authorities: string[] };

const identityTypes = new Set(['NI', 'NNCHN', 'NNCN', 'IDCARD', 'SFZ', '01']);
const passportTypes = new Set(['PPN', '03']);
const localTypes = ['PI', 'MR', 'PT', ''];
const maxText = 200;

export function readPatient(message: Message, occurrence = 1): NamedPatient & LocalId {
  const at = (field: number): string => `PID[${occurrence}]-${field}`;
  if (message.segment('PID', occurrence) === null)
    throw new AppError('hl7.field_missing', { segment: 'PID' });
  const ids = [...message.pieces(at(3)), ...message.pieces(at(2))]
    .map(parseCx)
    .filter((id) => text(id.id) !== null);
  const names = readNames(message.pieces(at(5)));
  const identity = readIdentity(message, at, ids);
  return {
    ...localId(ids, 'PID', 3, occurrence),
    ...names,
    sex: said(message.piece(at(8)), (value) => sexOf(value)),
    birthDate: said(message.piece(at(7)), (value) => readTime(value.trim())?.day ?? null),
    identityType: identity.type,
    identityNo: identity.number,
    phone: readPhone(message, at),
    address: readAddress(message.piece(at(11))),
  };
}

/** MRG-1: the id to be retired, and the name it had (MRG-7). */
export function readMerged(message: Message, occurrence = 1): LocalId & { name: string | null } {
  if (message.segment('MRG', occurrence) === null)
    throw new AppError('hl7.field_missing', { segment: 'MRG' });
  const ids = message
    .pieces(`MRG[${occurrence}]-1`)
    .map(parseCx)
    .filter((id) => text(id.id) !== null);
  return {
    ...localId(ids, 'MRG', 1, occurrence),
    name: readNames(message.pieces(`MRG[${occurrence}]-7`)).name,
  };
}

function localId(ids: readonly Cx[], segment: string, field: number, sequence: number): LocalId {
  const local = ids.filter((id) => !isDocument(id));
  const chosen =
    localTypes
      .map((type) => local.find((id) => (id.identifierTypeCode ?? '').toUpperCase() === type))
      .find(Boolean) ?? local[0];
  const patientId = text(chosen?.id ?? null);
  if (chosen === undefined || patientId === null)
    throw new AppError('hl7.field_missing', { segment, sequence, field });
  const { assigningAuthority, assigningFacility } = chosen;
  const authorities = [
    assigningAuthority?.namespaceId,
    assigningAuthority?.universalId,
    assigningFacility?.namespaceId,
  ].flatMap((name) => (name == null || name.trim() === '' ? [] : [name.trim()]));
  return { patientId: patientId.slice(0, 64), authorities };
}

function isDocument(id: Cx): boolean {
  const type = (id.identifierTypeCode ?? '').toUpperCase();
  return identityTypes.has(type) || passportTypes.has(type);
}

function readNames(pieces: readonly Piece[]): { name: string | null; namePinyin: string | null } {
  const names = pieces.map((piece) => ({
    shown: displayName(parseXpn(piece)).slice(0, maxText),
    kind: parseXpn(piece).representation,
  }));
  const given = names.filter((name) => name.shown !== '');
  const chosen =
    given.find((name) => name.kind === 'I') ??
    given.find((name) => /\p{Script=Han}/u.test(name.shown)) ??
    given[0];
  const phonetic = given.find((name) => name !== chosen && (name.kind === 'P' || name.kind === 'A'));
  return { name: chosen?.shown ?? null, namePinyin: phonetic?.shown ?? null };
}

function readIdentity(
  message: Message,
  at: (field: number) => string,
  ids: readonly Cx[],
): { type: string | null; number: string | null } {
  const national =
    text(message.get(`${at(19)}.1`)) ?? text(ids.find((id) => identityTypes.has(typeOf(id)))?.id ?? null);
  if (national !== null)
    return { type: isValidChineseIdentity(national) ? '01' : '99', number: national.slice(0, 64) };
  const passport = text(ids.find((id) => passportTypes.has(typeOf(id)))?.id ?? null);
  return passport === null ? { type: null, number: null } : { type: '03', number: passport.slice(0, 64) };
}

/** The reserved number: a mobile if there is one, because a code has to reach it. */
function readPhone(message: Message, at: (field: number) => string): string | null {
  if (message.presence(at(13)) === 'null') return '';
  const numbers = [...message.pieces(at(13)), ...message.pieces(at(14))].flatMap((piece) => {
    const number =
      parseXtn(piece)
        .number?.normalize('NFKC')
        .replace(/^(\+|00)86(?=1)/, '')
        .replace(/[\s()-]/g, '') ?? '';
    return number === '' ? [] : [number.slice(0, 32)];
  });
  return numbers.find((number) => /^1[3-9]\d{9}$/.test(number)) ?? numbers[0] ?? null;
}

function readAddress(piece: Piece | null): string | null {
  if (piece === null || piece.isNull) return piece === null ? null : '';
  const { state, city, county, street, otherDesignation } = parseXad(
    piece.level === 'field' ? piece.at(1) : piece,
  );
  const parts = [state, city, county, street, otherDesignation].flatMap((part) => text(part) ?? []);
  if (parts.length === 0) return null;
  const chinese = parts.some((part) => /\p{Script=Han}/u.test(part));
  return parts.join(chinese ? '' : ', ').slice(0, maxText);
}

function sexOf(value: string): string | null {
  switch (value.trim().toUpperCase()) {
    case 'M':
    case '1':
    case '男':
      return '1';
    case 'F':
    case '2':
    case '女':
      return '2';
    case 'O':
    case 'A':
    case 'N':
    case '9':
      return '9';
    case 'U':
    case '0':
      return '0';
    default:
      return null;
  }
}

/** null when not said or not understood, '' when explicitly erased. */
function said(piece: Piece | null, read: (value: string) => string | null): string | null {
  if (piece === null) return null;
  if (piece.isNull) return '';
  const value = piece.at(1).text;
  return value === null ? null : read(value);
}

function typeOf(id: Cx): string {
  return (id.identifierTypeCode ?? '').toUpperCase();
}

function text(value: string | null | undefined): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
