// C-STORE SCU to a registered node: opens as many associations, one after the other, as the SOP classes need, and
// sends the objects over them. A node that cannot be reached is told to `onUnreachable`; it is no error of ours.
import { type Association, DimseError } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { connectToNode } from '../../../dimse/outbound.ts';
import { type NodeRow, preferredSyntaxes, rulesOf } from '../../nodes/index.ts';
import { lossyRatioFor } from './outgoing-parts.ts';
import type { ObjectRef } from './repo-outgoing.ts';
import {
  type Load,
  planLoads,
  type SendOptions,
  type SendPart,
  sendObjects,
  storeWindow,
} from './send-objects.ts';

/** What a node that takes nothing lossless usually takes: JPEG baseline and extended. */
const lossySyntaxes = ['50', '51'].map((end) => `1.2.840.10008.1.2.4.${end}`);

/** Objects without an outcome afterwards were not sent. Cancelling stops between objects and never aborts. */
export async function sendToNode(
  ctx: SendPart & Pick<Context, 'config' | 'log'>,
  node: NodeRow,
  refs: readonly ObjectRef[],
  options: SendOptions,
): Promise<void> {
  const preferred = preferredSyntaxes(rulesOf(node));
  const lossyRatio = await lossyRatioFor(ctx.db, node.id);
  const besides = [...preferred, ...(lossyRatio === null ? [] : lossySyntaxes)];
  for (const load of planLoads(refs, besides)) {
    if (options.stop.aborted) return;
    try {
      const association = await open(ctx, node, load, options.stop);
      await sendObjects(ctx, association, load.refs, { ...options, preferred, lossyRatio });
      await association.release().catch(() => association.abort('the release was not answered'));
    } catch (error) {
      if (!(error instanceof DimseError) && !options.stop.aborted) throw error;
      const comment = error instanceof Error ? error.message.slice(0, 200) : 'the node could not be reached';
      ctx.log.warn({ event: 'archive.send_failed', nodeId: node.id, reason: comment });
      options.onUnreachable?.(comment);
      return;
    }
  }
}

/** `stop` ends the attempt, but not the association: what is being sent is sent to its end. */
async function open(
  ctx: Pick<Context, 'config' | 'db'>,
  node: NodeRow,
  load: Load,
  stop: AbortSignal,
): Promise<Association> {
  const attempt = new AbortController();
  const giveUp = () => attempt.abort(stop.reason);
  stop.addEventListener('abort', giveUp, { once: true });
  try {
    return await connectToNode(ctx, node, load.contexts, {
      asyncOps: { invoked: storeWindow, performed: 1 },
      signal: attempt.signal,
    });
  } finally {
    stop.removeEventListener('abort', giveUp);
  }
}
