// Storage commitment after a send (PS3.4 annex J): the node answers for what it took, now or later.
import type { Context } from '../../context.ts';
import { type ObjectRef, requestCommitment } from '../archive/index.ts';
import type { NodeRow } from '../nodes/index.ts';

const mostAtOnce = 5_000;

/** Answers the id of the (last) request. */
export async function askCommitmentFor(
  ctx: Pick<Context, 'db' | 'jobs' | 'clock'>,
  node: NodeRow,
  refs: readonly ObjectRef[],
): Promise<string | null> {
  let last: string | null = null;
  for (let at = 0; at < refs.length; at += mostAtOnce) {
    const batch = refs.slice(at, at + mostAtOnce);
    const { commitmentId } = await requestCommitment(ctx, node, batch);
    last = commitmentId;
  }
  return last;
}
