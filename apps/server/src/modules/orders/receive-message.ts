// Receive one HL7 message: parse, store, apply, answer. Order matters: the message row and all its effects commit
// together, and only then is it answered, so that a sender who heard AA never has to send again and one who heard
// nothing may. A message that cannot be applied is kept as failed with its reason (its effects undone by the
// savepoint); the same message sent again is answered again and applied once.
import { Hl7Error, type Message, parseMessage } from '@yunying/hl7';
import type { Context } from '../../context.ts';
import { AppError, sentence, toAppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { lockKey } from '../mpi/index.ts';
import { type FoundNode, findHl7Node, type NodeRow, touchNode } from '../nodes/index.ts';
import { accepted, type Refused, refused, refusedBy, refusedBytes } from './acknowledge.ts';
import {
  applyMessage,
  changeOf,
  inRetriedTransaction,
  type MessageTx,
  type Outcome,
  unsupportedError,
} from './apply-message.ts';
import {
  type Arrival,
  count,
  cut,
  describe,
  type MessageSourcePeer,
  sha256,
  withoutZeros,
} from './message-facts.ts';
import * as repo from './message-repo.ts';
import type { MessageRoutes, Received } from './message-route.ts';
import { mayPeerSend } from './peer.ts';

export type Receiver = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock' | 'metrics'>;

export async function receiveMessage(
  ctx: Receiver,
  routes: MessageRoutes,
  bytes: Uint8Array,
  peer: MessageSourcePeer,
): Promise<Uint8Array> {
  const at = ctx.clock.now();
  let message: Message | null = null;
  try {
    message = parseMessage(withoutZeros(bytes));
    const node = await findNode(ctx, message);
    if (node === 'disabled') return await refusePeer(ctx, message, 'nodes.disabled', peer, at);
    message = inCharsetOf(node, message, bytes);
    if (!(await mayPeerSend(ctx, node, peer.address)))
      return await refusePeer(ctx, message, 'hl7.peer_unknown', peer, at);
    const arrival = { message, node, bytes, peer, at };
    const outcome = await inRetriedTransaction(ctx.db, (tx) => storeAndApply(ctx, routes, arrival, tx));
    count(ctx, message, outcome.state);
    return outcome.refusal === null ? accepted(message, at) : refused(message, outcome.refusal, at);
  } catch (error) {
    if (error instanceof Hl7Error) return keepUnreadable(ctx, bytes, peer, error, at);
    // Not stored: the sender must keep it. Say so rather than drop the connection.
    const failure = toAppError(error);
    ctx.log.error({ event: 'hl7.not_stored', code: failure.code, error, peer: peer.address });
    const refusal = refusedBy(failure);
    if (message === null) return refusedBytes(bytes, refusal, at);
    count(ctx, message, 'not_stored');
    return refused(message, refusal, at);
  }
}

/** The last answer to a frame that was too large, too slow or cut short. */
export function refusedFrame(head: Uint8Array, at: Date): Uint8Array {
  const text = sentence('request.body_too_large', 'en');
  return refusedBytes(head, { ack: 'AR', code: 'request.body_too_large', text, where: {} }, at);
}

/** MSH-3/4 name the node. */
export function findNode(ctx: Pick<Receiver, 'db'>, message: Message): Promise<FoundNode> {
  return findHl7Node(ctx.db, cut(message.get('MSH-3.1')) ?? '', cut(message.get('MSH-4.1')) ?? '');
}

/** The node's setting chooses the character set where the message does not. */
export function inCharsetOf(node: NodeRow | null, message: Message, bytes: Uint8Array): Message {
  if (node?.charset == null || node.charset === '' || message.source?.decoded.chosenBy === 'declared')
    return message;
  return parseMessage(withoutZeros(bytes), { charset: node.charset });
}

async function storeAndApply(
  ctx: Receiver,
  routes: MessageRoutes,
  arrival: Arrival,
  tx: MessageTx,
): Promise<Outcome> {
  const { message, node, at } = arrival;
  const row = describe(arrival);
  const { controlId } = row;
  await lockMessage(tx, row);
  const known = controlId === null ? undefined : await repo.sameMessage(tx, { ...row, controlId });
  if (known !== undefined && known.state !== 'failed') return again(known);

  const messageId = known?.id ?? (await repo.insertMessage(tx, row));
  if (node !== null) await touchNode(tx, node, at);
  const received: Received = {
    messageId,
    receivedAt: at,
    nodeInstitutionId: node?.institution_id ?? null,
    sendingFacility: row.sendingFacility,
    actor: {
      kind: 'node',
      id: node?.id ?? row.sendingApplication ?? 'unknown',
      address: arrival.peer.address,
    },
  };
  const outcome = await applyMessage(ctx, routes, message, received, tx);
  if (outcome.state !== 'applied' || known !== undefined)
    await repo.setMessageState(tx, messageId, changeOf(outcome));
  return outcome;
}

/** One at a time for the messages of one control id, so that a repeat sees what became of the first. */
export async function lockMessage(
  tx: MessageTx,
  row: { sendingApplication: string | null; controlId: string | null },
): Promise<void> {
  if (row.controlId !== null) await lockKey(tx, `hl7:${row.sendingApplication ?? ''}:${row.controlId}`);
}

/** A repeat: the answer it had. */
function again(known: repo.StoredMessage): Outcome {
  if (
    known.state === 'applied' ||
    known.errorCode === null ||
    !known.errorCode.startsWith('hl7.unsupported')
  ) {
    return { state: 'applied', refusal: null, note: null };
  }
  return {
    state: 'ignored',
    refusal: refusedBy(unsupportedError(known.errorCode === 'hl7.unsupported_event')),
    note: null,
  };
}

async function keepUnreadable(
  ctx: Receiver,
  bytes: Uint8Array,
  peer: MessageSourcePeer,
  error: Hl7Error,
  at: Date,
): Promise<Uint8Array> {
  const refusal: Refused = { ack: 'AR', code: 'hl7.unparsable', text: error.message, where: {} };
  if (!(await mayPeerSend(ctx, null, peer.address))) return refusedBytes(bytes, refusal, at);
  await repo.insertMessage(ctx.db, {
    receivedAt: at,
    nodeId: null,
    source: `${peer.address}:${peer.port}`,
    sendingApplication: null,
    sendingFacility: null,
    messageType: null,
    controlId: null,
    charset: null,
    raw: bytes,
    sha256: sha256(bytes),
    state: 'refused',
    errorCode: 'hl7.unparsable',
    error: error.message,
  });
  ctx.log.warn({ event: 'hl7.unparsable', code: error.code, peer: peer.address, sizeBytes: bytes.length });
  return refusedBytes(bytes, refusal, at);
}

/** Nothing of a message is kept that comes from a stranger or from a disabled node. */
async function refusePeer(
  ctx: Receiver,
  message: Message,
  why: 'hl7.peer_unknown' | 'nodes.disabled',
  peer: MessageSourcePeer,
  at: Date,
): Promise<Uint8Array> {
  const refusal = refusedBy(new AppError(why, { segment: 'MSH', field: 3 }));
  await recordAudit(ctx.db, {
    event: 'hl7.peer_refused',
    actor: { kind: 'node', id: 'unknown', address: peer.address },
    result: 'denied',
    resultCode: refusal.code,
  });
  count(ctx, message, 'refused');
  return refused(message, refusal, at);
}
