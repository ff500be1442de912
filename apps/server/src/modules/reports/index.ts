// Public names of reports: reading them by exam, their pages and PDF, what is unlinked, and the HL7 messages
// that bring them in.
export { getReportPage, getReportPdf } from './open-report.ts';
export { getReportSummaries, getReports, getReportVersion } from './read-reports.ts';
export { reportJobs } from './reports.jobs.ts';
export { reportMessages } from './reports.mllp.ts';
export { reportRoutes } from './reports.routes.ts';
export type {
  OpenedPart,
  Report,
  ReportPageFacts,
  ReportState,
  ReportSummary,
  UnlinkedReport,
} from './types.ts';
export { findUnlinkedReports } from './unlinked.ts';
