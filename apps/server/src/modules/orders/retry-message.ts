// Try a kept message again, as an administrator asks: the very bytes, read and applied as at the door, with the time
// they were received at. Its row takes the new outcome. Whether the sender may send is not asked again: the
// administrator answers for it. A message that has taken effect is never applied twice.
import { Hl7Error, type Message, parseMessage } from '@yunying/hl7';
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { getNode, type NodeRow } from '../nodes/index.ts';
import { applyMessage, changeOf, inRetriedTransaction, type MessageTx } from './apply-message.ts';
import { getMessage } from './list-messages.ts';
import { describe, type MessageSourcePeer, withoutZeros } from './message-facts.ts';
import * as repo from './message-repo.ts';
import type { MessageRoutes, Received } from './message-route.ts';
import { findNode, inCharsetOf, lockMessage } from './receive-message.ts';

type Retrier = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;
type Reading = { message: Message; node: NodeRow | null };
/** Writes the audit row, in the transaction of the outcome. */
type Record = (tx: Db | Tx, outcome: repo.StateChange) => Promise<void>;

export async function retryMessage(
  ctx: Retrier,
  routes: MessageRoutes,
  id: string,
  record: Record,
): Promise<repo.StateChange> {
  const kept = await getMessage(ctx.db, id);
  requireWithoutEffect(kept);
  const reading = await readKept(ctx, kept);
  return inRetriedTransaction(ctx.db, async (tx) => {
    const outcome =
      reading instanceof Hl7Error
        ? await refuseAgain(tx, kept, reading)
        : await applyAgain(ctx, routes, kept, reading, tx);
    await record(tx, outcome);
    return outcome;
  });
}

async function readKept(ctx: Retrier, kept: repo.KeptMessage): Promise<Reading | Hl7Error> {
  try {
    const message = parseMessage(withoutZeros(kept.raw));
    const found = kept.nodeId === null ? await findNode(ctx, message) : await getNode(ctx.db, kept.nodeId);
    const node = found === 'disabled' ? null : found;
    return { message: inCharsetOf(node, message, kept.raw), node };
  } catch (error) {
    if (error instanceof Hl7Error) return error;
    throw error;
  }
}

async function refuseAgain(tx: MessageTx, kept: repo.MessageRow, error: Hl7Error): Promise<repo.StateChange> {
  await lockOpenRow(tx, kept.id);
  const change = { state: 'refused', errorCode: 'hl7.unparsable', error: error.message } as const;
  await repo.setMessageState(tx, kept.id, change);
  return change;
}

async function applyAgain(
  ctx: Retrier,
  routes: MessageRoutes,
  kept: repo.KeptMessage,
  { message, node }: Reading,
  tx: MessageTx,
): Promise<repo.StateChange> {
  const peer = peerOf(kept.source);
  const head = describe({ message, node, bytes: kept.raw, peer, at: kept.receivedAt });
  await lockMessage(tx, head);
  await lockOpenRow(tx, kept.id);
  const change = (await isAppliedSince(tx, kept, head))
    ? ({ state: 'ignored', errorCode: 'orders.message_repeated', error: null } as const)
    : changeOf(await applyMessage(ctx, routes, message, receivedOf(kept, node, peer), tx));
  await repo.setMessageHead(tx, kept.id, head);
  await repo.setMessageState(tx, kept.id, change);
  return change;
}

/** The door takes the same bytes for the same message, but could not know it of bytes that were not readable then. */
async function isAppliedSince(tx: Tx, kept: repo.MessageRow, head: repo.MessageWrite): Promise<boolean> {
  if (kept.controlId !== null || head.controlId === null) return false;
  const same = await repo.sameMessage(tx, { ...head, controlId: head.controlId });
  return same !== undefined && same.id !== kept.id && same.state === 'applied';
}

async function lockOpenRow(tx: MessageTx, id: string): Promise<void> {
  const now = await repo.lockMessageRow(tx, id);
  if (now === undefined) throw new AppError('request.not_found');
  requireWithoutEffect(now);
}

function requireWithoutEffect(row: repo.MessageRow): void {
  if (row.state === 'applied') throw new AppError('orders.message_applied');
}

function receivedOf(kept: repo.MessageRow, node: NodeRow | null, peer: MessageSourcePeer): Received {
  return {
    messageId: kept.id,
    receivedAt: kept.receivedAt,
    nodeInstitutionId: node?.institution_id ?? null,
    sendingFacility: kept.sendingFacility,
    actor: { kind: 'node', id: node?.id ?? kept.sendingApplication ?? 'unknown', address: peer.address },
  };
}

function peerOf(source: string): MessageSourcePeer {
  const colon = source.lastIndexOf(':');
  return { address: source.slice(0, colon), port: Number(source.slice(colon + 1)) };
}
