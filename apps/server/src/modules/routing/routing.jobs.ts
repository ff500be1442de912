// Jobs of routing: rules for a settled study, one send, one pull. A node that is away is tried for about a day.
import type { JobTable } from '../../jobs/index.ts';
import { applyRules } from './apply-rules.ts';
import { performSend } from './perform-send.ts';
import { performPull, pullJob } from './pull.ts';
import { sendJob } from './send-study.ts';

export const routingJobs: JobTable = {
  'routing.apply_rules': async (ctx, job) => {
    await applyRules(ctx, String(job.payload.studyId));
  },
  [sendJob]: {
    concurrency: 4,
    maxAttempts: 30,
    firstRetryMs: 5_000,
    timeoutMs: 12 * 3_600_000,
    run: (ctx, job) => performSend(ctx, job, String(job.payload.sendId)),
  },
  [pullJob]: {
    concurrency: 2,
    maxAttempts: 30,
    firstRetryMs: 10_000,
    timeoutMs: 14 * 24 * 3_600_000,
    run: (ctx, job) => performPull(ctx, job, String(job.payload.pullId)),
  },
};
