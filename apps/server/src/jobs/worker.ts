// The worker of one process: takes jobs while slots are free, keeps their leases alive, settles how each run ended.
// A job that loses its lease (the database was away too long) is aborted: another worker may have it by now.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Client } from 'pg';
import type { Config } from '../config.ts';
import type { Database } from '../db/index.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';
import type { JobDeclaration, JobFunction, JobPayload, JobRun } from './job-types.ts';
import {
  buryJob,
  type ClaimedJob,
  claimJobs,
  extendLeases,
  finishJob,
  forgetJob,
  pruneFinished,
  requeueJob,
  takeOverLost,
  writeProgress,
} from './repo.ts';
import { retryDelayMs } from './retry-delay.ts';
import { channel, onWork } from './wake.ts';

type Running = { name: string; cpu: boolean; abort: AbortController; ended: Promise<void> };
/** Runs a job function with the context of the process. */
export type JobCall = (run: JobFunction, job: JobRun) => Promise<void>;
type AbortReason = 'drain' | 'lease' | 'timeout';

/** The key of jobs that the cron role enqueues. */
export const scheduleKey = 'schedule';
const standardConcurrency = 4;
const standardTimeoutMs = 30 * 60_000;
const keep = { doneDays: 3, eventDays: 30 };

export class JobWorker {
  readonly #call: JobCall;
  readonly #database: Database;
  readonly #table: ReadonlyMap<string, JobDeclaration>;
  readonly #config: Config['jobs'];
  readonly #log: Logger;
  readonly #owner = `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly #running = new Map<string, Running>();
  readonly #timers: NodeJS.Timeout[] = [];
  #listener: Client | null = null;
  #forget: () => void = () => {};
  #stopping = false;
  #claiming: Promise<void> | null = null;
  #again = false;

  constructor(
    call: JobCall,
    database: Database,
    table: ReadonlyMap<string, JobDeclaration>,
    config: Config['jobs'],
    log: Logger,
  ) {
    this.#call = call;
    this.#database = database;
    this.#table = table;
    this.#config = config;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#forget = onWork(() => this.wake());
    const every = (ms: number, work: () => Promise<void>): void => {
      this.#timers.push(
        setInterval(
          () => void work().catch((error: unknown) => this.#log.warn({ event: 'jobs.beat_failed', error })),
          ms,
        ),
      );
    };
    const leaseMs = this.#config.leaseSeconds * 1000;
    every(this.#config.pollMs, async () => this.wake());
    every(Math.max(100, leaseMs / 4), () => this.#beat());
    every(3_600_000, () => pruneFinished(this.#database.db, keep));
    await this.#listen().catch((error: unknown) => this.#log.warn({ event: 'jobs.listen_failed', error }));
    await this.#takeOver();
    this.wake();
  }

  /** Looks for work now; calls during a look cause one more look. */
  wake(): void {
    if (this.#stopping) return;
    if (this.#claiming !== null) {
      this.#again = true;
      return;
    }
    this.#claiming = this.#claim()
      .catch((error: unknown) => this.#log.warn({ event: 'jobs.claim_failed', error }))
      .finally(() => {
        this.#claiming = null;
        if (this.#again) {
          this.#again = false;
          this.wake();
        }
      });
  }

  /** No new jobs; running ones may finish until the limit, then are aborted and go back to the queue uncounted. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    this.#forget();
    await this.#claiming;
    const ended = (): Promise<unknown> =>
      Promise.allSettled([...this.#running.values()].map((run) => run.ended));
    await withLimit(ended(), limitMs);
    for (const run of this.#running.values()) run.abort.abort(abortError('drain'));
    await withLimit(ended(), 5000);
    for (const timer of this.#timers) clearInterval(timer);
    for (const id of this.#running.keys()) {
      // It ignores its signal. The row goes back; what it still does must be safe to repeat anyway.
      await requeueJob(this.#database.db, this.#owner, id, {
        delayMs: 0,
        code: 'jobs.cancelled',
        error: 'the server was stopped',
        uncount: true,
      });
    }
    const listener = this.#listener;
    this.#listener = null;
    await listener?.end().catch(() => {});
  }

  async #claim(): Promise<void> {
    for (;;) {
      const cpu = await this.#claimGroup(true, this.#config.cpuConcurrency);
      const other = await this.#claimGroup(false, this.#config.concurrency);
      if (cpu + other === 0 || this.#stopping) return;
    }
  }

  async #claimGroup(cpu: boolean, limit: number): Promise<number> {
    const runs = [...this.#running.values()];
    const free = limit - runs.filter((run) => run.cpu === cpu).length;
    if (free <= 0 || this.#stopping) return 0;
    const wanted = [...this.#table]
      .filter(([, declaration]) => (declaration.cpu ?? false) === cpu)
      .map(([name, declaration]) => ({
        name,
        slots: Math.min(
          free,
          (declaration.concurrency ?? (cpu ? limit : standardConcurrency)) -
            runs.filter((run) => run.name === name).length,
        ),
      }))
      .filter((w) => w.slots > 0);
    if (wanted.length === 0) return 0;
    const jobs = await claimJobs(this.#database.db, this.#owner, wanted, free, this.#config.leaseSeconds);
    for (const job of jobs) this.#begin(job, cpu);
    return jobs.length;
  }

  #begin(job: ClaimedJob, cpu: boolean): void {
    const declaration = this.#table.get(job.name);
    if (declaration === undefined) return;
    const abort = new AbortController();
    const ended = this.#run(job, declaration, abort)
      .catch((error: unknown) =>
        this.#log.error({ event: 'jobs.settle_failed', jobId: job.id, jobName: job.name, error }),
      )
      .finally(() => {
        this.#running.delete(job.id);
        this.wake();
      });
    this.#running.set(job.id, { name: job.name, cpu, abort, ended });
  }

  async #run(job: ClaimedJob, declaration: JobDeclaration, abort: AbortController): Promise<void> {
    const log = this.#log.child({ jobId: job.id, jobName: job.name, attempt: job.attempt });
    const started = performance.now();
    const timeout = setTimeout(
      () => abort.abort(abortError('timeout')),
      declaration.timeoutMs ?? standardTimeoutMs,
    );
    try {
      await this.#call(declaration.run, this.#jobRun(job, abort.signal, log));
      const done = { event: 'jobs.done', durationMs: Math.round(performance.now() - started) };
      if (job.dedupe_key === scheduleKey) {
        await forgetJob(this.#database.db, this.#owner, job.id);
        log.debug(done);
      } else {
        await finishJob(this.#database.db, this.#owner, job.id);
        log.info(done);
      }
    } catch (thrown) {
      await this.#settleFailure(job, declaration, abort.signal, thrown, log);
    } finally {
      clearTimeout(timeout);
    }
  }

  #jobRun(job: ClaimedJob, signal: AbortSignal, log: Logger): JobRun {
    let lastMs = 0;
    return {
      id: job.id,
      name: job.name,
      key: job.dedupe_key,
      payload: parsePayload(job.payload),
      attempt: job.attempt,
      maxAttempts: this.#table.get(job.name)?.maxAttempts ?? job.max_attempts,
      signal,
      log,
      progress: async (done, total) => {
        const now = performance.now();
        if (done < total && now - lastMs < 1000) return;
        lastMs = now;
        await writeProgress(this.#database.db, this.#owner, job.id, done, total);
      },
    };
  }

  async #settleFailure(
    job: ClaimedJob,
    declaration: JobDeclaration,
    signal: AbortSignal,
    thrown: unknown,
    log: Logger,
  ): Promise<void> {
    const reason = abortReason(signal);
    if (reason === 'lease') return; // the row is not ours any more
    const db = this.#database.db;
    if (reason === 'drain') {
      await requeueJob(db, this.#owner, job.id, {
        delayMs: 0,
        code: 'jobs.cancelled',
        error: 'the server was stopped',
        uncount: true,
      });
      return;
    }
    const error =
      reason === 'timeout' ? new AppError('platform.timeout', {}, { cause: thrown }) : toAppError(thrown);
    const text = failureText(error);
    const last = job.attempt >= (declaration.maxAttempts ?? job.max_attempts);
    if (last || !error.row.retry) {
      log.error({ event: 'jobs.dead', code: error.code, error: thrown });
      await buryJob(db, this.#owner, job.id, error.code, text);
      return;
    }
    const delayMs = retryDelayMs(job.attempt, declaration.firstRetryMs);
    log.warn({ event: 'jobs.failed', code: error.code, retryMs: delayMs, error: thrown });
    await requeueJob(db, this.#owner, job.id, { delayMs, code: error.code, error: text, uncount: false });
  }

  async #beat(): Promise<void> {
    const ids = [...this.#running.keys()];
    if (ids.length > 0) {
      const ours = await extendLeases(this.#database.db, this.#owner, ids, this.#config.leaseSeconds);
      for (const id of ids) {
        const run = this.#running.get(id);
        if (!ours.has(id) && run !== undefined) run.abort.abort(abortError('lease'));
      }
    }
    if (this.#stopping) return;
    await this.#takeOver();
    if (this.#listener === null) await this.#listen();
  }

  async #takeOver(): Promise<void> {
    for (const job of await takeOverLost(this.#database.db)) {
      this.#log.warn({
        event: 'jobs.taken_over',
        jobId: job.id,
        jobName: job.name,
        state: job.dead ? 'dead' : 'queued',
      });
      this.wake();
    }
  }

  async #listen(): Promise<void> {
    const client = await this.#database.connect('jobs');
    client.on('notification', () => this.wake());
    client.once('end', () => {
      if (this.#listener === client) this.#listener = null;
    });
    await client.query(`listen ${channel}`);
    if (this.#stopping) await client.end();
    else this.#listener = client;
  }
}

class JobAbort extends Error {
  override readonly name = 'AbortError';
  readonly reason: AbortReason;
  constructor(reason: AbortReason) {
    super(`the job was stopped: ${reason}`);
    this.reason = reason;
  }
}

function abortError(reason: AbortReason): JobAbort {
  return new JobAbort(reason);
}

function abortReason(signal: AbortSignal): AbortReason | null {
  return signal.aborted && signal.reason instanceof JobAbort ? signal.reason.reason : null;
}

/** For the dead list a person reads. Only our own sentences: a foreign message may quote a patient's values. */
function failureText(error: AppError): string {
  const cause = error.cause instanceof Error ? ` (${error.cause.name})` : '';
  const details = Object.entries(error.details).map(([k, v]) => `${k}=${String(v)}`);
  return [`${error.row.en}${cause}`, ...details].join('; ').slice(0, 1000);
}

function parsePayload(text: string): JobPayload {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

async function withLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise((resolve) => {
      timer = setTimeout(resolve, limitMs);
    }),
  ]);
  clearTimeout(timer);
}
