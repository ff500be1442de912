// Housekeeping of access, once an hour: counters of tries that no longer count, and sessions that ended long ago.
// The audit trail keeps who had which session; these rows are not needed for it.
import type { JobTable } from '../../jobs/index.ts';
import * as repo from './repo.ts';

const dayMs = 86_400_000;

export const accessJobs: JobTable = {
  'access.sweep_expired': {
    concurrency: 1,
    run: async (ctx, job) => {
      const now = ctx.clock.now().getTime();
      const attempts = await repo.deleteOldAttempts(ctx.db, new Date(now - 2 * dayMs));
      const sessions = await repo.deleteOldSessions(ctx.db, new Date(now - 30 * dayMs));
      job.log.info({ event: 'access.swept', count: attempts + sessions });
    },
  },
};
