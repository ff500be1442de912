// Jobs of storage commitment: answering a request on a new association, asking a node, and noticing that no answer
// came. A node that is away is tried for about two days.
import type { JobFunction, JobTable } from '../../../jobs/index.ts';
import { reportJob } from './receive-request.ts';
import { giveUpReporting, reportToNode } from './report-commitment.ts';
import { askCommitment, askJob, endCommitment, expireJob } from './request-commitment.ts';

const tries = { concurrency: 2, maxAttempts: 56, firstRetryMs: 5_000, timeoutMs: 30 * 60_000 };

export const commitmentJobs: JobTable = {
  [reportJob]: {
    ...tries,
    run: lastTry(
      (ctx, job) => reportToNode(ctx, String(job.payload.commitmentId), job.signal),
      (ctx, job) => giveUpReporting(ctx, String(job.payload.commitmentId)),
    ),
  },
  [askJob]: {
    ...tries,
    run: lastTry(
      (ctx, job) => askCommitment(ctx, String(job.payload.commitmentId), job.signal),
      (ctx, job) => endCommitment(ctx, String(job.payload.commitmentId), 'undeliverable'),
    ),
  },
  [expireJob]: (ctx, job) => endCommitment(ctx, String(job.payload.commitmentId), 'overdue'),
};

/** After the last try has failed the row says so. */
function lastTry(run: JobFunction, giveUp: JobFunction): JobFunction {
  return async (ctx, job) => {
    try {
      await run(ctx, job);
    } catch (error) {
      if (job.attempt >= job.maxAttempts) await giveUp(ctx, job);
      throw error;
    }
  };
}
