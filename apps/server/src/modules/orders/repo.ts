// All SQL of exams. Orders, study links, messages and lists have theirs in the other *-repo.ts files of this folder.
// A function is one statement (or one that must be two); rules live elsewhere. patient, institution and
// department are only read here.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { labelsOf, orderingDoctorsOf, personLabelsOf } from '../access/index.ts';

export type ExamRow = {
  id: string;
  personId: string;
  institutionId: string;
  departmentId: string | null;
  labels: string | null;
  orderingDoctors: string | null;
  examType: string;
  accessionNumber: string | null;
  modality: string | null;
  itemCode: string | null;
  itemName: string;
  status: string;
  origin: string;
  examAt: Date;
  publishedAt: Date | null;
  publicationHold: string | null;
  institutionName: string;
  departmentName: string | null;
  orderingDoctor: string | null;
  patientRowId: string;
  patientId: string;
  patientName: string;
  patientSex: string;
  patientBirthDate: string | null;
};

/** An exam as people see it: under the surviving patient, with the names of its places. */
export function examQuery(db: Db | Tx) {
  return db
    .selectFrom('exam as e')
    .innerJoin('patient as p', 'p.id', 'e.patient_id')
    .leftJoin('patient as s', 's.id', 'p.merged_into_id')
    .innerJoin('institution as i', 'i.id', 'e.institution_id')
    .leftJoin('department as d', 'd.id', 'e.department_id')
    .select([
      'e.id',
      'p.person_id as personId',
      'e.institution_id as institutionId',
      'e.department_id as departmentId',
      'e.exam_type as examType',
      'e.accession_number as accessionNumber',
      'e.modality',
      'e.item_code as itemCode',
      'e.item_name as itemName',
      'e.status',
      'e.origin',
      'e.exam_at as examAt',
      'e.published_at as publishedAt',
      'e.publication_hold as publicationHold',
      'i.name as institutionName',
      'd.name as departmentName',
      'e.ordering_doctor as orderingDoctor',
    ])
    .select([labelsOf('e', new Date()).as('labels'), orderingDoctorsOf('e').as('orderingDoctors')])
    .select((e) => [
      e.fn.coalesce('s.id', 'p.id').as('patientRowId'),
      e.fn.coalesce('s.patient_id', 'p.patient_id').as('patientId'),
      e.fn.coalesce('s.name', 'p.name').as('patientName'),
      e.fn.coalesce('s.sex', 'p.sex').as('patientSex'),
      sql<string | null>`CASE WHEN s.id IS NULL THEN p.birth_date ELSE s.birth_date END`.as(
        'patientBirthDate',
      ),
    ]);
}

export function examsById(db: Db | Tx, ids: readonly string[]): Promise<ExamRow[]> {
  return examQuery(db)
    .where('e.id', 'in', [...ids])
    .execute();
}

/** id asked for → id that lives (the exam that replaced it, or itself). */
export async function liveExamIds(db: Db | Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('exam')
    .select(['id', 'replaced_by_id'])
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row.replaced_by_id ?? row.id]));
}

export function examFacts(db: Db | Tx, examId: string) {
  return db
    .selectFrom('exam as e')
    .innerJoin('patient as p', 'p.id', 'e.patient_id')
    .select([
      'e.id as examId',
      'p.person_id as personId',
      'e.institution_id as institutionId',
      'e.department_id as departmentId',
      'e.exam_type as examType',
      'e.exam_at as examAt',
      'e.published_at as publishedAt',
    ])
    .select([labelsOf('e', new Date()).as('labels'), orderingDoctorsOf('e').as('orderingDoctors')])
    .where('e.id', '=', examId)
    .executeTakeFirst();
}

export function personFacts(db: Db | Tx, patientRowId: string) {
  return db
    .selectFrom('patient as p')
    .select(['p.person_id as personId', personLabelsOf('p', new Date()).as('labels')])
    .where('p.id', '=', patientRowId)
    .executeTakeFirst();
}

export async function lockStatus(tx: Tx, examId: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('exam')
    .select('status')
    .where('id', '=', examId)
    .forUpdate()
    .executeTakeFirst();
  return row?.status;
}

export async function updateStatus(
  tx: Tx,
  examId: string,
  change: { status: string; publishedAt?: Date | null; publicationHold?: string | null },
  at: Date,
): Promise<void> {
  await tx
    .updateTable('exam')
    .set({
      status: change.status,
      updated_at: at,
      ...(change.publishedAt === undefined ? {} : { published_at: change.publishedAt }),
      ...(change.publicationHold === undefined ? {} : { publication_hold: change.publicationHold }),
    })
    .where('id', '=', examId)
    .execute();
}

// ── exams for the linking rules ──

/** What the linking rules decide by. `livePatientId` is the survivor's row when the id was merged away. */
export type LinkableExam = {
  id: string;
  institutionId: string;
  patientRowId: string;
  livePatientId: string;
  personId: string;
  patientId: string;
  patientName: string;
  patientBirthDate: string | null;
  accessionNumber: string | null;
  modality: string | null;
  itemName: string;
  origin: string;
  status: string;
  examAt: Date;
};

function linkable(db: Db | Tx) {
  return db
    .selectFrom('exam as e')
    .innerJoin('patient as p', 'p.id', 'e.patient_id')
    .leftJoin('patient as s', 's.id', 'p.merged_into_id')
    .select([
      'e.id',
      'e.institution_id as institutionId',
      'e.patient_id as patientRowId',
      'p.person_id as personId',
      'e.accession_number as accessionNumber',
      'e.modality',
      'e.item_name as itemName',
      'e.origin',
      'e.status',
      'e.exam_at as examAt',
    ])
    .select((e) => [
      e.fn.coalesce('s.id', 'p.id').as('livePatientId'),
      e.fn.coalesce('s.patient_id', 'p.patient_id').as('patientId'),
      e.fn.coalesce('s.name', 'p.name').as('patientName'),
      sql<string | null>`CASE WHEN s.id IS NULL THEN p.birth_date ELSE s.birth_date END`.as(
        'patientBirthDate',
      ),
    ])
    .where('e.replaced_by_id', 'is', null)
    .where('e.emptied_by_study', 'is', null);
}

export function examByAccession(
  tx: Tx,
  institutionId: string,
  accessionNumber: string,
): Promise<LinkableExam | undefined> {
  return linkable(tx)
    .where('e.institution_id', '=', institutionId)
    .where('e.accession_number', '=', accessionNumber)
    .executeTakeFirst();
}

export function examById(tx: Tx, id: string): Promise<LinkableExam | undefined> {
  return linkable(tx).where('e.id', '=', id).executeTakeFirst();
}

/** The exam whose order announced this study UID (ZDS-1, IPC-3). */
export function examByOrderedStudy(tx: Tx, studyInstanceUid: string): Promise<LinkableExam | undefined> {
  return linkable(tx)
    .innerJoin('imaging_order as o', 'o.exam_id', 'e.id')
    .where('o.study_instance_uid', '=', studyInstanceUid)
    .orderBy('o.updated_at', 'desc')
    .executeTakeFirst();
}

/** Ordered or reported exams of a patient near a time that no study is linked to yet (except the one asked about). */
export function openExamsNear(
  tx: Tx,
  ask: { patientRowId: string; from: Date; to: Date; exceptStudy: string },
): Promise<LinkableExam[]> {
  return linkable(tx)
    .where((e) => e.or([e('p.id', '=', ask.patientRowId), e('p.merged_into_id', '=', ask.patientRowId)]))
    .where('e.origin', '<>', 'study')
    .where('e.status', 'not in', ['cancelled', 'withdrawn'])
    .where('e.exam_at', '>=', ask.from)
    .where('e.exam_at', '<=', ask.to)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('exam_study as x')
            .select('x.study_instance_uid')
            .whereRef('x.exam_id', '=', 'e.id')
            .where('x.link_state', '=', 'linked')
            .where('x.study_instance_uid', '<>', ask.exceptStudy),
        ),
      ),
    )
    .limit(10)
    .execute();
}

export type ExamWrite = {
  accessionNumber: string | null;
  examType: string;
  modality: string | null;
  itemCode: string | null;
  itemName: string;
  departmentId: string | null;
  orderingDoctor: string | null;
  origin: string;
  status: string;
  examAt: Date;
};

export async function insertExam(
  tx: Tx,
  key: { institutionId: string; patientRowId: string },
  write: ExamWrite,
  at: Date,
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('exam')
    .values({
      id,
      institution_id: key.institutionId,
      patient_id: key.patientRowId,
      ...examColumns(write),
      item_name: write.itemName,
      published_at: null,
      publication_hold: null,
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

export async function updateExam(
  tx: Tx,
  id: string,
  patientRowId: string,
  write: ExamWrite,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('exam')
    .set({ patient_id: patientRowId, ...examColumns(write), updated_at: at })
    .where('id', '=', id)
    .execute();
}

export function examColumnsById(tx: Tx, id: string): Promise<ExamWrite> {
  return tx
    .selectFrom('exam')
    .select([
      'accession_number as accessionNumber',
      'exam_type as examType',
      'modality',
      'item_code as itemCode',
      'item_name as itemName',
      'department_id as departmentId',
      'ordering_doctor as orderingDoctor',
      'origin',
      'status',
      'exam_at as examAt',
    ])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** An exam made from a study gives way to the real one: it leaves every list and frees its accession number. */
export async function replaceExam(tx: Tx, id: string, byId: string, at: Date): Promise<void> {
  await tx
    .updateTable('exam')
    .set({ replaced_by_id: byId, accession_number: null, published_at: null, updated_at: at })
    .where((e) => e.or([e('id', '=', id), e('replaced_by_id', '=', id)]))
    .execute();
}

/** An exam made from a study alone that is its no longer: out of every list until the study needs it again. */
export async function emptyExam(tx: Tx, id: string, byStudy: string, at: Date): Promise<void> {
  await tx
    .updateTable('exam')
    .set({ emptied_by_study: byStudy, accession_number: null, published_at: null, updated_at: at })
    .where('id', '=', id)
    .execute();
}

/** Takes back what emptyExam and replaceExam did for this study; answers the exam, if there is one. */
export async function reviveExam(tx: Tx, studyInstanceUid: string, at: Date): Promise<string | null> {
  const row = await tx
    .updateTable('exam')
    .set({ emptied_by_study: null, replaced_by_id: null, updated_at: at })
    .where('emptied_by_study', '=', studyInstanceUid)
    .where('origin', '=', 'study')
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

function examColumns(write: ExamWrite) {
  return {
    accession_number: write.accessionNumber,
    exam_type: write.examType,
    modality: write.modality,
    item_code: write.itemCode,
    item_name: write.itemName,
    department_id: write.departmentId,
    ordering_doctor: write.orderingDoctor,
    origin: write.origin,
    status: write.status,
    exam_at: write.examAt,
  };
}

export async function examsOfPatients(
  tx: Tx,
  patientRowIds: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('exam')
    .select('id')
    .where('patient_id', 'in', [...patientRowIds])
    .where('replaced_by_id', 'is', null)
    .where('emptied_by_study', 'is', null)
    .orderBy('exam_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}
