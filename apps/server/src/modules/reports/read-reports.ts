// Reports as the other modules read them. URLs are immutable: a version's pages never change.
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import * as repo from './repo.ts';
import type { Report, ReportSummary } from './types.ts';

/** The current version of each report of an exam, newest first. */
export async function getReports(db: Db | Tx, examId: string): Promise<Report[]> {
  return toReports(db, await repo.currentVersionsOfExam(db, examId));
}

export async function getReportVersion(db: Db | Tx, reportId: string, version: number): Promise<Report> {
  return (await currentVersionOf(db, reportId, version)).report;
}

/** A version, and the number of the version that holds now. */
export async function currentVersionOf(
  db: Db | Tx,
  reportId: string,
  version: number,
): Promise<{ report: Report; current: number; institutionId: string; patientRowId: string | null }> {
  const [report, row] = [await repo.reportById(db, reportId), await repo.versionOf(db, reportId, version)];
  if (report === null || row === null) throw new AppError('request.not_found');
  const [found] = await toReports(db, [{ ...row, examId: report.examId }]);
  if (found === undefined) throw new AppError('request.not_found');
  const { institutionId, patientRowId, currentVersion } = report;
  return { report: found, current: currentVersion, institutionId, patientRowId };
}

/** For lists: which of these exams have reports, in what state. */
export async function getReportSummaries(
  db: Db | Tx,
  examIds: readonly string[],
): Promise<Map<string, ReportSummary[]>> {
  const found = new Map<string, ReportSummary[]>();
  if (examIds.length === 0) return found;
  for (const { pageCount, ...row } of await repo.summariesOfExams(db, examIds)) {
    const list = found.get(row.examId) ?? [];
    list.push({ ...row, rendered: pageCount !== null });
    found.set(row.examId, list);
  }
  return found;
}

async function toReports(db: Db | Tx, rows: readonly repo.CurrentVersionRow[]): Promise<Report[]> {
  const pages = await repo.pagesOf(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => {
    const base = `/api/reports/${row.reportId}/versions/${row.version}`;
    const { id: _id, contentSha256: _sha, pdfBlobId, pdfMade: _made, pageCount, ...report } = row;
    const own = pageCount === null ? [] : pages.filter((page) => page.versionId === row.id);
    return {
      ...report,
      pages: own.map(({ page, width, height }) => ({ page, url: `${base}/pages/${page}`, width, height })),
      // A withdrawal's PDF exists once it is stamped; another's as soon as it came.
      pdfUrl:
        pdfBlobId === null || (row.state === 'withdrawn' && pageCount === null) ? null : `${base}/report.pdf`,
    };
  });
}
