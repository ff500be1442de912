// Gauges of the job table for Prometheus: how many wait, run and are dead, and how late the oldest waiting one is.
import type { Database } from '../db/index.ts';
import type { Metrics } from '../metrics.ts';
import { countJobs } from './repo.ts';

export function measureJobs(metrics: Metrics, database: Pick<Database, 'db'>): void {
  const jobs = metrics.gauge('yunying_jobs', 'Jobs by name and state.', ['name', 'state']);
  const late = metrics.gauge('yunying_job_late_seconds', 'Age of the oldest queued job past its time.', [
    'name',
  ]);
  metrics.onExpose(async () => {
    const rows = await countJobs(database.db);
    jobs.reset();
    late.reset();
    for (const row of rows) {
      jobs.set({ name: row.name, state: row.state }, row.count);
      if (row.state === 'queued') late.set({ name: row.name }, Math.max(0, row.oldestSeconds));
    }
  });
}
