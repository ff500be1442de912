// SQL of the worklist: the exams that wait to be done with their patient, order and place, and the table
// worklist_item, whose identifiers are made once for each exam and never change.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../../db/index.ts';

export type WaitingExam = {
  examId: string;
  institutionId: string;
  institutionName: string;
  accessionNumber: string | null;
  modality: string | null;
  itemCode: string | null;
  itemName: string;
  status: string;
  examAt: Date;
  orderingDoctor: string | null;
  departmentName: string | null;
  patientId: string;
  patientName: string;
  patientPinyin: string;
  patientInitials: string;
  patientSex: string;
  patientBirthDate: string | null;
  placerOrderNumber: string | null;
  fillerOrderNumber: string | null;
  clinicalNote: string | null;
  orderedStudyUid: string | null;
  studyInstanceUid: string | null;
  requestedProcedureId: string | null;
  scheduledStepId: string | null;
  stationAeTitle: string | null;
  stationName: string | null;
  location: string | null;
  performingPhysician: string | null;
  /** A modality has begun and not ended yet. */
  isStarted: boolean;
};

export type WaitingAsk = {
  institutionId: string | null;
  from: Date | null;
  to: Date | null;
  /** Equal, without wild cards; null asks for all. */
  accessionNumber: string | null;
  patientId: string | null;
  modality: string | null;
  after: { examAt: Date; examId: string } | null;
  limit: number;
};

export function selectWaiting(db: Db | Tx, ask: WaitingAsk): Promise<WaitingExam[]> {
  let query = examsWithOrders(db)
    // The words of the index exam_waiting, as they stand there.
    .where(
      sql<boolean>`e.status IN ('requested', 'scheduled', 'registered') AND e.origin = 'order' AND e.replaced_by_id IS NULL`,
    );
  if (ask.institutionId !== null) query = query.where('e.institution_id', '=', ask.institutionId);
  if (ask.from !== null) query = query.where('e.exam_at', '>=', ask.from);
  if (ask.to !== null) query = query.where('e.exam_at', '<=', ask.to);
  if (ask.accessionNumber !== null) query = query.where('e.accession_number', '=', ask.accessionNumber);
  if (ask.patientId !== null) query = query.where('s.patient_id', '=', ask.patientId);
  if (ask.modality !== null) query = query.where('e.modality', '=', ask.modality);
  const { after } = ask;
  if (after !== null) {
    query = query.where((e) =>
      e.or([
        e('e.exam_at', '>', after.examAt),
        e.and([e('e.exam_at', '=', after.examAt), e('e.id', '>', after.examId)]),
      ]),
    );
  }
  return query.orderBy('e.exam_at').orderBy('e.id').limit(ask.limit).execute();
}

/** Exams under their surviving patient, with the order as last received and the worklist item. */
function examsWithOrders(db: Db | Tx) {
  return db
    .selectFrom('exam as e')
    .innerJoin('patient as p', 'p.id', 'e.patient_id')
    .innerJoin('patient as s', (join) =>
      join.on('s.id', '=', (e) => e.fn.coalesce('p.merged_into_id', 'p.id')),
    )
    .innerJoin('institution as i', 'i.id', 'e.institution_id')
    .leftJoin('department as d', 'd.id', 'e.department_id')
    .leftJoin('worklist_item as w', 'w.exam_id', 'e.id')
    .leftJoinLateral(
      (e) =>
        e
          .selectFrom('imaging_order')
          .select(['placer_order_number', 'filler_order_number', 'clinical_note', 'study_instance_uid'])
          .whereRef('imaging_order.exam_id', '=', 'e.id')
          .orderBy('imaging_order.updated_at', 'desc')
          .limit(1)
          .as('o'),
      (join) => join.onTrue(),
    )
    .select([
      'e.id as examId',
      'e.institution_id as institutionId',
      'i.name as institutionName',
      'e.accession_number as accessionNumber',
      'e.modality',
      'e.item_code as itemCode',
      'e.item_name as itemName',
      'e.status',
      'e.exam_at as examAt',
      'e.ordering_doctor as orderingDoctor',
      'd.name as departmentName',
      's.patient_id as patientId',
      's.name as patientName',
      's.name_pinyin as patientPinyin',
      's.name_initials as patientInitials',
      's.sex as patientSex',
      's.birth_date as patientBirthDate',
      'o.placer_order_number as placerOrderNumber',
      'o.filler_order_number as fillerOrderNumber',
      'o.clinical_note as clinicalNote',
      'o.study_instance_uid as orderedStudyUid',
      'w.study_instance_uid as studyInstanceUid',
      'w.requested_procedure_id as requestedProcedureId',
      'w.scheduled_step_id as scheduledStepId',
      'w.station_ae_title as stationAeTitle',
      'w.station_name as stationName',
      'w.location',
      'w.performing_physician as performingPhysician',
    ])
    .select((e) =>
      e
        .exists(
          e
            .selectFrom('performed_step_exam as x')
            .innerJoin('performed_step as t', 't.id', 'x.performed_step_id')
            .select('t.id')
            .whereRef('x.exam_id', '=', 'e.id')
            .where('t.state', '=', 'in-progress'),
        )
        .$castTo<boolean>()
        .as('isStarted'),
    );
}

export type NewItem = {
  examId: string;
  studyInstanceUid: string;
  requestedProcedureId: string;
  scheduledStepId: string;
};

/** Items that are there already stay as they are; answers what holds. */
export async function insertItems(db: Db | Tx, items: readonly NewItem[], at: Date): Promise<NewItem[]> {
  if (items.length === 0) return [];
  await db
    .insertInto('worklist_item')
    .values(
      items.map((item) => ({
        exam_id: item.examId,
        study_instance_uid: item.studyInstanceUid,
        requested_procedure_id: item.requestedProcedureId,
        scheduled_step_id: item.scheduledStepId,
        created_at: at,
      })),
    )
    .onConflict((c) => c.column('exam_id').doNothing())
    .execute();
  const ids = items.map((item) => item.examId);
  return db
    .selectFrom('worklist_item')
    .select([
      'exam_id as examId',
      'study_instance_uid as studyInstanceUid',
      'requested_procedure_id as requestedProcedureId',
      'scheduled_step_id as scheduledStepId',
    ])
    .where('exam_id', 'in', ids)
    .execute();
}

/** Orders that announced no study take the one of the worklist, so that its images find their exam by it. */
export async function announceStudies(db: Db | Tx, examIds: readonly string[]): Promise<void> {
  if (examIds.length === 0) return;
  await db
    .updateTable('imaging_order as o')
    .from('worklist_item as w')
    .set((e) => ({ study_instance_uid: e.ref('w.study_instance_uid') }))
    .whereRef('w.exam_id', '=', 'o.exam_id')
    .where('o.exam_id', 'in', [...examIds])
    .where('o.study_instance_uid', 'is', null)
    .execute();
}

export type Plan = {
  stationAeTitle: string | null;
  stationName: string | null;
  location: string | null;
  performingPhysician: string | null;
};

/** What an order does not say stays as it was. */
export async function upsertPlan(tx: Tx, item: NewItem, plan: Plan, at: Date): Promise<void> {
  const said = Object.fromEntries(
    Object.entries({
      station_ae_title: plan.stationAeTitle,
      station_name: plan.stationName,
      location: plan.location,
      performing_physician: plan.performingPhysician,
    }).filter(([, value]) => value !== null),
  );
  await tx
    .insertInto('worklist_item')
    .values({
      exam_id: item.examId,
      study_instance_uid: item.studyInstanceUid,
      requested_procedure_id: item.requestedProcedureId,
      scheduled_step_id: item.scheduledStepId,
      ...said,
      created_at: at,
    })
    .onConflict((c) =>
      Object.keys(said).length === 0
        ? c.column('exam_id').doNothing()
        : c.column('exam_id').doUpdateSet(said),
    )
    .execute();
}

/** A fresh id for what has no number of its own that fits 16 characters. */
export function newProcedureId(): string {
  return BigInt(newId()).toString(36).toUpperCase().slice(-16);
}
