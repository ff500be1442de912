// Who is calling: the registered node of an AE title or of an HL7 sending application and facility. A node
// with a host registered answers only to calls from there. A disabled name is told apart from an unknown one: the
// doors refuse it always, also where strangers are let in (profile demo, this machine itself).
import type { Db, Tx } from '../../db/index.ts';
import { HostNames } from './host-names.ts';
import type { NodeRow } from './node-types.ts';
import * as repo from './repo.ts';

const noFacility = '-';
const touchEveryMs = 60_000;
const hostNames = new HostNames();

export type FoundNode = NodeRow | 'disabled' | null;

/**
 * `address` is the peer's IP address; null when the transport has none (tests, spool). A title that is
 * registered, one that is not, and one that calls from elsewhere take the same way here, and the same time.
 */
export async function findDicomNode(
  db: Db | Tx,
  aeTitle: string,
  address: string | null,
): Promise<FoundNode> {
  const node = await repo.selectNode(db, { kind: 'dicom', name: aeTitle, facility: noFacility });
  if (address !== null) await hostNames.ensure(await repo.selectHostNames(db));
  if (node === undefined) return null;
  if (node.disabled_at !== null) return 'disabled';
  return comesFrom(node, address) ? node : null;
}

/** By MSH-3 and MSH-4; a node registered for any facility of the application counts when no exact one is there. */
export async function findHl7Node(db: Db | Tx, application: string, facility: string): Promise<FoundNode> {
  const exact = await repo.selectNode(db, {
    kind: 'hl7',
    name: application,
    facility: facility || noFacility,
  });
  const node = exact ?? (await repo.selectNode(db, { kind: 'hl7', name: application, facility: noFacility }));
  if (node === undefined) return null;
  return node.disabled_at === null ? node : 'disabled';
}

/** Remembers that the node was heard; at most once a minute, so that a busy node is not a hot row. */
export async function touchNode(db: Db | Tx, node: NodeRow, at: Date): Promise<void> {
  if (node.last_seen_at !== null && at.getTime() - node.last_seen_at.getTime() < touchEveryMs) return;
  await repo.updateLastSeen(db, node.id, at);
}

function comesFrom(node: NodeRow, address: string | null): boolean {
  if (node.host === null || address === null) return true;
  const peer = plainAddress(address);
  if (plainAddress(node.host) === peer) return true;
  return hostNames
    .addressesOf(node.host)
    .some((known) => plainAddress(known) === peer || (isLoopback(known) && isLoopback(peer)));
}

/** ::ffff:10.0.0.7 is 10.0.0.7. */
function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}

function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || plain.startsWith('127.');
}
