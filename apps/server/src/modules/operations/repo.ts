// All SQL of the operations module. It owns no table: it only reads what the console counts and lists, and changes
// nothing (jobs are put back through jobs/). Rows of instances and studies of a day are
// found by their ids, which grow with time, so that no index on the time of receipt is needed.
import { sql } from 'kysely';
import { idTime } from '../../db/ids.ts';
import type { Db } from '../../db/index.ts';

export type JobState = 'queued' | 'running' | 'done' | 'dead';
export type JobRow = {
  id: string;
  name: string;
  state: JobState;
  attempt: number;
  runAt: Date;
  progressDone: string | null;
  progressTotal: string | null;
  errorCode: string | null;
  error: string | null;
};

export async function countReceived(db: Db, since: Date) {
  const firstId = ((BigInt(since.getTime()) - BigInt(idTime('0').getTime())) << 22n).toString();
  const { rows } = await sql<{
    studies: string;
    instances: string;
    messages: string;
    failed: string;
    refused: string;
  }>`
    select (select count(*) from study where id >= ${firstId}) as studies,
           (select count(*) from instance where id >= ${firstId}) as instances,
           (select count(*) from hl7_message where received_at >= ${since}) as messages,
           (select count(*) from hl7_message where received_at >= ${since} and state = 'failed') as failed,
           (select count(*) from hl7_message where received_at >= ${since} and state = 'refused') as refused
  `.execute(db);
  const row = rows[0];
  return {
    studies: Number(row?.studies ?? 0),
    instances: Number(row?.instances ?? 0),
    messages: Number(row?.messages ?? 0),
    messagesFailed: Number(row?.failed ?? 0),
    messagesRefused: Number(row?.refused ?? 0),
  };
}

export async function countOpenWork(db: Db): Promise<{ quarantineOpen: number; unlinked: number }> {
  const { rows } = await sql<{ aside: string; unlinked: string }>`
    select (select count(*) from quarantine where resolved_at is null) as aside,
           (select count(*) from study where link_state = 'unlinked')
             + (select count(*) from report where link_state = 'unlinked') as unlinked`.execute(db);
  return { quarantineOpen: Number(rows[0]?.aside ?? 0), unlinked: Number(rows[0]?.unlinked ?? 0) };
}

export async function countJobs(db: Db): Promise<Record<JobState, number>> {
  const rows = await db
    .selectFrom('job')
    .select((e) => [e.ref('state').$castTo<JobState>().as('state'), e.fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  const counts: Record<JobState, number> = { queued: 0, running: 0, done: 0, dead: 0 };
  for (const row of rows) counts[row.state] = Number(row.count);
  return counts;
}

/** Jobs that could run and wait: those put off by a back-off or to a later hour do not count. */
export async function oldestQueuedSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    select extract(epoch from now() - min(run_at))::float8 as seconds from job
    where state = 'queued' and run_at <= now()`.execute(db);
  return Math.max(0, Math.floor(rows[0]?.seconds ?? 0));
}

/** Of the store that takes everything new, for beside its room; second copies and former stores are not in it. */
export async function sumLiveBytes(db: Db): Promise<string> {
  const row = await db
    .selectFrom('blob_copy')
    .innerJoin('blob', 'blob.id', 'blob_copy.blob_id')
    .innerJoin('store', 'store.id', 'blob_copy.store_id')
    .select((e) => e.fn.sum<string | null>('blob.size_bytes').as('bytes'))
    .where('blob_copy.state', '=', 'live')
    .where('store.tier', '=', 'hot')
    .where('store.read_only', '=', false)
    .executeTakeFirstOrThrow();
  return row.bytes ?? '0';
}

/** Newest first; ids are made in order of time, so an id is also the place to go on from. */
export function selectJobs(
  db: Db,
  ask: { state: JobState; beforeId: string | null; limit: number },
): Promise<JobRow[]> {
  let query = jobColumns(db).where('state', '=', ask.state);
  if (ask.beforeId !== null) query = query.where('id', '<', ask.beforeId);
  return query.orderBy('id', 'desc').limit(ask.limit).execute();
}

export function selectJob(db: Db, id: string): Promise<JobRow | undefined> {
  return jobColumns(db).where('id', '=', id).executeTakeFirst();
}

function jobColumns(db: Db) {
  return db
    .selectFrom('job')
    .select([
      'id',
      'name',
      'attempt',
      'run_at as runAt',
      'progress_done as progressDone',
      'progress_total as progressTotal',
      'error_code as errorCode',
      'error',
    ])
    .select((e) => e.ref('state').$castTo<JobState>().as('state'));
}
