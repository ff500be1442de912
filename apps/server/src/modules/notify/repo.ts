// SQL of messages, and of the demo's outbox.
import type { Insertable, Selectable } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';

export type MessageRow = Selectable<Schema['sms_message']>;
export type DemoRow = Selectable<Schema['demo_outbox']>;

/** The row of this dedupe key, made when absent and locked to the end of `tx`: a message is sent by one at a time. */
export async function lockMessage(tx: Tx, fresh: Insertable<Schema['sms_message']>): Promise<MessageRow> {
  await tx
    .insertInto('sms_message')
    .values(fresh)
    .onConflict((c) => c.column('dedupe_key').doNothing())
    .execute();
  return tx
    .selectFrom('sms_message')
    .selectAll()
    .where('dedupe_key', '=', fresh.dedupe_key)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export async function updateBody(tx: Tx, id: string, body: string): Promise<void> {
  await tx.updateTable('sms_message').set({ body }).where('id', '=', id).execute();
}

export async function updateMessage(
  tx: Tx,
  id: string,
  set: {
    state: 'queued' | 'sent' | 'failed';
    gateway?: string;
    gateway_id?: string;
    error: string | null;
    sent_at?: Date;
  },
): Promise<void> {
  await tx.updateTable('sms_message').set(set).where('id', '=', id).execute();
}

export async function insertDemoMessage(db: Db | Tx, row: Insertable<Schema['demo_outbox']>): Promise<void> {
  await db
    .insertInto('demo_outbox')
    .values(row)
    .onConflict((c) => c.column('id').doNothing())
    .execute();
}

export function selectDemoMessages(db: Db | Tx, limit: number): Promise<DemoRow[]> {
  return db
    .selectFrom('demo_outbox')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
