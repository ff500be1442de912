// SQL of received HL7 messages: kept as they came, with what became of them.
import { type Db, newId, type Tx } from '../../db/index.ts';

export type MessageState = 'applied' | 'ignored' | 'failed' | 'refused';
export type StoredMessage = {
  id: string;
  state: MessageState;
  errorCode: string | null;
  error: string | null;
};

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

export async function setMessageState(
  tx: Tx,
  id: string,
  change: { state: MessageState; errorCode: string | null; error: string | null },
): Promise<void> {
  await tx
    .updateTable('hl7_message')
    .set({ state: change.state, error_code: change.errorCode, error: change.error })
    .where('id', '=', id)
    .execute();
}
