// Jobs of the audit trail: partitions of the months to come are made ahead of their time, and the chain is read through.
import { sql } from 'kysely';
import type { JobTable } from '../../jobs/index.ts';
import { checkJob, checkTrail } from './check-trail.ts';

const monthsAhead = 3;

export const trailJobs: JobTable = {
  [checkJob]: {
    concurrency: 1,
    timeoutMs: 4 * 3_600_000,
    run: async (ctx, job) => {
      const askedBy = typeof job.payload.askedBy === 'string' ? job.payload.askedBy : null;
      const verdict = await checkTrail(ctx, askedBy, {
        signal: job.signal,
        onProgress: (rows) => job.progress(rows, rows),
      });
      const fields = { event: 'trail.verified', count: verdict.rows, reason: verdict.fault?.kind ?? 'sound' };
      if (verdict.fault === null) job.log.info(fields);
      else job.log.error(fields);
    },
  },
  'trail.add_months': {
    concurrency: 1,
    run: async (ctx, job) => {
      const { rows } = await sql<{ made: boolean }>`
        select audit_add_month(month::date) as made
          from generate_series(date_trunc('month', now() at time zone 'UTC'),
                               date_trunc('month', now() at time zone 'UTC') + make_interval(months => ${monthsAhead}),
                               interval '1 month') as month`.execute(ctx.db);
      job.log.info({ event: 'trail.months_added', count: rows.filter((row) => row.made).length });
    },
  },
};
