// SQL of pulls: what was asked of which archive, how far it is, and every study it found there.
import { type Selectable, sql } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../db/index.ts';

export type PullRow = Selectable<Schema['routing_pull']>;
export type PullStudyRow = Selectable<Schema['routing_pull_study']>;
export type NewPull = Pick<
  PullRow,
  'node_id' | 'method' | 'from_date' | 'to_date' | 'patient_id' | 'next_date'
>;
export type PullCounts = { found: number; complete: number; failed: number; fetched: number };

export function insertPull(db: Db | Tx, pull: NewPull, at: Date): Promise<PullRow> {
  return db
    .insertInto('routing_pull')
    .values({ id: newId(), ...pull, state: 'waiting', created_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function selectPull(db: Db | Tx, id: string): Promise<PullRow | undefined> {
  return db.selectFrom('routing_pull').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function updatePull(
  db: Db | Tx,
  id: string,
  change: Partial<
    Pick<PullRow, 'state' | 'next_date' | 'stop_asked_at' | 'last_error' | 'started_at' | 'finished_at'>
  >,
): Promise<void> {
  await db.updateTable('routing_pull').set(change).where('id', '=', id).execute();
}

/** A study found again keeps what is known of it. */
export async function insertPullStudies(
  db: Db | Tx,
  studies: readonly Omit<PullStudyRow, 'error'>[],
): Promise<void> {
  if (studies.length === 0) return;
  await db
    .insertInto('routing_pull_study')
    .values([...studies])
    .onConflict((c) => c.columns(['pull_id', 'study_instance_uid']).doNothing())
    .execute();
}

export async function updatePullStudy(
  db: Db | Tx,
  key: { pullId: string; studyInstanceUid: string },
  change: Partial<Pick<PullStudyRow, 'state' | 'our_count' | 'error'>>,
): Promise<void> {
  await db
    .updateTable('routing_pull_study')
    .set(change)
    .where('pull_id', '=', key.pullId)
    .where('study_instance_uid', '=', key.studyInstanceUid)
    .execute();
}

export function selectPullStudies(
  db: Db | Tx,
  pullId: string,
  state: 'found' | 'failed',
  limit: number,
): Promise<PullStudyRow[]> {
  return db
    .selectFrom('routing_pull_study')
    .selectAll()
    .where('pull_id', '=', pullId)
    .where('state', '=', state)
    .orderBy('study_date')
    .orderBy('study_instance_uid')
    .limit(limit)
    .execute();
}

export async function reopenFailed(db: Db | Tx, pullId: string): Promise<void> {
  await db
    .updateTable('routing_pull_study')
    .set({ state: 'found' })
    .where('pull_id', '=', pullId)
    .where('state', '=', 'failed')
    .execute();
}

export async function countPullStudies(
  db: Db | Tx,
  pullIds: readonly string[],
): Promise<Map<string, PullCounts>> {
  if (pullIds.length === 0) return new Map();
  const { rows } = await sql<{
    pull_id: string;
    total: string;
    complete: string;
    failed: string;
    fetched: string;
  }>`
    select pull_id, count(*) as total,
           count(*) filter (where state = 'complete') as complete,
           count(*) filter (where state = 'failed') as failed,
           coalesce(sum(our_count - first_count), 0) as fetched
    from routing_pull_study where pull_id = any(${[...pullIds]}::bigint[]) group by pull_id`.execute(db);
  return new Map(
    rows.map((row) => [
      row.pull_id,
      {
        found: Number(row.total),
        complete: Number(row.complete),
        failed: Number(row.failed),
        fetched: Number(row.fetched),
      },
    ]),
  );
}

export function selectPulls(
  db: Db | Tx,
  ask: { beforeId: string | null; limit: number },
): Promise<(PullRow & { node_name: string })[]> {
  let query = db
    .selectFrom('routing_pull')
    .innerJoin('node', 'node.id', 'routing_pull.node_id')
    .selectAll('routing_pull')
    .select('node.name as node_name');
  if (ask.beforeId !== null) query = query.where('routing_pull.id', '<', ask.beforeId);
  return query.orderBy('routing_pull.id', 'desc').limit(ask.limit).execute();
}

/** What we hold of each study, by series. */
export async function countOurs(
  db: Db | Tx,
  studyInstanceUids: readonly string[],
): Promise<{ study: string; series: string; count: number }[]> {
  if (studyInstanceUids.length === 0) return [];
  const rows = await db
    .selectFrom('study')
    .innerJoin('series', 'series.study_id', 'study.id')
    .innerJoin('instance', 'instance.series_id', 'series.id')
    .select(['study.study_instance_uid as study', 'series.series_instance_uid as series'])
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('study.study_instance_uid', 'in', [...studyInstanceUids])
    .groupBy(['study.study_instance_uid', 'series.series_instance_uid'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
