// The job that walks old studies: nightly by role cron, and when a person asks. One at a time anywhere: a second one
// finds the key of the first, or its run and goes on with it.
import type { JobTable } from '../../../jobs/index.ts';
import { compressStudies } from './compress-studies.ts';

export const compressStudiesJob = 'archive.compress_studies';

export const compressionJobs: JobTable = {
  [compressStudiesJob]: {
    concurrency: 1,
    timeoutMs: 12 * 3_600_000,
    run: async (ctx, job) => {
      const run = await compressStudies(ctx, job);
      if (run === null) return;
      const { studies, replaced, refused, failed } = run;
      ctx.log.info({ event: 'archive.compression_done', count: studies, replaced, refused, failed });
    },
  },
};
