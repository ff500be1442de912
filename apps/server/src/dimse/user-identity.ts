// User identity of a peer (PS3.7 annex D.3.3.7): user name and passcode are those of a machine client; a name alone says
// who, and proves nothing. Tickets (Kerberos, SAML, JWT) cannot be checked here and are refused, not passed over. Whoever
// is refused is told no reason: it stands in the audit trail.
import type { UserIdentity } from '@yunying/dimse';
import type { Context } from '../context.ts';
import { isAppError } from '../errors.ts';
import { findClient, hiddenSubject, isClientName, tryOnce } from '../modules/access/index.ts';
import type { StoredRules } from '../modules/nodes/index.ts';
import type { RefusalCode } from './refusals.ts';

/** Who the peer says its user is; proven: with the passcode. */
export type PeerUser = { name: string; isProven: boolean };
/** `response`: what is answered when an answer was asked for and is positive, else null. */
export type IdentityVerdict = { response: Buffer | null; user: PeerUser | null } | { refused: RefusalCode };

const guesses = { max: 10, windowMs: 15 * 60_000, lockMs: 15 * 60_000 };
const longestName = 128;

export async function judgeIdentity(
  ctx: Pick<Context, 'db' | 'clock'>,
  identity: UserIdentity | null,
  required: StoredRules['userIdentity'],
  /** Who guesses: the limit of wrong passcodes is kept by it. */
  subject: string,
): Promise<IdentityVerdict> {
  if (identity === null)
    return required === undefined ? { response: null, user: null } : { refused: 'user-required' };
  const { type, positiveResponseRequested } = identity;
  if (type !== 'username' && type !== 'username-and-passcode') return { refused: 'user-kind-not-supported' };
  const name = identity.primary.toString('utf8').trim();
  if (name === '' || name.length > longestName) return { refused: 'user-unknown' };
  // The response of both types is empty; that it is there is the answer (PS3.7 table D.3-15).
  const answer = positiveResponseRequested ? Buffer.alloc(0) : null;
  if (type === 'username') {
    if (required === 'proven') return { refused: 'user-not-proven' };
    const user = { name, isProven: false };
    if (await isClientName(ctx, name)) return { response: answer, user };
    return required === 'named' || positiveResponseRequested
      ? { refused: 'user-unknown' }
      : { response: null, user };
  }
  const refused = await refuseUnproven(ctx, name, identity.secondary, subject);
  return refused ?? { response: answer, user: { name, isProven: true } };
}

/** null when the passcode is that of the name. */
async function refuseUnproven(
  ctx: Pick<Context, 'db' | 'clock'>,
  name: string,
  passcode: Buffer,
  subject: string,
): Promise<{ refused: RefusalCode } | null> {
  const basic = Buffer.from(`${name}:${passcode.toString('utf8')}`, 'utf8').toString('base64');
  try {
    const verdict = await tryOnce(ctx.db, 'dimse-user', hiddenSubject(subject), {
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
