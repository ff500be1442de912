// SQL of received HL7 messages: kept as they came, with what became of them.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../db/index.ts';

export type MessageState = 'applied' | 'ignored' | 'failed' | 'refused';
export type StoredMessage = {
  id: string;
  state: MessageState;
  errorCode: string | null;
  error: string | null;
};

export type StateChange = { state: MessageState; errorCode: string | null; error: string | null };

export type MessageWrite = {
  receivedAt: Date;
  nodeId: string | null;
  source: string;
  sendingApplication: string | null;
  sendingFacility: string | null;
  messageType: string | null;
  controlId: string | null;
  charset: string | null;
  raw: Uint8Array;
  sha256: string;
  state: MessageState;
  errorCode: string | null;
  error: string | null;
};

/** The same bytes under the same control id: a repeat of a message that the sender is not sure about. */
export function sameMessage(
  db: Db | Tx,
  ask: { sendingApplication: string | null; controlId: string; sha256: string },
): Promise<StoredMessage | undefined> {
  return db
    .selectFrom('hl7_message')
    .select(['id', 'error_code as errorCode', 'error'])
    .select((e) => e.ref('state').$castTo<MessageState>().as('state'))
    .where('sending_application', 'is not distinct from', ask.sendingApplication)
    .where('control_id', '=', ask.controlId)
    .where('sha256', '=', ask.sha256)
    .orderBy('received_at', 'desc')
    .executeTakeFirst();
}

export async function insertMessage(db: Db | Tx, write: MessageWrite): Promise<string> {
  const id = newId();
  await db
    .insertInto('hl7_message')
    .values({
      id,
      received_at: write.receivedAt,
      node_id: write.nodeId,
      source: write.source,
      sending_application: write.sendingApplication,
      sending_facility: write.sendingFacility,
      message_type: write.messageType,
      control_id: write.controlId,
      charset: write.charset,
      raw: Buffer.from(write.raw.buffer, write.raw.byteOffset, write.raw.byteLength),
      sha256: write.sha256,
      state: write.state,
      error_code: write.errorCode,
      error: write.error,
    })
    .execute();
  return id;
}

export async function setMessageState(tx: Tx, id: string, change: StateChange): Promise<void> {
  await tx
    .updateTable('hl7_message')
    .set({ state: change.state, error_code: change.errorCode, error: change.error })
    .where('id', '=', id)
    .execute();
}

/** What the header says, of a message that could not be read before. */
export async function setMessageHead(
  tx: Tx,
  id: string,
  head: Pick<
    MessageWrite,
    'nodeId' | 'sendingApplication' | 'sendingFacility' | 'messageType' | 'controlId' | 'charset'
  >,
): Promise<void> {
  await tx
    .updateTable('hl7_message')
    .set({
      node_id: head.nodeId,
      sending_application: head.sendingApplication,
      sending_facility: head.sendingFacility,
      message_type: head.messageType,
      control_id: head.controlId,
      charset: head.charset,
    })
    .where('id', '=', id)
    .execute();
}

export type MessageRow = {
  id: string;
  state: MessageState;
  receivedAt: Date;
  nodeId: string | null;
  source: string;
  sendingApplication: string | null;
  sendingFacility: string | null;
  messageType: string | null;
  controlId: string | null;
  charset: string | null;
  sizeBytes: number;
  errorCode: string | null;
  error: string | null;
};
export type KeptMessage = MessageRow & { raw: Buffer };

/** Newest first; ids are made in order of time, so an id is also the place to go on from. */
export function selectMessages(
  db: Db,
  ask: { state: MessageState; beforeId: string | null; limit: number },
): Promise<MessageRow[]> {
  let query = messageColumns(db).where('state', '=', ask.state);
  if (ask.beforeId !== null) query = query.where('id', '<', ask.beforeId);
  return query.orderBy('id', 'desc').limit(ask.limit).execute();
}

/** At most `limit`: the messages of years are not counted to show a list. */
export async function countMessages(db: Db, state: MessageState, limit: number): Promise<number> {
  const row = await db
    .selectFrom(db.selectFrom('hl7_message').select('id').where('state', '=', state).limit(limit).as('some'))
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export function selectMessage(db: Db | Tx, id: string): Promise<KeptMessage | undefined> {
  return messageColumns(db).select('raw').where('id', '=', id).executeTakeFirst();
}

/** Held to the end of `tx`. */
export function lockMessageRow(tx: Tx, id: string): Promise<MessageRow | undefined> {
  return messageColumns(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

function messageColumns(db: Db | Tx) {
  return db
    .selectFrom('hl7_message')
    .select([
      'id',
      'received_at as receivedAt',
      'node_id as nodeId',
      'source',
      'sending_application as sendingApplication',
      'sending_facility as sendingFacility',
      'message_type as messageType',
      'control_id as controlId',
      'charset',
      'error_code as errorCode',
      'error',
    ])
    .select(sql<number>`octet_length(raw)`.as('sizeBytes'))
    .select((e) => e.ref('state').$castTo<MessageState>().as('state'));
}
