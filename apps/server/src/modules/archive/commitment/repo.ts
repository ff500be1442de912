// SQL of storage commitment: table commitment, and what the archive has of the instances that a request names.
import { type Selectable, sql } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../../db/index.ts';

export type CommitmentRow = Selectable<Schema['commitment']>;

export type NewCommitment = {
  direction: 'received' | 'asked';
  aeTitle: string;
  nodeId: string | null;
  transactionUid: string;
  instances: string;
  instancesSha256: string;
  instanceCount: number;
};

export async function insertCommitment(tx: Tx, one: NewCommitment, at: Date): Promise<string> {
  const id = newId();
  await tx
    .insertInto('commitment')
    .values({
      id,
      direction: one.direction,
      ae_title: one.aeTitle,
      node_id: one.nodeId,
      transaction_uid: one.transactionUid,
      state: 'waiting',
      instances: one.instances,
      instances_sha256: one.instancesSha256,
      instance_count: one.instanceCount,
      created_at: at,
    })
    .execute();
  return id;
}

/** Requests of or to this peer with this transaction, the first one first. */
export function selectTransaction(
  db: Db | Tx,
  direction: 'received' | 'asked',
  aeTitle: string,
  transactionUid: string,
): Promise<CommitmentRow[]> {
  return db
    .selectFrom('commitment')
    .selectAll()
    .where('transaction_uid', '=', transactionUid)
    .where('ae_title', '=', aeTitle)
    .where('direction', '=', direction)
    .orderBy('id')
    .limit(10)
    .execute();
}

export function selectCommitment(db: Db | Tx, id: string): Promise<CommitmentRow | undefined> {
  return db.selectFrom('commitment').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectByTransaction(db: Db | Tx, transactionUid: string): Promise<CommitmentRow | undefined> {
  return db
    .selectFrom('commitment')
    .selectAll()
    .where('transaction_uid', '=', transactionUid)
    .where('direction', '=', 'asked')
    .executeTakeFirst();
}

/** One process at a time works on a request. Undefined: it is done, or another has it. */
export function claimCommitment(
  db: Db,
  id: string,
  leaseSeconds: number,
): Promise<CommitmentRow | undefined> {
  return db
    .updateTable('commitment')
    .set({ leased_until: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'undeliverable'])
    .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<', sql<Date>`now()`)]))
    .returningAll()
    .executeTakeFirst();
}

export async function renewClaim(db: Db, id: string, leaseSeconds: number): Promise<void> {
  await db
    .updateTable('commitment')
    .set({ leased_until: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where('id', '=', id)
    .where('leased_until', 'is not', null)
    .execute();
}

export async function releaseClaim(db: Db, id: string, error: string | null): Promise<void> {
  await db
    .updateTable('commitment')
    .set({ leased_until: null, ...(error === null ? {} : { error }) })
    .where('id', '=', id)
    .execute();
}

export type Finish = {
  state: CommitmentRow['state'];
  failures?: string;
  failedCount?: number;
  error?: string | null;
};

/** Only from one of the states given: an answer that comes twice counts once. */
export async function finishCommitment(
  db: Db | Tx,
  id: string,
  from: readonly CommitmentRow['state'][],
  finish: Finish,
  at: Date,
): Promise<boolean> {
  const row = await db
    .updateTable('commitment')
    .set({
      state: finish.state,
      leased_until: null,
      answered_at: finish.state === 'reported' || finish.state === 'answered' ? at : null,
      ...(finish.failures === undefined ? {} : { failures: finish.failures }),
      ...(finish.failedCount === undefined ? {} : { failed_count: finish.failedCount }),
      ...(finish.error === undefined ? {} : { error: finish.error }),
    })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export type HeldInstance = { sop_instance_uid: string; sop_class_uid: string; blob_id: string };

/** What was deleted or rejected is not held, whatever its bytes are. */
export function selectHeld(db: Db, sopInstanceUids: readonly string[]): Promise<HeldInstance[]> {
  return db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .select(['instance.sop_instance_uid', 'instance.sop_class_uid', 'instance.blob_id'])
    .where('instance.sop_instance_uid', 'in', [...sopInstanceUids])
    .where('instance.hidden_at', 'is', null)
    .where('series.hidden_at', 'is', null)
    .where('study.hidden_at', 'is', null)
    .execute();
}
