// Links reports again when an exam was made or changed: a report that came before its order or its images.
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/index.ts';
import { isAppError } from '../../errors.ts';
import { type JobRun, publish } from '../../jobs/index.ts';
import { getPatientsOfPerson } from '../mpi/index.ts';
import { getExam, linkReportToExam, setExamStatus } from '../orders/index.ts';
import * as repo from './repo.ts';

const mostAtOnce = 500;

export async function relinkReports(
  ctx: Pick<Context, 'db' | 'clock'>,
  examId: string,
  signal?: JobRun['signal'],
): Promise<void> {
  const exam = await getExam(ctx.db, examId).catch((error: unknown) => {
    if (isAppError(error, 'request.not_found')) return null;
    throw error;
  });
  if (exam === null) return;
  const patients = await getPatientsOfPerson(ctx.db, exam.personId);
  const patientRowIds = [...new Set([exam.patientRowId, ...patients.map((patient) => patient.id)])];
  for (const reportId of await repo.reportsToRelink(ctx.db, { ...exam, patientRowIds }, mostAtOnce)) {
    signal?.throwIfAborted();
    await ctx.db.transaction().execute((tx) => relink(tx, reportId, ctx.clock.now()));
  }
}

async function relink(tx: Tx, reportId: string, at: Date): Promise<void> {
  const report = await repo.reportById(tx, reportId);
  if (report === null) return;
  const unnamed = {
    modality: null,
    itemCode: null,
    itemName: null,
    orderingDoctor: null,
    placerOrderNumber: null,
  };
  const link = await linkReportToExam(tx, { ...report, ...unnamed, examAt: at }, at);
  if (link.examId === report.examId && link.linkState === report.linkState) return;
  // A report linked by its order number is not lost because that number was not kept.
  if (link.examId === null && report.linkState === 'linked' && link.reason !== 'patient-differs') return;
  await repo.setLink(
    tx,
    report.id,
    { examId: link.examId, linkState: link.linkState, linkReason: link.reason },
    at,
  );
  if (link.examId !== null && report.state !== 'withdrawn') {
    await setExamStatus(tx, link.examId, report.state === 'preliminary' ? 'reported' : 'verified', {}, at);
  }
  await publish(tx, 'reports.report_changed', { reportId: report.id, version: report.currentVersion });
}
