// A context for commands that work on the platform from beside a running server or without one. With an external
// database both go. The embedded database belongs to one process: while a server runs on the data directory, the
// command joins that server's PostgreSQL by the port in its postmaster.pid; otherwise it starts it for the moment.
import { CodecPool } from '@yunying/codec';
import { createBlobStore } from '../blob/index.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { fileKeys } from '../crypto/index.ts';
import { LockedError } from '../db/data-lock.ts';
import { type Database, openDatabase, openRunning } from '../db/index.ts';
import { migrate } from '../db/migrate.ts';
import { claimNodeNumber } from '../db/node-number.ts';
import { createJobs } from '../jobs/index.ts';
import { createLogger } from '../log/index.ts';
import { createMetrics } from '../metrics.ts';

export type CommandContext = { ctx: Context; database: Database; close(): Promise<void> };

export async function openContext(): Promise<CommandContext> {
  const config = readConfig();
  const log = createLogger({ level: config.log.level === 'info' ? 'warn' : config.log.level });
  const database = await openDatabase(config, log).catch((error: unknown) => {
    if (error instanceof LockedError) return openRunning(config, log);
    throw error;
  });
  try {
    await migrate(database, log);
    const node = await claimNodeNumber(database, log);
    const blobs = await createBlobStore({ config, db: database.db, log, clock: systemClock });
    const jobs = createJobs({ database, config: config.jobs, log });
    const codec = new CodecPool();
    const ctx: Context = {
      config,
      db: database.db,
      crypto: fileKeys(config.dataDir),
      blobs,
      jobs,
      codec,
      log,
      clock: systemClock,
      metrics: createMetrics(),
    };
    return {
      ctx,
      database,
      close: async () => {
        jobs.close();
        await Promise.allSettled([codec.close(), blobs.close(), node.release()]);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Runs a command with a context and always closes it. */
export async function withContext(work: (ctx: Context) => Promise<void>): Promise<void> {
  const opened = await openContext();
  try {
    await work(opened.ctx);
  } finally {
    await opened.close();
  }
}
