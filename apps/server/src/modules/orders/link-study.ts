// Which exam a study belongs to. Callers: the archive, when a study settles and when orders.exam_changed says that
// something may have changed. The rules are in one place so that the later cleaning work replaces just this file:
//   1. accession number (within the institution), same patient        → linked
//   2. the study UID that an order announced, same patient            → linked
//   3. accession number or UID known, other patient                   → unlinked, no exam (a person must look)
//   4. no accession number, exactly one open exam of this patient and modality within a day → linked
//   5. nothing known → an exam of its own, made from the study: doctors find it, patients do not see it.
import type { ExamStatus } from '@yunying/api';
import type { Db, Tx } from '../../db/index.ts';
import { publish } from '../../jobs/index.ts';
import { findPatient, type Patient, upsertPatient } from '../mpi/index.ts';
import { nextStatus } from './exam-status.ts';
import * as studies from './exam-study-repo.ts';
import { examTypeOf, mainModality, sameModality } from './exam-type.ts';
import { lockExamKeys } from './lock.ts';
import * as repo from './repo.ts';
import { isExamOfPatient } from './same-patient.ts';
import { studyTime } from './study-time.ts';
import type { LinkReason, StudyFacts, StudyLink } from './types.ts';

const dayMs = 24 * 3_600_000;
const maxRelinks = 500;
const namelessItem = '影像检查';

/** Writes the link, moves the exam's status to examined, and publishes orders.exam_changed when the exam changed. */
export async function linkStudyToExam(tx: Tx, facts: StudyFacts): Promise<StudyLink> {
  await lockExamKeys(tx, facts.institutionId, {
    accessionNumber: facts.accessionNumber,
    studies: [facts.studyInstanceUid],
  });
  const before = await studies.examStudy(tx, facts.studyInstanceUid);
  const known = facts.patientId === null ? null : await findPatient(tx, facts.institutionId, facts.patientId);
  const found = await findExam(tx, facts, known);
  const link = found === null ? await ownExam(tx, facts, before) : await toLink(tx, facts, found);

  await studies.putExamStudy(
    tx,
    {
      studyInstanceUid: facts.studyInstanceUid,
      institutionId: facts.institutionId,
      accessionNumber: facts.accessionNumber,
      examId: link.examId,
      patientRowId: link.patientRowId ?? known?.id ?? null,
      linkState: link.linkState,
      linkReason: link.reason,
    },
    facts.receivedAt,
  );
  if (before?.examId != null && before.examId !== link.examId) {
    const { studyInstanceUid, receivedAt: at } = facts;
    await leaveExam(tx, before.examId, { studyInstanceUid, at, successor: link.examId });
  }
  const changed =
    link.examId !== null && (before?.examId !== link.examId || before.linkState !== link.linkState);
  if (changed) await publish(tx, 'orders.exam_changed', { examId: link.examId ?? '' });
  return link;
}

/** Study UIDs to link again after orders.exam_changed. */
export function getStudiesToRelink(db: Db | Tx, examId: string): Promise<string[]> {
  return studies.studiesToRelink(db, examId, maxRelinks);
}

type Found = { exam: repo.LinkableExam | null; reason: LinkReason };

async function findExam(tx: Tx, facts: StudyFacts, known: Patient | null): Promise<Found | null> {
  const named = { patientId: facts.patientId, name: facts.patientName, birthDate: facts.patientBirthDate };
  const judge = (exam: repo.LinkableExam, reason: LinkReason): Found =>
    isExamOfPatient(exam, named, known) ? { exam, reason } : { exam: null, reason: 'patient-differs' };

  if (facts.accessionNumber !== null) {
    const exam = await repo.examByAccession(tx, facts.institutionId, facts.accessionNumber);
    if (exam !== undefined && !(await isOwnExam(tx, exam, facts)))
      return judge(exam, exam.origin === 'study' ? 'no-order' : 'by-accession-number');
  }
  const announced = await repo.examByOrderedStudy(tx, facts.studyInstanceUid);
  if (announced !== undefined) return judge(announced, 'by-study-uid');
  const linked = await stillLinked(tx, facts);
  if (linked !== undefined) return judge(linked, 'by-study-uid');
  if (facts.accessionNumber === null && known !== null) {
    const exam = await onlyOpenExam(tx, facts, known);
    if (exam !== null) return { exam, reason: 'by-patient-and-day' };
  }
  return null;
}

/** Made from this study and of nothing else: it follows the study, also to another patient. */
async function isOwnExam(tx: Tx, exam: repo.LinkableExam, facts: StudyFacts): Promise<boolean> {
  if (exam.origin !== 'study') return false;
  const before = await studies.examStudy(tx, facts.studyInstanceUid);
  if (before?.examId !== exam.id) return false;
  return (await studies.countOtherStudies(tx, exam.id, facts.studyInstanceUid)) === 0;
}

/** An exam made from this study that a report has vouched for since, or a link made before by these rules. */
async function stillLinked(tx: Tx, facts: StudyFacts): Promise<repo.LinkableExam | undefined> {
  const before = await studies.examStudy(tx, facts.studyInstanceUid);
  if (before?.examId == null) return undefined;
  const exam = await repo.examById(tx, before.examId);
  return exam === undefined || exam.origin === 'study' ? undefined : exam;
}

async function onlyOpenExam(tx: Tx, facts: StudyFacts, known: Patient): Promise<repo.LinkableExam | null> {
  const at = studyTime(facts);
  const exams = await repo.openExamsNear(tx, {
    patientRowId: known.id,
    from: new Date(at.getTime() - dayMs),
    to: new Date(at.getTime() + dayMs),
    exceptStudy: facts.studyInstanceUid,
  });
  const modality = mainModality(facts.modalities);
  const fitting = exams.filter((exam) => sameModality(exam.modality, modality));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

async function toLink(tx: Tx, facts: StudyFacts, found: Found): Promise<StudyLink> {
  const { exam, reason } = found;
  if (exam === null) return { examId: null, patientRowId: null, linkState: 'unlinked', reason };
  await noteImages(tx, exam, facts);
  const linkState = exam.origin === 'study' ? 'unlinked' : 'linked';
  return { examId: exam.id, patientRowId: exam.livePatientId, linkState, reason };
}

/** Images exist: the exam has been done, at the time the images say. */
async function noteImages(tx: Tx, exam: repo.LinkableExam, facts: StudyFacts): Promise<void> {
  const known = await repo.examColumnsById(tx, exam.id);
  const status = nextStatus(known.status as ExamStatus, 'examined');
  const modality = known.modality ?? mainModality(facts.modalities);
  const firstStudy = (await studies.countOtherStudies(tx, exam.id, facts.studyInstanceUid)) === 0;
  const examAt = firstStudy && facts.studyDate !== null ? studyTime(facts) : known.examAt;
  const examType =
    known.examType === 'OTHER'
      ? examTypeOf({ modalities: facts.modalities, itemName: known.itemName })
      : known.examType;
  if (status === known.status && modality === known.modality && examAt.getTime() === known.examAt.getTime())
    return;
  await repo.updateExam(
    tx,
    exam.id,
    exam.patientRowId,
    { ...known, status, modality, examAt, examType },
    facts.receivedAt,
  );
}

async function ownExam(
  tx: Tx,
  facts: StudyFacts,
  before: studies.ExamStudyRow | undefined,
): Promise<StudyLink> {
  const reason: LinkReason = facts.accessionNumber === null ? 'no-accession-number' : 'no-order';
  const patient = await upsertPatient(
    tx,
    {
      institutionId: facts.institutionId,
      // Objects without a patient id must not meet under one "unknown" patient.
      patientId: facts.patientId ?? `-${facts.studyInstanceUid}`,
      name: facts.patientName,
      sex: sexOf(facts.patientSex),
      birthDate: facts.patientBirthDate,
      identityType: null,
      identityNo: null,
      phone: null,
      address: null,
      source: 'dicom',
    },
    facts.receivedAt,
  );
  const write: repo.ExamWrite = {
    accessionNumber: facts.accessionNumber,
    examType: examTypeOf({ modalities: facts.modalities, itemName: facts.studyDescription }),
    modality: mainModality(facts.modalities),
    itemCode: null,
    itemName: facts.studyDescription ?? namelessItem,
    departmentId: null,
    orderingDoctor: facts.referringPhysicianName,
    origin: 'study',
    status: 'examined',
    examAt: studyTime(facts),
  };
  const own = before?.examId == null ? undefined : await repo.examById(tx, before.examId);
  if (own !== undefined && own.origin === 'study') {
    await repo.updateExam(tx, own.id, patient.patientId, write, facts.receivedAt);
    return { examId: own.id, patientRowId: patient.patientId, linkState: 'unlinked', reason };
  }
  const revived = await repo.reviveExam(tx, facts.studyInstanceUid, facts.receivedAt);
  if (revived !== null) {
    await repo.updateExam(tx, revived, patient.patientId, write, facts.receivedAt);
    return { examId: revived, patientRowId: patient.patientId, linkState: 'unlinked', reason };
  }
  const key = { institutionId: facts.institutionId, patientRowId: patient.patientId };
  const examId = await repo.insertExam(tx, key, write, facts.receivedAt);
  return { examId, patientRowId: patient.patientId, linkState: 'unlinked', reason };
}

type Leaving = { studyInstanceUid: string; at: Date; successor: string | null };

/**
 * The study belongs elsewhere now, or nowhere. An exam made from it alone disappears from the lists; an ordered one
 * hears that its pictures are gone.
 */
async function leaveExam(
  tx: Tx,
  examId: string,
  { studyInstanceUid, at, successor }: Leaving,
): Promise<void> {
  const former = await repo.examById(tx, examId);
  if (former === undefined) return;
  const isEmptied =
    former.origin === 'study' && (await studies.countOtherStudies(tx, former.id, studyInstanceUid)) === 0;
  if (!isEmptied) return publish(tx, 'orders.exam_changed', { examId: former.id });
  await repo.emptyExam(tx, former.id, studyInstanceUid, at);
  if (successor !== null && successor !== former.id) await repo.replaceExam(tx, former.id, successor, at);
}

/** The study was merged away or hidden: nothing points at it any more. `successor`: where its pictures are now. */
export async function unlinkStudy(
  tx: Tx,
  study: { studyInstanceUid: string; institutionId: string; successor: string | null },
  at: Date,
): Promise<void> {
  const { studyInstanceUid, successor } = study;
  await lockExamKeys(tx, study.institutionId, { studies: [studyInstanceUid] });
  const before = await studies.examStudy(tx, studyInstanceUid);
  if (before === undefined) return;
  await studies.deleteExamStudy(tx, studyInstanceUid);
  if (before.examId !== null) await leaveExam(tx, before.examId, { studyInstanceUid, at, successor });
}

/** DICOM (0010,0040) to GB/T 2261.1 (china-interfaces D2). */
function sexOf(dicom: string | null): string | null {
  switch (dicom?.trim().toUpperCase()) {
    case 'M':
      return '1';
    case 'F':
      return '2';
    case 'O':
      return '9';
    default:
      return null;
  }
}
