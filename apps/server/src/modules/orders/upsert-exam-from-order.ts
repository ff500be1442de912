// An order makes or changes an exam. Callers: apply-order.ts (ORM, OMI, OMG). An exam that images made before
// their order came is taken over: same row, so that links and sessions to it stay good. An accession number of
// another patient is never overwritten (mpi-and-cleaning §8), except where only images claimed it.
import type { ExamStatus } from '@yunying/api';
import type { Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { publish } from '../../jobs/index.ts';
import { getPatient, upsertDepartment } from '../mpi/index.ts';
import { isBeforeExam, nextStatus } from './exam-status.ts';
import * as studies from './exam-study-repo.ts';
import { examTypeOf } from './exam-type.ts';
import { lockExamKeys } from './lock.ts';
import * as orders from './order-repo.ts';
import * as repo from './repo.ts';
import type { OrderFacts } from './types.ts';

const namelessItem = '影像检查';

export async function upsertExamFromOrder(
  tx: Tx,
  facts: OrderFacts,
): Promise<{ examId: string; status: ExamStatus }> {
  await lockExamKeys(tx, facts.institutionId, {
    accessionNumber: facts.accessionNumber,
    orderNumbers: [facts.placerOrderNumber, facts.fillerOrderNumber],
    studies: facts.studyInstanceUid === null ? [] : [facts.studyInstanceUid],
  });
  const order = await findOrder(tx, facts);
  const exam = order === undefined ? await findExam(tx, facts) : await repo.examById(tx, order.examId);
  if (exam === undefined && facts.status === 'cancelled') {
    throw new AppError('orders.order_unknown', { segment: 'ORC', field: 2 });
  }
  const at = facts.receivedAt;
  const { examId, status } =
    exam === undefined ? await insertNew(tx, facts, at) : await change(tx, exam, facts, at);
  await writeOrder(tx, order, examId, facts, at);
  await publish(tx, 'orders.exam_changed', { examId });
  return { examId, status };
}

async function findOrder(tx: Tx, facts: OrderFacts): Promise<orders.OrderRow | undefined> {
  if (facts.placerOrderNumber !== null) {
    const byPlacer = await orders.orderByNumber(tx, facts.institutionId, { placer: facts.placerOrderNumber });
    if (byPlacer !== undefined) return byPlacer;
  }
  if (facts.fillerOrderNumber === null) return undefined;
  const byFiller = await orders.orderByNumber(tx, facts.institutionId, { filler: facts.fillerOrderNumber });
  const otherPlacer =
    byFiller !== undefined &&
    byFiller.placerOrderNumber !== null &&
    facts.placerOrderNumber !== null &&
    byFiller.placerOrderNumber !== facts.placerOrderNumber;
  return otherPlacer ? undefined : byFiller;
}

async function findExam(tx: Tx, facts: OrderFacts): Promise<repo.LinkableExam | undefined> {
  if (facts.accessionNumber !== null) {
    const byAccession = await repo.examByAccession(tx, facts.institutionId, facts.accessionNumber);
    if (byAccession !== undefined) return byAccession;
  }
  if (facts.studyInstanceUid === null) return undefined;
  const study = await studies.examStudy(tx, facts.studyInstanceUid);
  if (study?.examId == null) return undefined;
  const exam = await repo.examById(tx, study.examId);
  // Only an exam without an order of its own: another accession number is another exam.
  return exam !== undefined && (exam.accessionNumber === null || facts.accessionNumber === null)
    ? exam
    : undefined;
}

async function insertNew(
  tx: Tx,
  facts: OrderFacts,
  at: Date,
): Promise<{ examId: string; status: ExamStatus }> {
  const write: repo.ExamWrite = {
    accessionNumber: facts.accessionNumber,
    ...(await said(tx, facts)),
    itemName: facts.itemName ?? namelessItem,
    examType: examTypeOf({ modalities: [facts.modality], itemName: facts.itemName }),
    origin: 'order',
    status: facts.status,
    examAt: facts.performedAt ?? facts.scheduledAt ?? facts.requestedAt ?? at,
  };
  const key = { institutionId: facts.institutionId, patientRowId: facts.patientRowId };
  return { examId: await repo.insertExam(tx, key, write, at), status: facts.status };
}

async function change(
  tx: Tx,
  exam: repo.LinkableExam,
  facts: OrderFacts,
  at: Date,
): Promise<{ examId: string; status: ExamStatus }> {
  const patient = await getPatient(tx, facts.patientRowId);
  const samePatient = patient.id === exam.livePatientId || patient.personId === exam.personId;
  if (!samePatient && exam.origin !== 'study') {
    throw new AppError('orders.accession_taken', { segment: 'PID', field: 3 });
  }
  const before = exam.status as ExamStatus;
  if (facts.status === 'cancelled' && !isBeforeExam(before)) {
    throw new AppError('orders.cancel_too_late', { segment: 'ORC', field: 1 });
  }
  if (facts.accessionNumber !== null && facts.accessionNumber !== exam.accessionNumber) {
    await freeAccession(tx, exam, facts, at);
  }
  const known = await repo.examColumnsById(tx, exam.id);
  const fresh = await said(tx, facts);
  const itemName = facts.itemName ?? known.itemName;
  const modality = fresh.modality ?? known.modality;
  const status = nextStatus(before, facts.status);
  const write: repo.ExamWrite = {
    accessionNumber: facts.accessionNumber ?? known.accessionNumber,
    examType: examTypeOf({ modalities: [modality], itemName }),
    modality,
    itemCode: fresh.itemCode ?? known.itemCode,
    itemName,
    departmentId: fresh.departmentId ?? known.departmentId,
    orderingDoctor: fresh.orderingDoctor ?? known.orderingDoctor,
    origin: 'order',
    status,
    examAt: examTime(known.examAt, before, facts),
  };
  await repo.updateExam(tx, exam.id, samePatient ? exam.patientRowId : facts.patientRowId, write, at);
  return { examId: exam.id, status };
}

/** The accession number an order gets later may already stand on an exam made from images: that one gives way. */
async function freeAccession(tx: Tx, exam: repo.LinkableExam, facts: OrderFacts, at: Date): Promise<void> {
  if (facts.accessionNumber === null) return;
  const other = await repo.examByAccession(tx, facts.institutionId, facts.accessionNumber);
  if (other === undefined || other.id === exam.id) return;
  if (other.origin !== 'study') throw new AppError('orders.accession_taken', { segment: 'OBR', field: 18 });
  await repo.replaceExam(tx, other.id, exam.id, at);
}

/** Performed beats planned; once images exist, their time stays. */
function examTime(known: Date, status: ExamStatus, facts: OrderFacts): Date {
  if (facts.performedAt !== null) return facts.performedAt;
  if (!isBeforeExam(status)) return known;
  return facts.scheduledAt ?? facts.requestedAt ?? known;
}

async function said(tx: Tx, facts: OrderFacts) {
  const { department } = facts;
  return {
    modality: facts.modality,
    itemCode: facts.itemCode,
    departmentId:
      department === null
        ? null
        : await upsertDepartment(tx, facts.institutionId, department.code, department.name),
    orderingDoctor: facts.orderingDoctor,
  };
}

async function writeOrder(
  tx: Tx,
  order: orders.OrderRow | undefined,
  examId: string,
  facts: OrderFacts,
  at: Date,
): Promise<void> {
  const write: orders.OrderWrite = {
    institutionId: facts.institutionId,
    patientRowId: facts.patientRowId,
    examId,
    control: facts.control,
    placerOrderNumber: facts.placerOrderNumber,
    fillerOrderNumber: facts.fillerOrderNumber,
    itemCode: facts.itemCode,
    itemName: facts.itemName,
    requestedAt: facts.requestedAt,
    scheduledAt: facts.scheduledAt,
    clinicalNote: facts.clinicalNote,
    studyInstanceUid: facts.studyInstanceUid,
    hl7MessageId: facts.hl7MessageId,
  };
  if (order === undefined) await orders.insertOrder(tx, write, at);
  else await orders.updateOrder(tx, order.id, write, at);
}
