// For tests of routes: an account of a role with an open session, as the cookie a browser would send.
import type { Context } from '../../../context.ts';
import { openSession, type StaffRole } from '../../access/index.ts';
import { createAccount } from '../create-account.ts';

/** One account for each role and database. */
export async function staffCookie(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
  role: StaffRole,
): Promise<string> {
  const { accountId } = await createAccount(ctx, {
    loginName: role.replace('_', ''),
    displayName: role,
    role,
    mustChange: false,
  });
  const staff = { kind: 'staff', accountId, role } as const;
  const { secret } = await openSession(ctx, staff, { ip: '127.0.0.1', userAgent: 'test' });
  return `yy_session=${secret}`;
}
