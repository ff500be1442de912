// Builds the Jobs port of this process: enqueue for everyone, a worker when the role asks for one.
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { Database } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import type { JobDeclaration, Jobs, JobTable } from './job-types.ts';
import { insertJob, retryJob } from './repo.ts';
import { announceWork, channel, onWork } from './wake.ts';
import { JobWorker } from './worker.ts';

export function createJobs(options: {
  database: Database;
  config: Config['jobs'];
  log: Logger;
}): Jobs & { close(): void } {
  const { database, config, log } = options;
  const table = new Map<string, JobDeclaration>();

  // Tells other processes; ours hears it through the same listener list.
  const forget = onWork(() => {
    sql`select pg_notify(${channel}, '')`
      .execute(database.db)
      .catch((error: unknown) => log.debug({ event: 'jobs.notify_failed', error }));
  });

  return {
    enqueue: async (db, name, payload, enqueueOptions = {}) => {
      const id = await insertJob(db, name, payload, enqueueOptions);
      announceWork();
      return id;
    },
    registerJobs: (more: JobTable) => {
      for (const [name, entry] of Object.entries(more)) {
        if (table.has(name)) throw new Error(`two functions are registered for the job ${name}`);
        table.set(name, typeof entry === 'function' ? { run: entry } : entry);
      }
    },
    start: async (ctx: Context) => {
      const worker = new JobWorker((run, job) => run(ctx, job), database, table, config, log);
      await worker.start();
      return worker;
    },
    retry: async (db, id) => {
      const found = await retryJob(db, id);
      if (found) announceWork();
      return found;
    },
    close: () => void forget(),
  };
}
