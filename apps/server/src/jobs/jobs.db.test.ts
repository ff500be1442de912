import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { openTestContext, type TestContext } from '../testing/context.ts';
import type { JobDeclaration, JobRun } from './index.ts';
import { publish } from './index.ts';
import { retryDelayMs } from './retry-delay.ts';
import { JobWorker } from './worker.ts';

let ctx: TestContext;
const workers: JobWorker[] = [];
type Run = (job: JobRun) => Promise<void>;
type Table = Record<string, Run | (Omit<JobDeclaration, 'run'> & { run: Run })>;

async function startWorker(
  table: Table,
  more: { leaseSeconds?: number; cpuConcurrency?: number } = {},
): Promise<JobWorker> {
  const runs = new Map<JobDeclaration['run'], Run>();
  const declarations = new Map<string, JobDeclaration>();
  for (const [name, entry] of Object.entries(table)) {
    const run = typeof entry === 'function' ? entry : entry.run;
    const declared = async (): Promise<void> => {};
    runs.set(declared, run);
    declarations.set(name, { ...(typeof entry === 'function' ? {} : entry), run: declared });
  }
  const config = { concurrency: 8, cpuConcurrency: 1, leaseSeconds: 2, pollMs: 50, ...more };
  const call = (run: JobDeclaration['run'], job: JobRun) =>
    runs.get(run)?.(job) ?? Promise.reject(new Error('unknown'));
  const worker = new JobWorker(call, ctx.database, declarations, config, silentLogger);
  await worker.start();
  workers.push(worker);
  return worker;
}

const jobOf = (id: string) =>
  ctx.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function until<T>(look: () => Promise<T | false> | T | false, limitMs = 15_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== false) return seen;
    if (Date.now() > end) throw new Error('what the test waits for did not happen');
    await sleep(20);
  }
}
const inState = (id: string, state: string) =>
  until(async () => {
    const job = await jobOf(id);
    return job.state === state ? job : false;
  });

beforeAll(async () => {
  ctx = await openTestContext();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop(1000);
  await sql`delete from job`.execute(ctx.db);
});
afterAll(() => ctx.close());

describe('running jobs', () => {
  it('runs a job enqueued in a transaction after its commit, with its payload', async () => {
    const seen: unknown[] = [];
    await startWorker({ 'test.one': async (job) => void seen.push(job.payload) });
    const id = await ctx.db.transaction().execute(async (tx) => {
      const enqueued = await ctx.jobs.enqueue(tx, 'test.one', { studyId: '7' });
      await sleep(150);
      expect(seen).toEqual([]);
      return enqueued;
    });
    await inState(id, 'done');
    expect(seen).toEqual([{ studyId: '7' }]);
  });

  it('forgets a job whose transaction rolls back', async () => {
    const seen: unknown[] = [];
    await startWorker({ 'test.one': async (job) => void seen.push(job.id) });
    await ctx.db
      .transaction()
      .execute(async (tx) => {
        await ctx.jobs.enqueue(tx, 'test.one', {});
        throw new Error('no');
      })
      .catch(() => {});
    await sleep(300);
    expect(seen).toEqual([]);
  });

  it('runs each of 60 jobs exactly once under three workers', async () => {
    const seen: string[] = [];
    const table: Table = {
      'test.many': async (job) => {
        await sleep(5);
        seen.push(job.id);
      },
    };
    await Promise.all([startWorker(table), startWorker(table), startWorker(table)]);
    const ids = await Promise.all(
      Array.from({ length: 60 }, () => ctx.jobs.enqueue(ctx.db, 'test.many', {})),
    );
    await until(() => seen.length >= 60);
    await sleep(200);
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  it('runs the more urgent first, and not before its time', async () => {
    const seen: string[] = [];
    const later = await ctx.jobs.enqueue(
      ctx.db,
      'test.order',
      { is: 'later' },
      { runAt: new Date(Date.now() + 700), priority: 100 },
    );
    await ctx.jobs.enqueue(ctx.db, 'test.order', { is: 'usual' });
    await ctx.jobs.enqueue(ctx.db, 'test.order', { is: 'urgent' }, { priority: 50 });
    await startWorker({
      'test.order': { concurrency: 1, run: async (job) => void seen.push(String(job.payload.is)) },
    });
    await inState(later, 'done');
    expect(seen).toEqual(['urgent', 'usual', 'later']);
  });

  it('keeps to the limits of a name and of CPU jobs', async () => {
    let now = 0;
    let most = 0;
    const run = async () => {
      now += 1;
      most = Math.max(most, now);
      await sleep(30);
      now -= 1;
    };
    await startWorker(
      { 'test.cpu-a': { cpu: true, run }, 'test.cpu-b': { cpu: true, run } },
      { cpuConcurrency: 2 },
    );
    const ids = await Promise.all(
      ['test.cpu-a', 'test.cpu-b', 'test.cpu-a', 'test.cpu-b', 'test.cpu-a'].map((n) =>
        ctx.jobs.enqueue(ctx.db, n, {}),
      ),
    );
    for (const id of ids) await inState(id, 'done');
    expect(most).toBe(2);
  });

  it('shows progress, and the last step always', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.steps', {});
    await startWorker({
      'test.steps': async (job) => {
        for (let i = 1; i <= 40; i += 1) await job.progress(i, 40);
      },
    });
    expect(await inState(id, 'done')).toMatchObject({ progress_done: '40', progress_total: '40' });
  });

  it('ignores jobs that no function is registered for', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.other-node', {});
    await startWorker({ 'test.one': async () => {} });
    await sleep(250);
    expect((await jobOf(id)).state).toBe('queued');
  });
});

describe('one job per key', () => {
  it('keeps one queued job per name and key, with the earlier time and the higher priority', async () => {
    const first = await ctx.jobs.enqueue(
      ctx.db,
      'test.key',
      {},
      { key: 'a', runAt: new Date(Date.now() + 60_000) },
    );
    const second = await ctx.jobs.enqueue(
      ctx.db,
      'test.key',
      {},
      { key: 'a', runAt: new Date(Date.now() + 1000), priority: 9 },
    );
    const other = await ctx.jobs.enqueue(ctx.db, 'test.key', {}, { key: 'b' });
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    const job = await jobOf(first);
    expect(job.priority).toBe(9);
    expect(job.run_at.getTime()).toBeLessThan(Date.now() + 10_000);
  });

  it('makes a new job when the one of the key already runs, and does not start it before the enqueuer commits', async () => {
    const seen: string[] = [];
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = await ctx.jobs.enqueue(ctx.db, 'test.key', {}, { key: 'a' });
    await startWorker({
      'test.key': async (job) => {
        seen.push(job.id);
        if (job.id === first) await held;
      },
    });
    await inState(first, 'running');
    const second = await ctx.db.transaction().execute(async (tx) => {
      const id = await ctx.jobs.enqueue(tx, 'test.key', {}, { key: 'a' });
      await sleep(200);
      expect(seen).toEqual([first]);
      return id;
    });
    await inState(second, 'done');
    release();
    await inState(first, 'done');
  });

  it('lets the newer job stand for a failed one of the same key', async () => {
    let fail = true;
    const first = await ctx.jobs.enqueue(ctx.db, 'test.key', {}, { key: 'a' });
    let second = '';
    await startWorker({
      'test.key': async (job) => {
        if (job.id !== first || !fail) return;
        fail = false;
        second = await ctx.jobs.enqueue(
          ctx.db,
          'test.key',
          {},
          { key: 'a', runAt: new Date(Date.now() + 500) },
        );
        throw new Error('once');
      },
    });
    expect((await inState(first, 'done')).error_code).toBe('jobs.superseded');
    await inState(second, 'done');
  });
});

describe('failing jobs', () => {
  it('retries with growing waits, then goes to the dead list with a sentence and no foreign message', async () => {
    const attempts: number[] = [];
    const id = await ctx.jobs.enqueue(ctx.db, 'test.bad', {}, { maxAttempts: 3 });
    await startWorker({
      'test.bad': {
        firstRetryMs: 20,
        run: async (job) => {
          attempts.push(job.attempt);
          throw new Error('value 张三');
        },
      },
    });
    const dead = await inState(id, 'dead');
    expect(attempts).toEqual([1, 2, 3]);
    expect(dead.error_code).toBe('platform.internal');
    expect(dead.error).not.toContain('张三');
    expect(await ctx.jobs.retry(ctx.db, id)).toBe(true);
    await until(() => attempts.length >= 4);
  });

  it('buries at once what retrying cannot mend', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.bad', {});
    await startWorker({
      'test.bad': async () => {
        throw new AppError('request.invalid', { tag: '(0010,0010)' });
      },
    });
    expect(await inState(id, 'dead')).toMatchObject({ attempt: 1, error_code: 'request.invalid' });
  });

  it('ends a run that takes longer than its limit', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.slow', {}, { maxAttempts: 1 });
    const run: Run = (job) =>
      new Promise((_resolve, reject) =>
        job.signal.addEventListener('abort', () => reject(job.signal.reason)),
      );
    await startWorker({ 'test.slow': { timeoutMs: 50, run } });
    expect((await inState(id, 'dead')).error_code).toBe('platform.timeout');
  });

  it('waits 2 s, 4 s, 8 s … at most an hour, a quarter more or less', () => {
    expect([1, 2, 3, 12, 40].map((n) => retryDelayMs(n, 2000, () => 0.5))).toEqual([
      2000, 4000, 8000, 3_600_000, 3_600_000,
    ]);
    expect(retryDelayMs(1, 2000, () => 0)).toBe(1500);
    expect(retryDelayMs(1, 2000, () => 1)).toBe(2500);
  });
});

describe('workers that end', () => {
  it('gives a running job back uncounted at drain, through its signal', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.long', {});
    const run: Run = (job) =>
      new Promise((_resolve, reject) =>
        job.signal.addEventListener('abort', () => reject(job.signal.reason)),
      );
    const worker = await startWorker({ 'test.long': run });
    await inState(id, 'running');
    await worker.stop(50);
    expect(await jobOf(id)).toMatchObject({ state: 'queued', attempt: 0, lease_owner: null });
  });

  it('lets a running job finish within the limit of the drain', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.short', {});
    const worker = await startWorker({ 'test.short': () => sleep(200) });
    await inState(id, 'running');
    await worker.stop(5000);
    expect((await jobOf(id)).state).toBe('done');
  });

  it('keeps the lease of a job longer than the lease', async () => {
    let runs = 0;
    const id = await ctx.jobs.enqueue(ctx.db, 'test.long', {});
    const table: Table = {
      'test.long': async () => {
        runs += 1;
        await sleep(2500);
      },
    };
    await startWorker(table, { leaseSeconds: 1 });
    await startWorker(table, { leaseSeconds: 1 });
    await inState(id, 'done');
    expect(runs).toBe(1);
  });

  it('takes over the job of a worker killed by SIGKILL after its lease', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'test.hang', {});
    const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/worker-process.ts'), ctx.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await startWorker({ 'test.hang': async () => {} });
    expect(await inState(id, 'done')).toMatchObject({ attempt: 2 });
  });
});

describe('the outbox', () => {
  it('writes the event and the jobs of its consumers with the producer, or not at all', async () => {
    const payload = { studyId: '1', studyInstanceUid: '1.2.3' };
    const count = async () => (await ctx.db.selectFrom('outbox_event').selectAll().execute()).length;
    await ctx.db
      .transaction()
      .execute(async (tx) => {
        await publish(tx, 'archive.study_settled', payload);
        throw new Error('no');
      })
      .catch(() => {});
    expect(await count()).toBe(0);
    await ctx.db.transaction().execute((tx) => publish(tx, 'archive.study_settled', payload));
    const event = await ctx.db.selectFrom('outbox_event').selectAll().executeTakeFirstOrThrow();
    expect(event.topic).toBe('archive.study_settled');
    expect(JSON.parse(event.payload)).toEqual(payload);
  });
});
