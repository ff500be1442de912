// One exam with its reports, studies and priors (packages/api ExamDetail). The caller has already been allowed to
// see the exam; here it is decided what of it is shown: signed reports to patients, all versions' heads to doctors.
import type { ExamDetail, ExamListItem, ReportVersion, StudySummary } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import type { Viewer } from '../access/index.ts';
import { findStudiesOfExam, listSeries } from '../archive/index.ts';
import { type Exam, findExams } from '../orders/index.ts';
import { getReports, type Report } from '../reports/index.ts';
import { localTime, showsReport, toListItems } from './exam-items.ts';
import { scopeOf } from './find-exams.ts';
import { insertOpened } from './repo.ts';
import type { GetStudyMedia } from './study-media.ts';
import { summarizeStudy } from './study-summary.ts';

const mostPriors = 20;

export async function getExamDetail(
  ctx: Pick<Context, 'db' | 'clock'>,
  viewer: Viewer,
  exam: Exam,
  getStudyMedia: GetStudyMedia,
): Promise<ExamDetail> {
  const { db } = ctx;
  const [[item], reports, studies, priors] = await Promise.all([
    toListItems(db, viewer, [exam]),
    getReports(db, exam.examId),
    summarizeStudies(db, exam.examId, getStudyMedia),
    findPriors(db, viewer, exam, ctx.clock.now()),
  ]);
  if (item === undefined) throw new Error('an exam gives exactly one row');
  const shown = reports.filter((report) => showsReport(viewer, report.state));
  const withdrawn =
    exam.status === 'withdrawn' || (reports.length > 0 && reports.every((r) => r.state === 'withdrawn'));
  return { exam: item, reports: shown.map(toReportVersion), withdrawn, studies, priors };
}

/** The unread mark of the list goes out when the patient opens the exam; a doctor's look leaves it. */
export async function markOpened(
  ctx: Pick<Context, 'db' | 'clock'>,
  viewer: Viewer,
  examId: string,
): Promise<void> {
  if (viewer.kind === 'patient') await insertOpened(ctx.db, examId, viewer.personId, ctx.clock.now());
}

async function summarizeStudies(
  db: Db,
  examId: string,
  getStudyMedia: GetStudyMedia,
): Promise<StudySummary[]> {
  const studies = await findStudiesOfExam(db, examId);
  return Promise.all(
    studies.map(async (study) => {
      const [rows, media] = await Promise.all([listSeries(db, study.id), getStudyMedia(db, study.id)]);
      return summarizeStudy(study, rows, media);
    }),
  );
}

async function findPriors(db: Db, viewer: Viewer, exam: Exam, now: Date): Promise<ExamListItem[]> {
  if (viewer.kind === 'patient' && viewer.examId !== null) return [];
  const scope = scopeOf(viewer, now);
  const ofPerson = scope.kind === 'person' ? {} : { patientId: exam.patientRowId };
  const page = await findExams(db, scope, { ...ofPerson, limit: mostPriors + 1 });
  const others = page.items.filter((other) => other.examId !== exam.examId).slice(0, mostPriors);
  return toListItems(db, viewer, others);
}

function toReportVersion(report: Report): ReportVersion {
  const { reportId, version, state, title, findings, impression, body, author, verifier, pages, pdfUrl } =
    report;
  const reportedAt = report.reportedAt === null ? null : localTime(report.reportedAt);
  return {
    reportId,
    version,
    state,
    title,
    findings,
    impression,
    body,
    author,
    verifier,
    reportedAt,
    pages,
    pdfUrl,
  };
}
