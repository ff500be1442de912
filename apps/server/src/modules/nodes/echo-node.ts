// C-ECHO to a registered node (PS3.7 §9.1.5): does it answer, in what time, and if not, at which step it failed. For
// the console's test button and `yunying node echo`. A failure is an answer here, not an error.
import { type Association, connect, DimseError, status, statusName } from '@yunying/dimse';
import { AppError } from '../../errors.ts';
import type { NodeRow } from './node-types.ts';

/** Which step failed; the console has the words. */
export type EchoReason = 'unreachable' | 'timeout' | 'rejected' | 'no-verification' | 'status' | 'broken';
/** `detail` is the upper layer's own sentence. */
export type EchoAnswer = { ok: boolean; ms: number; reason: EchoReason | null; detail: string | null };

const verification = '1.2.840.10008.1.1';
const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
const detailLimit = 200;

export async function echoNode(node: NodeRow, callingAe: string, limitMs: number): Promise<EchoAnswer> {
  const { kind, name, host, port } = node;
  if (kind !== 'dicom' || host === null || port === null) throw new AppError('nodes.no_address', { kind });
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
    association = await connect({
      host,
      port,
      callingAe,
      calledAe: name,
      contexts: [{ abstractSyntax: verification, transferSyntaxes: plainSyntaxes }],
      signal,
    });
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
      return 'rejected';
    case 'no-context':
      return 'no-verification';
    default:
      return 'broken';
  }
}
