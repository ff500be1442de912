// C-ECHO to a registered node (PS3.7 §9.1.5): does it answer, in what time, and if not, at which step it failed. For
// the console's test button and `yunying node echo`. A failure is an answer here, not an error.

import type { EchoAnswer } from '@yunying/api';
import { type Association, DimseError, rejection, status, statusName } from '@yunying/dimse';
import type { Context } from '../../context.ts';
import { callNode } from './connect-to-node.ts';
import type { NodeRow } from './node-types.ts';

type EchoReason = NonNullable<EchoAnswer['reason']>;

const verification = '1.2.840.10008.1.1';
const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
const detailLimit = 200;

export async function echoNode(
  ctx: Pick<Context, 'config'>,
  node: NodeRow,
  limitMs: number,
): Promise<EchoAnswer> {
  const signal = AbortSignal.timeout(limitMs);
  const began = performance.now();
  const answer = (reason: EchoReason | null, detail: string | null): EchoAnswer => ({
    ok: reason === null,
    ms: Math.round(performance.now() - began),
    reason,
    detail: detail?.slice(0, detailLimit) ?? null,
  });
  let association: Association | null = null;
  try {
    const contexts = [{ abstractSyntax: verification, transferSyntaxes: plainSyntaxes }];
    association = await callNode(ctx, node, contexts, { signal });
    const code = await association.echo(signal);
    const result = code === status.success ? answer(null, null) : answer('status', statusName(code));
    await association.release().catch(() => undefined); // it has answered; how it says goodbye is its own matter
    return result;
  } catch (error) {
    association?.abort('C-ECHO failed');
    if (signal.aborted) return answer('timeout', `no answer within ${limitMs} ms`);
    if (error instanceof DimseError) return answer(reasonOf(error), error.message);
    throw error;
  }
}

function reasonOf(error: DimseError): EchoReason {
  switch (error.code) {
    case 'connect-failed':
      return 'unreachable';
    case 'timeout':
      return 'timeout';
    case 'rejected':
      return rejectedAe(error.cause) ?? 'rejected';
    case 'no-context':
      return 'no-verification';
    default:
      return 'broken';
  }
}

/** Which of the two AE titles the peer does not know (PS3.8 table 9-21). */
function rejectedAe(end: unknown): 'calling-ae' | 'called-ae' | null {
  if (typeof end !== 'object' || end === null || !('source' in end) || !('reason' in end)) return null;
  const { callingAeNotRecognized: calling, calledAeNotRecognized: called } = rejection;
  if (end.source !== calling.source) return null;
  if (end.reason === calling.reason) return 'calling-ae';
  return end.reason === called.reason ? 'called-ae' : null;
}
