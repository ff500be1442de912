// Jobs of availability notices: one plans, after a study has settled; one for each node sends, and tries for two days.
import type { JobTable } from '../../../jobs/index.ts';
import { notifyJob, notifyNode, planNotices } from './notify-availability.ts';

export const availabilityJobs: JobTable = {
  'archive.plan_availability': async (ctx, job) => {
    await planNotices(ctx, String(job.payload.studyId));
  },
  [notifyJob]: {
    concurrency: 2,
    maxAttempts: 56,
    firstRetryMs: 5_000,
    timeoutMs: 5 * 60_000,
    run: async (ctx, job) => {
      await notifyNode(ctx, String(job.payload.nodeId), String(job.payload.studyId), job.signal);
    },
  },
};
