// SQL of the worklist and of a patient's own list: one page by keyset (exam time, id), and the count of all.
import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../db/index.ts';
import { type ExamRow, examQuery } from './repo.ts';

export type ExamFilter = {
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

/** What the one search box may mean. Prefixes are already escaped for LIKE and end in %. */
export type TextFilter = {
  namePrefix: string;
  /** Part of a name in characters: given name only. */
  namePart: string | null;
  pinyinPrefix: string | null;
  idPrefix: string;
  itemPart: string;
};

export type Keyset = { examAt: Date; id: string };

export function pageOfExams(
  db: Db | Tx,
  filter: ExamFilter,
  after: Keyset | null,
  limit: number,
): Promise<ExamRow[]> {
  let query = examQuery(db).where(conditions(filter));
  if (after !== null)
    query = query.where(sql<boolean>`(e.exam_at, e.id) < (${after.examAt}, ${after.id}::bigint)`);
  return query.orderBy('e.exam_at', 'desc').orderBy('e.id', 'desc').limit(limit).execute();
}

export async function countExams(db: Db | Tx, filter: ExamFilter): Promise<number> {
  const row = await db
    .selectFrom('exam as e')
    .select((e) => e.fn.countAll<string>().as('n'))
    .where(conditions(filter))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

function conditions(filter: ExamFilter): RawBuilder<boolean> {
  const all: RawBuilder<unknown>[] = [sql`e.replaced_by_id IS NULL AND e.emptied_by_study IS NULL`];
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
  if (filter.text !== null) all.push(textCondition(filter.text));
  return sql<boolean>`${sql.join(all, sql` AND `)}`;
}

/** A merged id keeps its old name and number: its exams are found by them and by the survivor's. */
function textCondition(text: TextFilter): RawBuilder<unknown> {
  const matched: RawBuilder<unknown>[] = [
    sql`SELECT id FROM patient WHERE name LIKE ${text.namePrefix}`,
    sql`SELECT id FROM patient WHERE patient_id LIKE ${text.idPrefix}`,
  ];
  if (text.namePart !== null) matched.push(sql`SELECT id FROM patient WHERE name LIKE ${text.namePart}`);
  if (text.pinyinPrefix !== null) {
    matched.push(sql`SELECT patient_id FROM patient_name_key WHERE key LIKE ${text.pinyinPrefix}`);
  }
  const union = sql.join(matched, sql` UNION `);
  return sql`(e.patient_id IN (
      WITH matched (id) AS (${union})
      SELECT id FROM matched
      UNION SELECT p.id FROM patient p JOIN matched m ON p.merged_into_id = m.id)
    OR e.accession_number LIKE ${text.idPrefix}
    OR e.item_name LIKE ${text.itemPart})`;
}
