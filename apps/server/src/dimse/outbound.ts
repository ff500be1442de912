// Associations that we open to a registered node (SCU): its address, our AE title. Callers say what they want to do.
import { type Association, type ConnectOptions, type ContextProposal, connect } from '@yunying/dimse';
import type { Context } from '../context.ts';
import { AppError } from '../errors.ts';
import type { NodeRow } from '../modules/nodes/index.ts';

export type OutboundOptions = Omit<
  ConnectOptions,
  'host' | 'port' | 'callingAe' | 'calledAe' | 'contexts' | 'tls'
>;

export async function connectToNode(
  ctx: Pick<Context, 'config'>,
  node: NodeRow,
  contexts: readonly ContextProposal[],
  options: OutboundOptions = {},
): Promise<Association> {
  const { kind, name, host, port, disabled_at } = node;
  if (kind !== 'dicom' || host === null || port === null) throw new AppError('nodes.no_address', { kind });
  if (disabled_at !== null) throw new AppError('nodes.disabled');
  return connect({ ...options, host, port, callingAe: ctx.config.aeTitle, calledAe: name, contexts });
}
