// The port of the jobs and what a job function gets. See index.ts for what is promised.
import type { Context } from '../context.ts';
import type { Db, Tx } from '../db/index.ts';
import type { Logger } from '../log/index.ts';

export type JobPayload = Record<string, unknown>;

export type EnqueueOptions = {
  /** Same name and key while still queued = one job. */
  key?: string;
  runAt?: Date;
  /** Higher runs first; 0 is usual, 100 is a person waiting. */
  priority?: number;
  maxAttempts?: number;
};

export type JobRun = {
  id: string;
  name: string;
  key: string | null;
  payload: JobPayload;
  attempt: number;
  maxAttempts: number;
  /** Fires at drain, on loss of the lease, and on the job's own time limit. Pass it on. */
  signal: AbortSignal;
  log: Logger;
  /** Seen in the console; also proves life. Written at most once a second. */
  progress(done: number, total: number): Promise<void>;
};

export type JobFunction = (ctx: Context, job: JobRun) => Promise<void>;

export type JobDeclaration = {
  run: JobFunction;
  /** Jobs of this name at once in this process. Default 4. */
  concurrency?: number;
  /** CPU jobs share one small limit (cores - 1) in this process. */
  cpu?: boolean;
  maxAttempts?: number;
  /** First wait of the back-off. Default 2 s. */
  firstRetryMs?: number;
  /** Hard limit of one run; then the signal fires and the run counts as failed. Default 30 minutes. */
  timeoutMs?: number;
};

export type JobTable = Record<string, JobDeclaration | JobFunction>;

export interface Jobs {
  /** Answers the id of the new job, or of the queued one with the same key. */
  enqueue(db: Db | Tx, name: string, payload: JobPayload, options?: EnqueueOptions): Promise<string>;
  /** The functions this process can run. Call before start. */
  registerJobs(table: JobTable): void;
  /** Starts taking jobs; `stop` lets running ones finish until the deadline, then aborts and returns them. */
  start(ctx: Context): Promise<{ stop(limitMs: number): Promise<void> }>;
  /** A dead or waiting job is queued again now. */
  retry(db: Db | Tx, id: string): Promise<boolean>;
}
