// Who may send HL7 messages. Registered nodes from their host; unknown senders from this machine itself or from the
// host of a registered node; in profile demo everyone, so that a simulator needs no registration.
import { lookup } from 'node:dns/promises';
import type { Context } from '../../context.ts';
import { listNodes, type NodeRow } from '../nodes/index.ts';

export async function mayPeerSend(
  ctx: Pick<Context, 'config' | 'db'>,
  node: NodeRow | null,
  address: string,
): Promise<boolean> {
  if (ctx.config.profile === 'demo') return true;
  if (isLoopback(address)) return true;
  if (node !== null) return node.may.split(' ').includes('send') && (await isHost(node, address));
  for (const known of await listNodes(ctx.db)) {
    if (
      known.kind === 'hl7' &&
      known.disabled_at === null &&
      known.host !== null &&
      (await isHost(known, address))
    )
      return true;
  }
  return false;
}

async function isHost(node: NodeRow, address: string): Promise<boolean> {
  if (node.host === null) return true; // registered without an address: known by name only
  const peer = plain(address);
  if (plain(node.host) === peer) return true;
  const resolved = await lookup(node.host, { all: true }).catch(() => []);
  return resolved.some((entry) => plain(entry.address) === peer);
}

function isLoopback(address: string): boolean {
  const peer = plain(address);
  return peer === '::1' || peer.startsWith('127.');
}

/** ::ffff:10.0.0.7 is 10.0.0.7. */
function plain(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
