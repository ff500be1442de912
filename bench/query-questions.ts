// What the query benchmark asks: the same questions for every size and side, drawn from the archive itself, in the
// spelling that each side understands. Trap: QIDO-RS of Orthanc 1.10 does not decode percent-encoded values and refuses
// bytes beyond ASCII, so a Chinese name is asked of its own /tools/find, which answers the same studies.
import { sql } from 'kysely';
import type { Db } from '../apps/server/src/db/index.ts';
import { prefixesAt } from './query-people.ts';
import { dayOf } from './query-rows.ts';

/** A path, and a body to be posted after the sign #. */
export type Question = string;
/** Null: that side cannot be asked so. */
export type Questions = Record<string, { ours: Question[]; peer: Question[] | null }>;

const page = 'limit=50';

export async function questionsOf(db: Db, size: number, count: number): Promise<Questions> {
  const picked = await sample(db, size, count);
  const each = <T>(pick: (at: number) => T) => Array.from({ length: count }, (_, at) => pick(at));
  const studies = (query: string) => `/dicom-web/studies?${query === '' ? '' : `${query}&`}${page}`;
  const asked = (keyword: string, pick: (row: Picked) => string) => {
    const texts = picked.map((row) => pick(row));
    return {
      ours: texts.map((text) => studies(`${keyword}=${encodeURIComponent(text)}`)),
      // The server behind that name understands ASCII as it is.
      peer: texts.every((text) => /^[\x21-\x7e]*$/.test(text))
        ? texts.map((text) => studies(`${keyword}=${text}`))
        : texts.map((text) => findOfPeer({ [keyword]: text })),
    };
  };
  // Thirty days of 274 studies each, spread over the archive; a young one has fewer days.
  const month = (at: number) => {
    const from = Math.floor((Math.max(0, size - 30 * 274) * at) / count);
    return `StudyDate=${dayOf(from)}-${dayOf(Math.min(size, from + 29 * 274))}`;
  };
  const prefixes = each(prefixesAt);
  const same = (list: Question[]) => ({ ours: list, peer: list });
  const ofOurs = (list: Question[]) => ({ ours: list, peer: null });
  const name = (pick: (at: number) => string) =>
    each((at) => studies(`PatientName=${encodeURIComponent(pick(at))}`));
  const deep = Math.floor(size * 0.9);
  return {
    'exact UID': asked('StudyInstanceUID', (row) => row.study),
    'accession number': asked('AccessionNumber', (row) => row.accession),
    'patient id': asked('PatientID', (row) => row.patientId),
    'name prefix (Wang*)': same(prefixes.map(({ alphabetic }) => studies(`PatientName=${alphabetic}`))),
    'Chinese name': asked('PatientName', (row) => row.written),
    'Chinese prefix (王小*)': ofOurs(name((at) => prefixes[at]?.characters ?? '')),
    'initials (wx*)': ofOurs(name((at) => prefixes[at]?.initials ?? '')),
    'given name (*小明)': ofOurs(name((at) => `*${picked[at]?.written.slice(1) ?? ''}`)),
    'fuzzy pinyin': ofOurs(
      each(
        (at) =>
          `${studies(`PatientName=${encodeURIComponent(picked[at]?.pinyin ?? '')}`)}&fuzzymatching=true`,
      ),
    ),
    '30 days + modality': same(each((at) => studies(`${month(at)}&ModalitiesInStudy=CT`))),
    '30 days + rare modality': same(each((at) => studies(`${month(at)}&ModalitiesInStudy=NM`))),
    'rare modality': same(each(() => studies('ModalitiesInStudy=PT'))),
    '30 days + name prefix': same(
      each((at) => studies(`${month(at)}&PatientName=${prefixes[at]?.alphabetic ?? ''}`)),
    ),
    'newest first': same(each(() => studies(''))),
    'series of 30 days (CT)': ofOurs(each((at) => `/dicom-web/series?${month(at)}&Modality=CT&${page}`)),
    'deep page (Link)': {
      ours: [studies(`offset=${deep}`)],
      peer: Array<string>(4).fill(studies(`offset=${deep}`)),
    },
    'deep page (offset)': same(Array<string>(4).fill(studies(`offset=${deep}`))),
    ...worklistOf(size, picked, prefixes),
  };
}

/** The doctor's list of the same archive: an exam for each study. */
function worklistOf(
  size: number,
  picked: readonly Picked[],
  prefixes: readonly { characters: string; initials: string }[],
): Questions {
  const ofOurs = (queries: string[]) => ({
    ours: queries.map((query) => `/api/exams?limit=50${query}`),
    peer: null,
  });
  const each = (pick: (row: Picked, at: number) => string) => ofOurs(picked.map(pick));
  const dashed = (n: number) => dayOf(n).replace(/(....)(..)(..)/, '$1-$2-$3');
  const month = (at: number) => {
    const from = Math.floor((Math.max(0, size - 30 * 274) * at) / picked.length);
    return `&from=${dashed(from)}&to=${dashed(Math.min(size, from + 29 * 274))}`;
  };
  const q = (text: string) => `&q=${encodeURIComponent(text.replaceAll('*', ''))}`;
  return {
    'worklist, first page': ofOurs(['']),
    'worklist, name': each((row) => q(row.written)),
    'worklist, beginning of a name': each((_, at) => q(prefixes[at]?.characters ?? '')),
    'worklist, pinyin': each((row) => q(row.pinyin)),
    'worklist, initials': each((_, at) => q(prefixes[at]?.initials ?? '')),
    'worklist, patient id': each((row) => q(row.patientId)),
    'worklist, item': ofOurs([q('胸部')]),
    'worklist, 30 days': each((_, at) => month(at)),
    'worklist, 30 days + CT': each((_, at) => `${month(at)}&modality=CT`),
    'worklist, 30 days + name': each((_, at) => `${month(at)}${q(prefixes[at]?.characters ?? '')}`),
  };
}

type Picked = Record<'study' | 'accession' | 'patientId' | 'written' | 'pinyin', string>;

async function sample(db: Db, size: number, count: number): Promise<Picked[]> {
  const numbers = Array.from(
    { length: count },
    (_, at) => 1_000_000 + Math.floor(((at + 0.5) * size) / count),
  );
  const { rows } = await sql<Picked>`SELECT s.study_instance_uid AS study, s.accession_number AS accession,
      s.patient_id AS "patientId", s.patient_name AS written, split_part(p.name_pinyin, ' ', 1) AS pinyin
    FROM study s JOIN patient p ON p.id = s.patient_row_id WHERE s.id = ANY(${numbers}::bigint[]) ORDER BY s.id`.execute(
    db,
  );
  return rows;
}

function findOfPeer(query: Record<string, string>): string {
  const wide = Object.fromEntries(
    Object.entries(query).map(([keyword, text]) => [keyword, `*${text.slice(0, 1)}*${text.slice(1)}*`]),
  );
  return `/tools/find#${JSON.stringify({ Level: 'Study', Expand: true, Limit: 50, Query: wide })}`;
}
