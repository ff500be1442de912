// Which exam a report belongs to. Callers: reports, when a report comes and when it is linked again. Order of trust:
// accession number, order numbers, study UID; the patient must agree. An accession number that nobody knows yet
// makes the exam: the report proves that it was ordered and done.
import type { Tx } from '../../db/index.ts';
import { publish } from '../../jobs/index.ts';
import { getPatient } from '../mpi/index.ts';
import * as studies from './exam-study-repo.ts';
import { examTypeOf } from './exam-type.ts';
import { lockExamKeys } from './lock.ts';
import * as orders from './order-repo.ts';
import * as repo from './repo.ts';
import type { LinkReason, ReportExamFacts, ReportLink } from './types.ts';

const namelessItem = '影像检查';

export async function linkReportToExam(tx: Tx, facts: ReportExamFacts, at: Date): Promise<ReportLink> {
  if (facts.patientRowId === null) return { examId: null, linkState: 'unlinked', reason: 'no-patient' };
  await lockExamKeys(tx, facts.institutionId, {
    accessionNumber: facts.accessionNumber,
    orderNumbers: [facts.placerOrderNumber],
    studies: facts.studyInstanceUids,
  });
  const found = await findExam(tx, facts);
  if (found === null) {
    if (facts.accessionNumber === null)
      return { examId: null, linkState: 'unlinked', reason: 'no-accession-number' };
    const examId = await makeExam(
      tx,
      { ...facts, patientRowId: facts.patientRowId },
      facts.accessionNumber,
      at,
    );
    await publish(tx, 'orders.exam_changed', { examId });
    return { examId, linkState: 'linked', reason: 'by-accession-number' };
  }
  const patient = await getPatient(tx, facts.patientRowId);
  const { exam, reason } = found;
  if (patient.id !== exam.livePatientId && patient.personId !== exam.personId) {
    return { examId: null, linkState: 'unlinked', reason: 'patient-differs' };
  }
  await vouchFor(tx, exam, facts, at);
  return { examId: exam.id, linkState: 'linked', reason };
}

type Found = { exam: repo.LinkableExam; reason: LinkReason };

async function findExam(tx: Tx, facts: ReportExamFacts): Promise<Found | null> {
  const { institutionId, accessionNumber, placerOrderNumber } = facts;
  if (accessionNumber !== null) {
    const exam = await repo.examByAccession(tx, institutionId, accessionNumber);
    if (exam !== undefined) return { exam, reason: 'by-accession-number' };
  }
  const order =
    placerOrderNumber === null
      ? undefined
      : await orders.orderByNumber(tx, institutionId, { placer: placerOrderNumber });
  const ordered = order === undefined ? undefined : await repo.examById(tx, order.examId);
  if (ordered !== undefined) return { exam: ordered, reason: 'by-accession-number' };
  for (const uid of facts.studyInstanceUids) {
    const announced = await repo.examByOrderedStudy(tx, uid);
    if (announced !== undefined) return { exam: announced, reason: 'by-study-uid' };
    const study = await studies.examStudy(tx, uid);
    const exam = study?.examId == null ? undefined : await repo.examById(tx, study.examId);
    if (exam !== undefined) return { exam, reason: 'by-study-uid' };
  }
  return null;
}

function makeExam(
  tx: Tx,
  facts: ReportExamFacts & { patientRowId: string },
  accessionNumber: string,
  at: Date,
): Promise<string> {
  const key = { institutionId: facts.institutionId, patientRowId: facts.patientRowId };
  const write: repo.ExamWrite = {
    accessionNumber,
    examType: examTypeOf({ modalities: [facts.modality], itemName: facts.itemName }),
    modality: facts.modality,
    itemCode: facts.itemCode,
    itemName: facts.itemName ?? namelessItem,
    departmentId: null,
    orderingDoctor: facts.orderingDoctor,
    origin: 'report',
    status: 'examined',
    examAt: facts.examAt,
  };
  return repo.insertExam(tx, key, write, at);
}

/** A report about an exam that images made vouches for it, and names it better than the device did. */
async function vouchFor(tx: Tx, exam: repo.LinkableExam, facts: ReportExamFacts, at: Date): Promise<void> {
  if (exam.origin !== 'study') return;
  const known = await repo.examColumnsById(tx, exam.id);
  const itemName = facts.itemName ?? known.itemName;
  const modality = facts.modality ?? known.modality;
  const taken =
    facts.accessionNumber !== null &&
    (await repo.examByAccession(tx, facts.institutionId, facts.accessionNumber)) !== undefined;
  await repo.updateExam(
    tx,
    exam.id,
    exam.patientRowId,
    {
      ...known,
      accessionNumber: known.accessionNumber ?? (taken ? null : facts.accessionNumber),
      examType: examTypeOf({ modalities: [modality], itemName }),
      modality,
      itemCode: facts.itemCode ?? known.itemCode,
      itemName,
      orderingDoctor: facts.orderingDoctor ?? known.orderingDoctor,
      origin: 'report',
    },
    at,
  );
  await publish(tx, 'orders.exam_changed', { examId: exam.id });
}
