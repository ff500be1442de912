// SQL of label rules, of what they look at, and of the labels they set. Patients come from the index of persons;
// exams, orders and reports are only read here.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';

export type RuleRow = Selectable<Schema['protection_rule']>;
export type RunRow = Selectable<Schema['protection_run']>;

export function selectRules(db: Db | Tx): Promise<RuleRow[]> {
  return db.selectFrom('protection_rule').selectAll().where('removed_at', 'is', null).orderBy('id').execute();
}

export function selectRule(db: Db | Tx, id: string): Promise<RuleRow | undefined> {
  return db
    .selectFrom('protection_rule')
    .selectAll()
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function insertRule(tx: Tx, row: Insertable<Schema['protection_rule']>): Promise<void> {
  await tx.insertInto('protection_rule').values(row).execute();
}

export async function updateRule(tx: Tx, id: string, columns: Partial<RuleRow>): Promise<void> {
  await tx.updateTable('protection_rule').set(columns).where('id', '=', id).execute();
}

export async function insertRuleVersion(
  tx: Tx,
  row: Insertable<Schema['protection_rule_version']>,
): Promise<void> {
  await tx.insertInto('protection_rule_version').values(row).execute();
}

export async function countLabelsByRule(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('protection_label')
    .select(['rule_id', (e) => e.fn.countAll<string>().as('count')])
    .where('rule_id', 'is not', null)
    .where('removed_at', 'is', null)
    .groupBy('rule_id')
    .execute();
  return new Map(rows.map((row) => [row.rule_id ?? '', Number(row.count)]));
}

export type ExamTextRow = {
  id: string;
  itemCode: string | null;
  itemName: string;
  departmentCode: string | null;
  departmentName: string | null;
  diagnosis: string | null;
  report: string | null;
};

/** Exams of a person; texts are read only where a rule looks at them. */
export async function selectExamSubjects(
  db: Db | Tx,
  personId: string,
  withTexts: boolean,
): Promise<ExamTextRow[]> {
  const diagnosis = withTexts
    ? sql<
        string | null
      >`(SELECT string_agg(o.clinical_note, ' ') FROM imaging_order o WHERE o.exam_id = e.id)`
    : sql<string | null>`NULL`;
  const report = withTexts
    ? sql<string | null>`(SELECT string_agg(concat_ws(' ', v.title, v.findings, v.impression, v.body), ' ')
        FROM report r JOIN report_version v ON v.report_id = r.id AND v.version = r.current_version
        WHERE r.exam_id = e.id)`
    : sql<string | null>`NULL`;
  return db
    .selectFrom('patient as p')
    .innerJoin('exam as e', 'e.patient_id', 'p.id')
    .leftJoin('department as d', 'd.id', 'e.department_id')
    .select([
      'e.id',
      'e.item_code as itemCode',
      'e.item_name as itemName',
      'd.code as departmentCode',
      'd.name as departmentName',
      diagnosis.as('diagnosis'),
      report.as('report'),
    ])
    .where('p.person_id', '=', personId)
    .where('e.replaced_by_id', 'is', null)
    .orderBy('e.exam_at', 'desc')
    .limit(2000)
    .execute();
}

export type RuleLabelRow = Selectable<Schema['protection_label']>;

/** Labels that rules set on a person and the person's exams: live ones, and those somebody took away by hand. */
export function selectRuleLabels(
  db: Db | Tx,
  personId: string,
  examIds: readonly string[],
): Promise<RuleLabelRow[]> {
  return db
    .selectFrom('protection_label')
    .selectAll()
    .where('rule_id', 'is not', null)
    .where((e) =>
      e.or([
        e('person_id', '=', personId),
        ...(examIds.length === 0 ? [] : [e('exam_id', 'in', [...examIds])]),
      ]),
    )
    .where((e) => e.or([e('removed_at', 'is', null), e('removed_by', 'is not', null)]))
    .execute();
}

export async function selectPersonOfExam(db: Db | Tx, examId: string): Promise<string | null> {
  const row = await db
    .selectFrom('exam')
    .innerJoin('patient', 'patient.id', 'exam.patient_id')
    .select('patient.person_id')
    .where('exam.id', '=', examId)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

export async function selectPersons(db: Db, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('person')
    .select('id')
    .where('merged_into_id', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function countPersons(db: Db): Promise<number> {
  const row = await db
    .selectFrom('person')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('merged_into_id', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function writeRun(db: Db | Tx, run: Omit<RunRow, 'id'>): Promise<void> {
  await db
    .insertInto('protection_run')
    .values({ id: 1, ...run })
    .onConflict((c) => c.column('id').doUpdateSet(run))
    .execute();
}

export function selectRun(db: Db): Promise<RunRow | undefined> {
  return db.selectFrom('protection_run').selectAll().executeTakeFirst();
}
