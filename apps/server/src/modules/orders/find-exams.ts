// The doctor's worklist and the patient's own list: filters and search text to a page of exams. The scope comes from
// the caller's session, never from the query. Cursor: the last row's time and id, so that a page is cheap at any
// depth and stays right while new exams arrive.
import { type ExamQuery, examStatuses, examTypes } from '@yunying/api';
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { getLivePersonId, getPatient } from '../mpi/index.ts';
import { toExam } from './exam.ts';
import { readExamPage } from './find-exams-page.ts';
import type { ExamFilter, Keyset, TextFilter } from './find-exams-repo.ts';
import type { ExamPage, ExamScope } from './types.ts';

const defaultLimit = 50;
const maxLimit = 200;
const dayMs = 24 * 3_600_000;

export async function findExams(db: Db | Tx, scope: ExamScope, query: ExamQuery): Promise<ExamPage> {
  const filter = await toFilter(db, scope, query);
  const limit = Math.min(Math.max(query.limit ?? defaultLimit, 1), maxLimit);
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const { rows, total, totalIsFloor } = await readExamPage(db, filter, after, limit);
  const items = rows.slice(0, limit).map(toExam);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined ? writeCursor({ examAt: last.examAt, id: last.examId }) : null;
  return { items, nextCursor, total, totalIsFloor };
}

async function toFilter(db: Db | Tx, scope: ExamScope, query: ExamQuery): Promise<ExamFilter> {
  const asked = query.patientId === undefined ? null : await personOf(db, query.patientId);
  const own = scope.kind === 'person' ? await getLivePersonId(db, scope.personId) : null;
  return {
    institutionId: scope.kind === 'institution' ? scope.institutionId : null,
    rights: scope.kind === 'rights' ? { ...scope, pseudonyms: !namesSomebody(query) } : null,
    personId: own ?? asked,
    publishedOnly: scope.kind === 'person',
    examId: scope.kind === 'person' ? scope.examId : null,
    examTypes: listOf(query.examType, examTypes, 'examType'),
    statuses: listOf(query.status, examStatuses, 'status'),
    modality:
      query.modality === undefined || query.modality.trim() === ''
        ? null
        : query.modality.trim().toUpperCase(),
    from: query.from === undefined ? null : startOfDay(query.from, 'from'),
    to: query.to === undefined ? null : new Date(startOfDay(query.to, 'to').getTime() + dayMs),
    text: readText(query.q),
  };
}

/** Who searches for a person must not learn from the answer that a protected one is here. */
const namesSomebody = (query: ExamQuery) => (query.q ?? '').trim() !== '' || query.patientId !== undefined;

/** `patientId` of the query is a patient row id; an unknown one finds nothing. */
async function personOf(db: Db | Tx, patientRowId: string): Promise<string> {
  if (!/^\d{1,19}$/.test(patientRowId)) throw new AppError('request.invalid', { field: 'patientId' });
  return (await getPatient(db, patientRowId)).personId;
}

function listOf(text: string | undefined, allowed: readonly string[], field: string): string[] {
  const asked = (text ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  if (asked.some((part) => !allowed.includes(part))) throw new AppError('request.invalid', { field });
  return asked;
}

function startOfDay(day: string, field: string): Date {
  const at = new Date(`${day}T00:00:00+08:00`);
  if (Number.isNaN(at.getTime())) throw new AppError('request.invalid', { field });
  return at;
}

/** Chinese, pinyin, initials, patient id, accession number or item: all at once, each cheap. */
export function readText(q: string | undefined): TextFilter | null {
  const text = (q ?? '').normalize('NFKC').replaceAll('|', '').trim().slice(0, 64);
  if (text === '') return null;
  const letters = text.toLowerCase().replace(/[\s'’·.-]/g, '');
  const han = /\p{Script=Han}/u.test(text);
  return {
    text,
    part: han && [...text].length >= 2 ? text : null,
    letters: !han && /^[\p{L}\p{N}]+$/u.test(letters) ? letters : null,
  };
}

function writeCursor(key: Keyset): string {
  return Buffer.from(`${key.examAt.getTime()}.${key.id}`).toString('base64url');
}

function readCursor(cursor: string): Keyset {
  const found = /^(-?\d{1,15})\.(\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (found === null) throw new AppError('request.invalid', { field: 'cursor' });
  return { examAt: new Date(Number(found[1])), id: found[2] ?? '0' };
}
