// Small facts about a message on its way in: what its row says of it, how it is counted, what the database said.
import { createHash } from 'node:crypto';
import type { Message } from '@yunying/hl7';
import type { Context } from '../../context.ts';
import type { NodeRow } from '../nodes/index.ts';
import type { MessageWrite } from './message-repo.ts';

export type MessageSourcePeer = { address: string; port: number };
export type Arrival = {
  message: Message;
  node: NodeRow | null;
  bytes: Uint8Array;
  peer: MessageSourcePeer;
  at: Date;
};

/** Systems that pad fields like C strings send zero bytes, which no field can hold. The bytes are kept as they came. */
export function withoutZeros(bytes: Uint8Array): Uint8Array {
  return bytes.includes(0) ? bytes.filter((byte) => byte !== 0) : bytes;
}

export function describe({ message, node, bytes, peer, at }: Arrival): MessageWrite {
  return {
    receivedAt: at,
    nodeId: node?.id ?? null,
    source: `${peer.address}:${peer.port}`,
    sendingApplication: cut(message.get('MSH-3')),
    sendingFacility: cut(message.get('MSH-4.1')),
    messageType: cut(typeOf(message)),
    controlId: cut(message.controlId),
    charset: message.charset.name,
    raw: bytes,
    sha256: sha256(bytes),
    state: 'applied',
    errorCode: null,
    error: null,
  };
}

export function typeOf(message: Message): string {
  const { code, trigger } = message.type;
  return `${code}^${trigger}`.toUpperCase();
}

export function count(ctx: Pick<Context, 'metrics'>, message: Message, state: string): void {
  const known = /^[A-Z]{3}$/.test(message.type.code) ? message.type.code : 'other';
  ctx.metrics
    .counter('yunying_hl7_messages_total', 'HL7 v2 messages received', ['type', 'state'])
    .inc({ type: known, state });
}

export function sqlState(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function cut(text: string | null): string | null {
  const trimmed = text?.replaceAll('\0', '').trim() ?? '';
  return trimmed === '' ? null : trimmed.slice(0, 180);
}
