// Work on a beat: one process of all that have the role holds an advisory lock and enqueues the scheduled jobs. The
// job's own key keeps a late one from piling up. When the lock's connection breaks, another process takes over.
import type { Client } from 'pg';
import type { Context } from './context.ts';
import { scheduleKey } from './jobs/worker.ts';

export type ScheduledJob = { job: string; everySeconds: number };

const lockNumber = 7_201_124_002;
const retryMs = 5000;

export function startCron(
  ctx: Pick<Context, 'db' | 'jobs' | 'log'>,
  connect: (purpose: string) => Promise<Client>,
  schedule: readonly ScheduledJob[],
): { stop(): Promise<void> } {
  let stopped = false;
  let client: Client | null = null;
  let timers: NodeJS.Timeout[] = [];

  const enqueue = ({ job }: ScheduledJob): void => {
    ctx.jobs
      .enqueue(ctx.db, job, {}, { key: scheduleKey })
      .catch((error: unknown) => ctx.log.warn({ event: 'cron.enqueue_failed', jobName: job, error }));
  };
  const clear = (): void => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
  };

  const lead = async (): Promise<void> => {
    if (stopped) return;
    try {
      const mine = await connect('cron');
      client = mine;
      const { rows } = await mine.query<{ ok: boolean }>('select pg_try_advisory_lock($1) as ok', [
        lockNumber,
      ]);
      if (rows[0]?.ok === true && !stopped) {
        mine.once('end', () => {
          clear();
          if (!stopped) setTimeout(() => void lead(), retryMs).unref();
        });
        for (const row of schedule) {
          enqueue(row);
          timers.push(setInterval(() => enqueue(row), row.everySeconds * 1000));
        }
        return;
      }
      client = null;
      await mine.end();
    } catch (error) {
      ctx.log.warn({ event: 'cron.lock_failed', error });
    }
    if (!stopped) setTimeout(() => void lead(), retryMs).unref();
  };
  const leading = lead();

  return {
    stop: async () => {
      stopped = true;
      clear();
      await leading;
      await client?.end().catch(() => {});
    },
  };
}
