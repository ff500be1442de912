// Jobs of the media module. The codec's threads are the real limit, so jobs of two studies may run side by side: a
// small study is not kept waiting by a slide of 10,000 tiles.
import type { JobTable } from '../../jobs/index.ts';
import { makePreview } from './make-preview.ts';
import { forgetFailures, prepareStudy } from './prepare-study.ts';
import { performPrint } from './print/perform-print.ts';
import { printJob } from './print/request-print.ts';

export const mediaJobs: JobTable = {
  'media.prepare_study': {
    concurrency: 2,
    timeoutMs: 12 * 3_600_000,
    run: async (ctx, job) => {
      const studyId = String(job.payload.studyId);
      // { again: true } is put by hand: after a repair, what failed is tried once more.
      if (job.payload.again === true && job.attempt === 1) await forgetFailures(ctx, studyId);
      await prepareStudy(ctx, studyId, job);
    },
  },
  [printJob]: {
    concurrency: 2,
    maxAttempts: 8,
    firstRetryMs: 5_000,
    timeoutMs: 3_600_000,
    run: (ctx, job) => performPrint(ctx, job, String(job.payload.printId)),
  },
  'media.make_preview': {
    concurrency: 2,
    timeoutMs: 3_600_000,
    run: async (ctx, job) => {
      const { instanceId, ratio, policyName } = job.payload;
      await makePreview(
        ctx,
        { instanceId: String(instanceId), ratio: Number(ratio), policyName: String(policyName) },
        job.signal,
      );
    },
  },
};
