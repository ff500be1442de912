// Receive one HL7 message: parse, store, apply, answer. Order matters: the message row and all its effects commit
// together, and only then is it answered, so that a sender who heard AA never has to send again and one who heard
// nothing may. A message that cannot be applied is kept as failed with its reason (its effects undone by the
// savepoint); the same message sent again is answered again and applied once.
import { Hl7Error, type Message, parseMessage } from '@yunying/hl7';
import type { ControlledTransaction } from 'kysely';
import type { Context } from '../../context.ts';
import type { Schema, Tx } from '../../db/index.ts';
import { AppError, isAppError, sentence, toAppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { lockKey } from '../mpi/index.ts';
import { findHl7Node, type NodeRow, touchNode } from '../nodes/index.ts';
import { accepted, type Refused, refused, refusedBy, refusedBytes } from './acknowledge.ts';
import {
  type Arrival,
  count,
  cut,
  describe,
  type MessageSourcePeer,
  sha256,
  sqlState,
  typeOf,
  withoutZeros,
} from './message-facts.ts';
import * as repo from './message-repo.ts';
import type { Applied, MessageRoute, MessageRoutes, Received } from './message-route.ts';
import { mayPeerSend } from './peer.ts';

type Receiver = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock' | 'metrics'>;
type Outcome = { state: 'applied' | 'ignored' | 'failed'; refusal: Refused | null; note: string | null };

const maxTries = 4;
// Serialization failure, deadlock, unique violation of two messages racing: the whole transaction is tried again.
// A character that no text column holds (an escaped zero byte).
const unstorableText = '22021';
const retryable = new Set(['40001', '40P01', '23505']);

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
    message = inCharsetOf(node, message, bytes);
    if (!(await mayPeerSend(ctx, node, peer.address))) return await refusePeer(ctx, message, peer, at);
    const outcome = await tryStoring(ctx, routes, { message, node, bytes, peer, at });
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

async function tryStoring(ctx: Receiver, routes: MessageRoutes, arrival: Arrival): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await storeAndApply(ctx, routes, arrival);
    } catch (error) {
      if (attempt >= maxTries || !retryable.has(sqlState(error))) throw error;
    }
  }
}

/** The last answer to a frame that was too large, too slow or cut short. */
export function refusedFrame(head: Uint8Array, at: Date): Uint8Array {
  const text = sentence('request.body_too_large', 'en');
  return refusedBytes(head, { ack: 'AR', code: 'request.body_too_large', text, where: {} }, at);
}

/** MSH-3/4 name the node. */
function findNode(ctx: Receiver, message: Message): Promise<NodeRow | null> {
  return findHl7Node(ctx.db, cut(message.get('MSH-3.1')) ?? '', cut(message.get('MSH-4.1')) ?? '');
}

/** The node's setting chooses the character set where the message does not. */
function inCharsetOf(node: NodeRow | null, message: Message, bytes: Uint8Array): Message {
  if (node?.charset == null || node.charset === '' || message.source?.decoded.chosenBy === 'declared')
    return message;
  return parseMessage(withoutZeros(bytes), { charset: node.charset });
}

async function storeAndApply(ctx: Receiver, routes: MessageRoutes, arrival: Arrival): Promise<Outcome> {
  const tx = await ctx.db.startTransaction().execute();
  try {
    const outcome = await inTransaction(ctx, routes, arrival, tx);
    await tx.commit().execute();
    return outcome;
  } catch (error) {
    if (!tx.isRolledBack)
      await tx
        .rollback()
        .execute()
        .catch(() => undefined);
    throw error;
  }
}

async function inTransaction(
  ctx: Receiver,
  routes: MessageRoutes,
  arrival: Arrival,
  tx: ControlledTransaction<Schema>,
): Promise<Outcome> {
  const { message, node, at } = arrival;
  const row = describe(arrival);
  const { controlId } = row;
  if (controlId !== null) await lockKey(tx, `hl7:${row.sendingApplication ?? ''}:${controlId}`);
  const known = controlId === null ? undefined : await repo.sameMessage(tx, { ...row, controlId });
  if (known !== undefined && known.state !== 'failed') return again(message, known);

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
  const outcome = await applyBehindSavepoint(ctx, routes, message, received, tx);
  if (outcome.state !== 'applied' || known !== undefined) {
    await repo.setMessageState(tx, messageId, {
      state: outcome.state,
      errorCode: outcome.refusal?.code ?? outcome.note,
      error: outcome.refusal?.text ?? null,
    });
  }
  return outcome;
}

async function applyBehindSavepoint(
  ctx: Receiver,
  routes: MessageRoutes,
  message: Message,
  received: Received,
  tx: ControlledTransaction<Schema>,
): Promise<Outcome> {
  const route = routes[typeOf(message)];
  if (route === undefined) return unsupported(routes, message);
  const point = await tx.savepoint('apply').execute();
  try {
    const applied = await runRoute(route, ctx, point, message, received);
    await point.releaseSavepoint('apply').execute();
    return { state: applied.state, refusal: null, note: applied.state === 'ignored' ? applied.note : null };
  } catch (error) {
    const state = sqlState(error);
    if (retryable.has(state)) throw error;
    await point.rollbackToSavepoint('apply').execute();
    const expected = error instanceof Hl7Error || isAppError(error) || state === unstorableText;
    const refusal = refusedBy(
      error instanceof Hl7Error
        ? error
        : state === unstorableText
          ? new AppError('hl7.field_value')
          : toAppError(error),
    );
    const fields = { event: 'hl7.failed', code: refusal.code, id: received.messageId };
    if (expected) ctx.log.warn(fields);
    else ctx.log.error({ ...fields, error });
    return { state: 'failed', refusal, note: null };
  }
}

function runRoute(
  route: MessageRoute,
  ctx: Receiver,
  tx: Tx,
  message: Message,
  received: Received,
): Promise<Applied> {
  return route({ blobs: ctx.blobs, config: ctx.config, log: ctx.log }, tx, message, received);
}

/** A repeat: the answer it had. */
function again(message: Message, known: repo.StoredMessage): Outcome {
  if (
    known.state === 'applied' ||
    known.errorCode === null ||
    !known.errorCode.startsWith('hl7.unsupported')
  ) {
    return { state: 'applied', refusal: null, note: null };
  }
  return {
    state: 'ignored',
    refusal: refusedBy(unsupportedError(message, known.errorCode === 'hl7.unsupported_event')),
    note: null,
  };
}

function unsupported(routes: MessageRoutes, message: Message): Outcome {
  const { code } = message.type;
  const typeKnown = Object.keys(routes).some((name) => name.startsWith(`${code}^`));
  return { state: 'ignored', refusal: refusedBy(unsupportedError(message, typeKnown)), note: null };
}

function unsupportedError(_message: Message, typeKnown: boolean): AppError {
  return new AppError(typeKnown ? 'hl7.unsupported_event' : 'hl7.unsupported_type', {
    segment: 'MSH',
    field: 9,
  });
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

/** Nothing of a stranger's message is kept. */
async function refusePeer(
  ctx: Receiver,
  message: Message,
  peer: MessageSourcePeer,
  at: Date,
): Promise<Uint8Array> {
  const refusal = refusedBy(new AppError('hl7.peer_unknown', { segment: 'MSH', field: 3 }));
  await recordAudit(ctx.db, {
    event: 'hl7.peer_refused',
    actor: { kind: 'node', id: 'unknown', address: peer.address },
    result: 'denied',
    resultCode: refusal.code,
  });
  count(ctx, message, 'refused');
  return refused(message, refusal, at);
}
