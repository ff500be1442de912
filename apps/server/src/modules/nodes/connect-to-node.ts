// Associations that we open to a registered node (SCU): its address, our AE title, and its rules: over TLS, as which
// user, in what time, with what PDUs, how many at a time and how fast. Callers say what they want to do.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import {
  type Association,
  type ConnectOptions,
  type ContextProposal,
  connect,
  DimseError,
  defaultTimeouts,
  type UserIdentity,
} from '@yunying/dimse';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { limitsOf, rulesOf, type StoredRules, timeoutsOf } from './node-rules.ts';
import { claimSlot, type Slot } from './node-slots.ts';
import type { NodeRow } from './node-types.ts';

export type OutboundOptions = Omit<
  ConnectOptions,
  'host' | 'port' | 'callingAe' | 'calledAe' | 'contexts' | 'tls' | 'userIdentity'
>;

const slotPollMs = 200;

export async function connectToNode(
  ctx: Pick<Context, 'config' | 'db'>,
  node: NodeRow,
  contexts: readonly ContextProposal[],
  options: OutboundOptions = {},
): Promise<Association> {
  if (node.disabled_at !== null) throw new AppError('nodes.disabled');
  requireAddress(node);
  const slot = await waitForSlot(ctx, node, options.signal);
  try {
    const association = await callNode(ctx, node, contexts, {
      ...options,
      ...(slot.pace === null ? {} : { pace: slot.pace }),
    });
    void association.closed.then(() => slot.release());
    return association;
  } catch (error) {
    await slot.release();
    throw error;
  }
}

/** The same without asking how many associations are open: for the test of a connection. */
export async function callNode(
  { config }: Pick<Context, 'config'>,
  node: NodeRow,
  contexts: readonly ContextProposal[],
  options: OutboundOptions = {},
): Promise<Association> {
  const { host, port } = requireAddress(node);
  const rules = rulesOf(node);
  const association = await connect({
    ...options,
    host,
    port,
    callingAe: config.aeTitle,
    calledAe: node.name,
    contexts,
    limits: { ...options.limits, ...limitsOf(rules) },
    timeouts: { ...options.timeouts, ...timeoutsOf(rules) },
    ...(rules.tls === undefined ? {} : { tls: await tlsOf(rules, host, config.dimseTlsFiles) }),
    ...(rules.user === undefined ? {} : { userIdentity: identityOf(rules.user, rules.passcode) }),
  });
  if (rules.user?.isConfirmed === true && association.peerUserInformation.userIdentityResponse === null) {
    association.abort('the user was not confirmed');
    throw new DimseError('rejected', 'the node accepted the association, but did not confirm the user');
  }
  return association;
}

function requireAddress({ kind, host, port }: NodeRow): { host: string; port: number } {
  if (kind !== 'dicom' || host === null || port === null) throw new AppError('nodes.no_address', { kind });
  return { host, port };
}

/** An association of ours that ends makes room for the next; a node that stays full is as one that does not answer. */
async function waitForSlot(
  { db }: Pick<Context, 'db'>,
  node: NodeRow,
  signal: AbortSignal | undefined,
): Promise<Slot> {
  const rules = rulesOf(node);
  const limitMs = timeoutsOf(rules).connectMs ?? defaultTimeouts.connectMs;
  const since = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const slot = await claimSlot(db, node, rules, 'out');
    if (slot !== null) return slot;
    if (performance.now() - since > limitMs)
      throw new DimseError('limit', `${rules.mostAssociations} associations are open to the node, its most`);
    await new Promise((resolve) => setTimeout(resolve, slotPollMs));
  }
}

/** The node's own authority and our certificate for it; else those of this server. */
async function tlsOf(
  { tls, tlsKey }: StoredRules,
  host: string,
  files: Context['config']['dimseTlsFiles'],
): Promise<ConnectionOptions> {
  const own =
    tls?.certificate === undefined || tlsKey === undefined
      ? { cert: await fileOrNone(files.certificate), key: await fileOrNone(files.key) }
      : { cert: tls.certificate, key: tlsKey };
  const servername = tls?.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ca: tls?.ca ?? (await fileOrNone(files.ca)),
    ...own,
    ...(servername === undefined ? {} : { servername }),
  };
}

async function fileOrNone(path: string | null): Promise<Buffer | undefined> {
  return path === null ? undefined : readFile(path);
}

/** PS3.7 annex D.3.3.7.1: UTF-8. */
function identityOf(user: NonNullable<StoredRules['user']>, passcode: string | undefined): UserIdentity {
  return {
    type: passcode === undefined ? 'username' : 'username-and-passcode',
    positiveResponseRequested: user.isConfirmed === true,
    primary: Buffer.from(user.name, 'utf8'),
    secondary: Buffer.from(passcode ?? '', 'utf8'),
  };
}
