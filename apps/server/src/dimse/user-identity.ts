// User identity of a peer (PS3.7 annex D.3.3.7): user name and passcode are those of a machine client; a name alone says
// who, and proves nothing. Tickets (Kerberos, SAML, JWT) cannot be checked here and are refused, not passed over. Whoever
// is refused is told no reason: it stands in the audit trail.
import type { UserIdentity } from '@yunying/dimse';
import type { Context } from '../context.ts';
import { isAppError } from '../errors.ts';
import { findClient, hiddenSubject, isClientName, tryOnce } from '../modules/access/index.ts';
import type { StoredRules } from '../modules/nodes/index.ts';
import type { RefusalCode } from './refusals.ts';

/** `response`: what is answered when an answer was asked for and is positive, else null. */
export type IdentityVerdict = { response: Buffer | null } | { refused: RefusalCode };

const guesses = { max: 10, windowMs: 15 * 60_000, lockMs: 15 * 60_000 };
const longestName = 128;

export async function judgeIdentity(
  ctx: Pick<Context, 'db' | 'clock'>,
  identity: UserIdentity | null,
  required: StoredRules['userIdentity'],
  peer: { callingAe: string; address: string },
): Promise<IdentityVerdict> {
  if (identity === null) return required === undefined ? { response: null } : { refused: 'user-required' };
  const { type, positiveResponseRequested } = identity;
  if (type !== 'username' && type !== 'username-and-passcode') return { refused: 'user-kind-not-supported' };
  const name = identity.primary.toString('utf8').trim();
  if (name === '' || name.length > longestName) return { refused: 'user-unknown' };
  // The response of both types is empty; that it is there is the answer (PS3.7 table D.3-15).
  const answer = positiveResponseRequested ? Buffer.alloc(0) : null;
  if (type === 'username') {
    if (required === 'proven') return { refused: 'user-not-proven' };
    const isKnown = await isClientName(ctx, name);
    if (isKnown) return { response: answer };
    return required === 'named' || positiveResponseRequested
      ? { refused: 'user-unknown' }
      : { response: null };
  }
  return (await isProven(ctx, name, identity.secondary, peer)) ?? { response: answer };
}

/** null when the passcode is that of the name. */
async function isProven(
  ctx: Pick<Context, 'db' | 'clock'>,
  name: string,
  passcode: Buffer,
  { callingAe, address }: { callingAe: string; address: string },
): Promise<{ refused: RefusalCode } | null> {
  const basic = Buffer.from(`${name}:${passcode.toString('utf8')}`, 'utf8').toString('base64');
  try {
    const verdict = await tryOnce(ctx.db, 'dimse-user', hiddenSubject(`${callingAe} ${address}`), {
      ...guesses,
      now: ctx.clock.now(),
      evaluate: () => findClient(ctx, `Basic ${basic}`),
    });
    return verdict.ok ? null : { refused: 'user-not-proven' };
  } catch (error) {
    if (isAppError(error) && error.code === 'access.locked') return { refused: 'user-locked' };
    throw error;
  }
}
