// SQL of performed procedure steps: tables performed_step, performed_step_exam, performed_series.
import type { Selectable } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../../db/index.ts';

export type StepRow = Selectable<Schema['performed_step']>;
export type StepState = 'in-progress' | 'completed' | 'discontinued';

export type NewStep = Omit<StepRow, 'id' | 'created_at' | 'updated_at' | 'state'>;

/** Null when the SOP Instance UID is taken. */
export async function insertStep(tx: Tx, step: NewStep, at: Date): Promise<string | null> {
  const row = await tx
    .insertInto('performed_step')
    .values({ id: newId(), ...step, state: 'in-progress', created_at: at, updated_at: at })
    .onConflict((c) => c.column('sop_instance_uid').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

export function lockStep(tx: Tx, sopInstanceUid: string): Promise<StepRow | undefined> {
  return tx
    .selectFrom('performed_step')
    .selectAll()
    .where('sop_instance_uid', '=', sopInstanceUid)
    .forUpdate()
    .executeTakeFirst();
}

export function selectStep(db: Db | Tx, sopInstanceUid: string): Promise<StepRow | undefined> {
  return db
    .selectFrom('performed_step')
    .selectAll()
    .where('sop_instance_uid', '=', sopInstanceUid)
    .executeTakeFirst();
}

export async function updateStep(
  tx: Tx,
  id: string,
  change: Pick<StepRow, 'state' | 'attributes' | 'ended_at' | 'discontinuation_code'>,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('performed_step')
    .set({ ...change, updated_at: at })
    .where('id', '=', id)
    .execute();
}

export async function insertStepExams(tx: Tx, stepId: string, examIds: readonly string[]): Promise<void> {
  if (examIds.length === 0) return;
  await tx
    .insertInto('performed_step_exam')
    .values(examIds.map((examId) => ({ performed_step_id: stepId, exam_id: examId })))
    .onConflict((c) => c.columns(['performed_step_id', 'exam_id']).doNothing())
    .execute();
}

export async function selectStepExams(tx: Tx, stepId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('performed_step_exam')
    .select('exam_id')
    .where('performed_step_id', '=', stepId)
    .orderBy('exam_id')
    .execute();
  return rows.map((row) => row.exam_id);
}

export type PerformedSeries = Omit<Selectable<Schema['performed_series']>, 'performed_step_id'>;

/** The sequence is always the whole of what was performed so far. */
export async function replaceSeries(
  tx: Tx,
  stepId: string,
  series: readonly PerformedSeries[],
): Promise<void> {
  await tx.deleteFrom('performed_series').where('performed_step_id', '=', stepId).execute();
  if (series.length === 0) return;
  await tx
    .insertInto('performed_series')
    .values(series.map((one) => ({ performed_step_id: stepId, ...one })))
    .execute();
}

/** Steps that performed a study: by the study UID they were scheduled with. */
export function selectStepsOfStudy(
  db: Db | Tx,
  studyInstanceUid: string,
): Promise<{ id: string; sop_instance_uid: string; state: string }[]> {
  return db
    .selectFrom('performed_step')
    .select(['id', 'sop_instance_uid', 'state'])
    .where('study_instance_uid', '=', studyInstanceUid)
    .orderBy('created_at')
    .limit(100)
    .execute();
}

/** Exams that a scheduled step may mean: by worklist item, by announced study, by accession number. */
export function selectScheduledExams(
  tx: Tx,
  ask: { institutionId: string; studyInstanceUid: string | null; accessionNumber: string | null },
): Promise<{ id: string; accessionNumber: string | null }[]> {
  return tx
    .selectFrom('exam as e')
    .select(['e.id', 'e.accession_number as accessionNumber'])
    .where('e.replaced_by_id', 'is', null)
    .where('e.emptied_by_study', 'is', null)
    .where('e.institution_id', '=', ask.institutionId)
    .where((e) =>
      e.or([
        e('e.accession_number', '=', ask.accessionNumber),
        e(
          'e.id',
          'in',
          e
            .selectFrom('worklist_item')
            .select('exam_id')
            .where('study_instance_uid', '=', ask.studyInstanceUid),
        ),
        e(
          'e.id',
          'in',
          e
            .selectFrom('imaging_order')
            .select('exam_id')
            .where('study_instance_uid', '=', ask.studyInstanceUid),
        ),
      ]),
    )
    .orderBy('e.id')
    .limit(20)
    .execute();
}
