// All SQL on the tables job and outbox_event. Times are the database's, so that nodes with different clocks agree.
// SKIP LOCKED is used here and nowhere else in the product.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../db/index.ts';
import type { EnqueueOptions, JobPayload } from './job-types.ts';

export type ClaimedJob = {
  id: string;
  name: string;
  dedupe_key: string | null;
  payload: string;
  attempt: number;
  max_attempts: number;
};

/**
 * One row, or the queued row of the same key. That row is then locked to the end of the caller's transaction, so
 * no worker starts the job before the caller's rows are visible to it. A hot path calls this at most once a second
 * per key.
 */
export async function insertJob(
  db: Db | Tx,
  name: string,
  payload: JobPayload,
  options: EnqueueOptions,
): Promise<string> {
  const runAt = options.runAt ?? null;
  const { rows } = await sql<{ id: string }>`
    insert into job (id, name, dedupe_key, payload, state, priority, max_attempts, run_at, created_at)
    values (${newId()}, ${name}, ${options.key ?? null}, ${JSON.stringify(payload)}, 'queued', ${options.priority ?? 0},
            ${options.maxAttempts ?? 12}, coalesce(${runAt}::timestamptz, now()), now())
    on conflict (name, dedupe_key) where state = 'queued' and dedupe_key is not null
    do update set priority = greatest(job.priority, excluded.priority), run_at = least(job.run_at, excluded.run_at)
    returning id`.execute(db);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the job row was not written');
  return id;
}

export async function insertEvent(tx: Tx, topic: string, payload: JobPayload): Promise<void> {
  await sql`insert into outbox_event (id, topic, payload, created_at)
    values (${newId()}, ${topic}, ${JSON.stringify(payload)}, now())`.execute(tx);
}

/** Takes up to `limit` jobs, and of each name at most its free slots. */
export async function claimJobs(
  db: Db,
  owner: string,
  wanted: readonly { name: string; slots: number }[],
  limit: number,
  leaseSeconds: number,
): Promise<ClaimedJob[]> {
  const names = sql.join(wanted.map((w) => sql`(${w.name}::text, ${w.slots}::integer)`));
  const { rows } = await sql<ClaimedJob>`
    update job set state = 'running', lease_owner = ${owner}, attempt = attempt + 1,
                   leased_until = now() + make_interval(secs => ${leaseSeconds}), progress_done = null, progress_total = null
    where id in (
      select picked.id from (values ${names}) as wanted (name, slots)
      cross join lateral (
        select id, priority, run_at from job
        where state = 'queued' and run_at <= now() and job.name = wanted.name
        order by priority desc, run_at, id limit wanted.slots for update skip locked
      ) picked
      order by picked.priority desc, picked.run_at, picked.id limit ${limit})
    returning id, name, dedupe_key, payload, attempt, max_attempts`.execute(db);
  return rows;
}

/** Answers the ids whose lease is still ours; a missing one has been taken over. */
export async function extendLeases(
  db: Db,
  owner: string,
  ids: readonly string[],
  leaseSeconds: number,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update job set leased_until = now() + make_interval(secs => ${leaseSeconds})
    where lease_owner = ${owner} and state = 'running' and id in (${sql.join(ids)}) returning id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** A job of the schedule comes every second or so: its row would only fill the table. */
export async function forgetJob(db: Db, owner: string, id: string): Promise<void> {
  await sql`delete from job where id = ${id} and lease_owner = ${owner} and state = 'running'`.execute(db);
}

export async function finishJob(db: Db, owner: string, id: string): Promise<void> {
  await sql`update job set state = 'done', finished_at = now(), lease_owner = null, leased_until = null, error = null, error_code = null
    where id = ${id} and lease_owner = ${owner} and state = 'running'`.execute(db);
}

export async function buryJob(db: Db, owner: string, id: string, code: string, error: string): Promise<void> {
  await sql`update job set state = 'dead', finished_at = now(), lease_owner = null, leased_until = null,
      error_code = ${code}, error = ${error}
    where id = ${id} and lease_owner = ${owner} and state = 'running'`.execute(db);
}

export type Requeue = { delayMs: number; code: string; error: string; uncount: boolean };

/** Back to the queue. When a newer job of the same key waits there already, that one stands for both. */
export async function requeueJob(db: Db, owner: string, id: string, how: Requeue): Promise<void> {
  try {
    await sql`update job set state = 'queued', lease_owner = null, leased_until = null,
        attempt = attempt - ${how.uncount ? 1 : 0}, run_at = now() + make_interval(secs => ${how.delayMs / 1000}),
        error_code = ${how.code}, error = ${how.error}
      where id = ${id} and lease_owner = ${owner} and state = 'running'`.execute(db);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await sql`update job set state = 'done', finished_at = now(), lease_owner = null, leased_until = null,
        error_code = 'jobs.superseded', error = ${how.error}
      where id = ${id} and lease_owner = ${owner} and state = 'running'`.execute(db);
  }
}

/** Jobs of workers that died: one at a time, so that a key conflict of one does not hold back the others. */
export async function takeOverLost(db: Db): Promise<{ id: string; name: string; dead: boolean }[]> {
  const { rows: lost } = await sql<{
    id: string;
    name: string;
    lease_owner: string;
    attempt: number;
    max_attempts: number;
  }>`
    select id, name, lease_owner, attempt, max_attempts from job
    where state = 'running' and leased_until < now() order by leased_until limit 100`.execute(db);
  const taken: { id: string; name: string; dead: boolean }[] = [];
  for (const job of lost) {
    const dead = job.attempt >= job.max_attempts;
    const { rows } = await sql<{ id: string }>`update job set lease_owner = 'take-over'
      where id = ${job.id} and lease_owner = ${job.lease_owner} and state = 'running' and leased_until < now()
      returning id`.execute(db);
    if (rows.length === 0) continue;
    if (dead)
      await buryJob(db, 'take-over', job.id, 'jobs.lease_lost', 'the worker ended during the last attempt');
    else
      await requeueJob(db, 'take-over', job.id, {
        delayMs: 0,
        code: 'jobs.lease_lost',
        error: 'the worker ended',
        uncount: false,
      });
    taken.push({ id: job.id, name: job.name, dead });
  }
  return taken;
}

export async function writeProgress(
  db: Db,
  owner: string,
  id: string,
  done: number,
  total: number,
): Promise<void> {
  await sql`update job set progress_done = ${Math.round(done)}, progress_total = ${Math.round(total)}
    where id = ${id} and lease_owner = ${owner} and state = 'running'`.execute(db);
}

export async function retryJob(db: Db | Tx, id: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update job set state = 'queued', attempt = 0, run_at = now(), finished_at = null, error = null, error_code = null
    where id = ${id} and state in ('dead', 'queued') returning id`.execute(db);
  return rows.length === 1;
}

/** Finished rows are kept for a while for the console; dead ones until a person decides. */
export async function pruneFinished(db: Db, keep: { doneDays: number; eventDays: number }): Promise<void> {
  await sql`delete from job where state = 'done' and finished_at < now() - make_interval(days => ${keep.doneDays})`.execute(
    db,
  );
  await sql`delete from outbox_event where created_at < now() - make_interval(days => ${keep.eventDays})`.execute(
    db,
  );
}

export async function countJobs(
  db: Db,
): Promise<{ name: string; state: string; count: number; oldestSeconds: number }[]> {
  const { rows } = await sql<{ name: string; state: string; count: string; oldest: number | null }>`
    select name, state, count(*) as count, extract(epoch from now() - min(run_at))::float8 as oldest from job
    where state in ('queued', 'running', 'dead') group by name, state`.execute(db);
  return rows.map((row) => ({
    name: row.name,
    state: row.state,
    count: Number(row.count),
    oldestSeconds: row.oldest ?? 0,
  }));
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
