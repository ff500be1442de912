// Jobs of the reports module: pages and PDF of a version, and linking again when an exam changed.
import type { JobTable } from '../../jobs/index.ts';
import { relinkReports } from './relink-reports.ts';
import { renderVersion } from './render-version.ts';

export const reportJobs: JobTable = {
  'reports.render_version': {
    // The work itself is in worker threads, two at once (documents/run-in-worker.ts).
    concurrency: 2,
    maxAttempts: 6,
    timeoutMs: 10 * 60_000,
    run: async (ctx, job) => {
      await renderVersion(ctx, String(job.payload.reportId), Number(job.payload.version), job.signal);
    },
  },
  'reports.relink_reports': async (ctx, job) => {
    await relinkReports(ctx, String(job.payload.examId), job.signal);
  },
};
