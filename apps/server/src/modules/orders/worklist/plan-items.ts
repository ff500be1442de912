// Gives waiting exams what a modality needs and images carry: a Study Instance UID (the one an order announced, else
// a new one) and a Requested Procedure ID of at most 16 characters (VR SH). Both are made once and kept.
import { newUid } from '@yunying/dicom';
import type { Db, Tx } from '../../../db/index.ts';
import * as repo from './repo.ts';

export type PlannedExam = repo.WaitingExam & {
  studyInstanceUid: string;
  requestedProcedureId: string;
  scheduledStepId: string;
};

export async function planItems(
  db: Db,
  exams: readonly repo.WaitingExam[],
  at: Date,
): Promise<PlannedExam[]> {
  const fresh = exams.filter((exam) => exam.studyInstanceUid === null);
  const planned = new Map<string, repo.NewItem>();
  if (fresh.length > 0) {
    await db.transaction().execute(async (tx) => {
      const items = fresh
        .map((exam) => newItem(exam.examId, exam.orderedStudyUid, procedureId(exam), null))
        .sort((a, b) => (a.examId < b.examId ? -1 : 1)); // two queries at once wait for each other in one order
      for (const row of await repo.insertItems(tx, items, at)) planned.set(row.examId, row);
      await repo.announceStudies(
        tx,
        items.map((item) => item.examId),
      );
    });
  }
  return exams.flatMap((exam) => {
    const { studyInstanceUid, requestedProcedureId, scheduledStepId } = planned.get(exam.examId) ?? exam;
    if (studyInstanceUid === null || requestedProcedureId === null || scheduledStepId === null) return [];
    return [{ ...exam, studyInstanceUid, requestedProcedureId, scheduledStepId }];
  });
}

/** The schedule as an order names it; null where it says nothing. */
export type Schedule = repo.Plan & { requestedProcedureId: string | null; scheduledStepId: string | null };

/** Keeps the schedule of an exam; its identifiers only when it has none yet: a device may know them already. */
export async function planExam(
  tx: Tx,
  exam: {
    examId: string;
    studyInstanceUid: string | null;
    fillerOrderNumber: string | null;
    accessionNumber: string | null;
  },
  schedule: Schedule,
  at: Date,
): Promise<void> {
  const procedure = schedule.requestedProcedureId ?? procedureId(exam);
  const item = newItem(exam.examId, exam.studyInstanceUid, procedure, schedule.scheduledStepId);
  await repo.upsertPlan(tx, item, schedule, at);
  await repo.announceStudies(tx, [exam.examId]);
}

function newItem(
  examId: string,
  studyInstanceUid: string | null,
  requestedProcedureId: string,
  scheduledStepId: string | null,
): repo.NewItem {
  return {
    examId,
    studyInstanceUid: studyInstanceUid ?? newUid(),
    requestedProcedureId,
    scheduledStepId: scheduledStepId ?? requestedProcedureId,
  };
}

function procedureId(exam: { fillerOrderNumber: string | null; accessionNumber: string | null }): string {
  return [exam.fillerOrderNumber, exam.accessionNumber].find(isShortString) ?? repo.newProcedureId();
}

/** VR SH, in characters that every device has. */
export function isShortString(text: string | null): text is string {
  return text !== null && /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text);
}
