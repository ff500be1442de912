// SQL of the worklist and of a patient's own list: one page by keyset (exam time, id), how many there are up to a limit,
// and how many a search text names.
import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../db/index.ts';
import { examCondition, type Rights } from '../access/index.ts';
import { type ExamRow, examsById } from './repo.ts';

export type ExamFilter = {
  /** What the asking viewer's grants reach; null where the scope says it otherwise. */
  rights: Rights | null;
  institutionId: string | null;
  /** A living person; every local id of theirs. */
  personId: string | null;
  publishedOnly: boolean;
  examId: string | null;
  examTypes: readonly string[];
  statuses: readonly string[];
  modality: string | null;
  from: Date | null;
  to: Date | null;
  text: TextFilter | null;
};

/** What the one search box may mean: the beginning of a name, patient id or accession number, part of an item's name. */
export type TextFilter = {
  text: string;
  /** Part of a name in characters: given name only. */
  part: string | null;
  /** The beginning of a name in pinyin or initials. */
  letters: string | null;
};
export type ExamSource =
  | { kind: 'all' }
  /** Few exams anyhow: the text is compared with each. */
  | { kind: 'own'; text: TextFilter }
  /** Newest first, the text is compared with each until the page is full. */
  | { kind: 'compared'; text: TextFilter }
  /** From the patients, numbers and items that the text names. */
  | { kind: 'named'; text: TextFilter; items: readonly string[] };
export type Keyset = { examAt: Date; id: string };

type Sql = RawBuilder<unknown>;

/** With `counted` where finding the page has found all of them. */
export async function pageOfExams(
  db: Db | Tx,
  filter: ExamFilter,
  source: ExamSource,
  after: Keyset | null,
  limit: number,
): Promise<{ rows: ExamRow[]; counted: number | null }> {
  const behind = after === null ? [] : [sql`(e.exam_at, e.id) < (${after.examAt}, ${after.id}::bigint)`];
  const newest = sql`ORDER BY e.exam_at DESC, e.id DESC LIMIT ${sql.lit(limit)}`;
  const wanted = conditions(filter);
  const { rows } = await sql<{ id: string; counted: string | null }>`${
    source.kind === 'named' ? named(source, wanted, behind, newest) : walked(source, wanted, behind, newest)
  }`.execute(db);
  if (rows.length === 0) return { rows: [], counted: null };
  const places = new Map(rows.map(({ id }, index) => [id, index]));
  const exams = await examsById(db, [...places.keys()]);
  exams.sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
  const counted = rows[0]?.counted ?? null;
  return { rows: exams, counted: counted === null ? null : Number(counted) };
}

function walked(source: ExamSource, wanted: readonly Sql[], behind: readonly Sql[], newest: Sql): Sql {
  const all = and([...wanted, ...behind, ...compared(source)]);
  return sql`SELECT e.id, NULL AS counted FROM exam e WHERE ${all} ${newest}`;
}

/** The exams of few patients are gathered once; those of items, which may be many, are taken in their order. */
function named(
  source: Extract<ExamSource, { kind: 'named' }>,
  wanted: readonly Sql[],
  behind: readonly Sql[],
  newest: Sql,
): Sql {
  const union = (parts: readonly Sql[]) =>
    sql.join(
      parts.map((part) => sql`(${part})`),
      sql` UNION `,
    );
  if (source.items.length > 0) {
    const parts = union(namedExams(source, [...wanted, ...behind], newest));
    return sql`SELECT e.id, NULL AS counted FROM (${parts}) AS e ${newest}`;
  }
  return sql`WITH found AS MATERIALIZED (${union(namedExams(source, wanted, sql``))})
    SELECT e.id, (SELECT count(*) FROM found) AS counted FROM found e WHERE ${and([sql`true`, ...behind])} ${newest}`;
}

/** `distinct` of the first `limit` that are found; an exam may be found by its patient and by its item. */
export async function countExams(
  db: Db | Tx,
  filter: ExamFilter,
  source: ExamSource,
  limit: number,
): Promise<{ counted: number; distinct: number }> {
  const wanted = conditions(filter);
  const found =
    source.kind === 'named'
      ? sql.join(namedExams(source, wanted, sql``), sql` UNION ALL `)
      : sql`SELECT e.id FROM exam e WHERE ${and([...wanted, ...compared(source)])}`;
  const distinct = source.kind === 'named' ? sql`count(DISTINCT id)` : sql`count(*)`;
  const { rows } = await sql<{ counted: string; distinct: string }>`
    SELECT count(*) AS counted, ${distinct} AS distinct FROM (${found} LIMIT ${sql.lit(limit)}) AS found`.execute(
    db,
  );
  return { counted: Number(rows[0]?.counted ?? 0), distinct: Number(rows[0]?.distinct ?? 0) };
}

/**
 * How much the text names, each counted up to a bound: where the way through the list, which looks at one index entry for
 * each exam, is the shorter one. One statement.
 */
export async function countMatched(
  db: Db | Tx,
  text: TextFilter,
  mostItems: number,
): Promise<{ patients: number; accessions: number; items: string[]; bound: number }> {
  const all = sql`(SELECT greatest(reltuples, 0)::double precision FROM pg_class WHERE oid = 'patient'::regclass)`;
  const bound = sql`greatest(200, ceil(sqrt(2 * ${all})))::bigint`;
  const count = (found: Sql) => sql`(SELECT count(*) FROM (${found} LIMIT ${bound} + 1) AS few)`;
  const { rows } = await sql<{ patients: string; accessions: string; items: string | null; bound: string }>`
    SELECT ${count(namedPatients(text))} AS patients,
      ${count(sql`SELECT 1 FROM exam WHERE ${startsWith('accession_number', text.text)}`)} AS accessions,
      (SELECT string_agg(name, chr(31)) FROM (SELECT name FROM exam_item
        WHERE position(${text.text} in name) > 0 LIMIT ${sql.lit(mostItems)}) AS named) AS items,
      ${bound} AS bound`.execute(db);
  const [row] = rows;
  return {
    patients: Number(row?.patients ?? 0),
    accessions: Number(row?.accessions ?? 0),
    items: (row?.items ?? '').split('\u001f').filter((name) => name !== ''),
    bound: Number(row?.bound ?? 0),
  };
}

function conditions(filter: ExamFilter): Sql[] {
  const all: Sql[] = [sql`e.replaced_by_id IS NULL AND e.emptied_by_study IS NULL`];
  if (filter.rights !== null) all.push(examCondition(filter.rights, 'e'));
  if (filter.institutionId !== null) all.push(sql`e.institution_id = ${filter.institutionId}`);
  if (filter.personId !== null) {
    all.push(sql`e.patient_id IN (SELECT id FROM patient WHERE person_id = ${filter.personId})`);
  }
  if (filter.publishedOnly) all.push(sql`e.published_at IS NOT NULL`);
  if (filter.examId !== null) all.push(sql`e.id = ${filter.examId}`);
  if (filter.examTypes.length > 0) all.push(sql`e.exam_type IN (${sql.join([...filter.examTypes])})`);
  if (filter.statuses.length > 0) all.push(sql`e.status IN (${sql.join([...filter.statuses])})`);
  if (filter.modality !== null) all.push(sql`e.modality = ${filter.modality}`);
  if (filter.from !== null) all.push(sql`e.exam_at >= ${filter.from}`);
  if (filter.to !== null) all.push(sql`e.exam_at < ${filter.to}`);
  return all;
}

/** Patients by the text, some of them twice. */
function namedPatients({ text, part, letters }: TextFilter): Sql {
  const found = [
    sql`SELECT id FROM patient WHERE ${startsWith('name', text)}`,
    sql`SELECT id FROM patient WHERE ${startsWith('patient_id', text)}`,
  ];
  if (part !== null)
    found.push(sql`SELECT patient_id FROM patient_name_part WHERE ${startsWith('part', part)}`);
  if (letters !== null)
    found.push(sql`SELECT patient_id FROM patient_name_key WHERE ${startsWith('key', letters)}`);
  return sql.join(found, sql` UNION ALL `);
}

/** (exam_at, id) of exams by patient, number and item; `end` orders and cuts what each of them gives. */
function namedExams(
  { text, items }: Extract<ExamSource, { kind: 'named' }>,
  wanted: readonly Sql[],
  end: Sql,
): Sql[] {
  const exams = (own: Sql) => sql`SELECT e.exam_at, e.id FROM exam e WHERE ${and([own, ...wanted])} ${end}`;
  // A merged id keeps its old name and number: its exams are found by them and by the survivor's.
  const patients = sql`WITH matched (id) AS (${namedPatients(text)})
      SELECT id FROM matched UNION SELECT p.id FROM patient p JOIN matched m ON p.merged_into_id = m.id`;
  const itemExams = sql`SELECT f.exam_at, f.id FROM unnest(${[...items]}::text[]) AS m(name)
      CROSS JOIN LATERAL (${exams(sql`e.item_name = m.name`)}) AS f`;
  return [
    sql`SELECT f.exam_at, f.id FROM (${patients}) AS m CROSS JOIN LATERAL (${exams(sql`e.patient_id = m.id`)}) AS f`,
    exams(startsWith('e.accession_number', text.text)),
    ...(items.length === 0 ? [] : [itemExams]),
  ];
}

/** The text compared with one exam: search_text is |name|number|pinyin|…| of its patient (kept by trigger). */
function compared(source: ExamSource): Sql[] {
  if (source.kind !== 'own' && source.kind !== 'compared') return [];
  const { text, part, letters } = source.text;
  const begins = (beginning: string) => sql`position(${`|${beginning}`} in e.search_text) > 0`;
  const names = [begins(text)];
  if (part !== null) names.push(sql`position(${part} in e.search_text) > 0`);
  if (letters !== null && letters !== text) names.push(begins(letters));
  return [
    sql`(${sql.join(names, sql` OR `)} OR position(${text} in e.item_name) > 0
      OR left(e.accession_number, ${sql.lit([...text].length)}) = ${text})`,
  ];
}

/** As a range, so that the index serves it under every plan and every collation. */
function startsWith(column: string, text: string): Sql {
  const name = sql.ref(column);
  return sql`(${name} ~>=~ ${text} AND ${name} ~<~ ${`${text}\u{10ffff}`})`;
}

function and(all: readonly Sql[]): Sql {
  return sql.join([...all], sql` AND `);
}
