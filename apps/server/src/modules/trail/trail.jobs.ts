// Jobs of the audit trail: partitions of the months to come are made ahead of their time.
import { sql } from 'kysely';
import type { JobTable } from '../../jobs/index.ts';

const monthsAhead = 3;

export const trailJobs: JobTable = {
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
