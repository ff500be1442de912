// Staff log-in with a password. Order that matters: the address's limit, then the account's limit, both counted
// before anything is compared; then one PBKDF2 whether or not the name exists, so that answer and time are the
// same (spec AU-5). A right but expired one-time password is told apart, because only its owner can get there.
import type { Context } from '../../context.ts';
import { AppError, isAppError } from '../../errors.ts';
import {
  belongsOn,
  hiddenSubject,
  type Listener,
  loadAccountAuthority,
  openSession,
  type StaffViewer,
  staffPermissions,
  tryOnce,
} from '../access/index.ts';
import { type AuditRequest, recordAudit } from '../audit/index.ts';
import { getSettings } from '../settings/index.ts';
import { isDemoPassword } from './demo-passwords.ts';
import { normalLoginName, roleOf } from './login-name.ts';
import { checkPassword, hashPassword } from './password-hash.ts';
import { loadPepper } from './pepper-file.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config' | 'log'>;

export type LogIn = { loginName: string; password: string; listener: Listener; request: AuditRequest };
export type LoggedIn = { secret: string; expiresAt: Date; viewer: StaffViewer };

const minuteMs = 60_000;
export const accountLimit = { max: 5, windowMs: 15 * minuteMs, lockMs: 30 * minuteMs };
export const addressLimit = { max: 50, windowMs: 10 * minuteMs, lockMs: 10 * minuteMs };

export async function logIn(ctx: Part, attempt: LogIn): Promise<LoggedIn> {
  const loginName = normalLoginName(attempt.loginName);
  const now = ctx.clock.now();
  try {
    const account = await evaluateLimited(ctx, attempt, loginName, now);
    return await openFor(ctx, account, attempt, now);
  } catch (error) {
    if (isAppError(error)) await auditFailure(ctx, attempt, loginName, error);
    throw error;
  }
}

async function evaluateLimited(
  ctx: Part,
  attempt: LogIn,
  loginName: string,
  now: Date,
): Promise<repo.AccountRow> {
  let remaining = 0;
  const byAddress = await tryOnce(ctx.db, 'login-ip', hiddenSubject(attempt.request.ip), {
    ...addressLimit,
    now,
    onSuccess: 'uncount',
    evaluate: async () => {
      const byName = await tryOnce(ctx.db, 'login', hiddenSubject(loginName), {
        ...accountLimit,
        now,
        evaluate: () => findRightAccount(ctx, attempt, loginName),
      });
      if (byName.ok) return byName.value;
      remaining = byName.remaining;
      return null;
    },
  });
  if (byAddress.ok) return byAddress.value;
  throw new AppError('accounts.login_failed', { remaining });
}

async function findRightAccount(
  ctx: Part,
  attempt: LogIn,
  loginName: string,
): Promise<repo.AccountRow | null> {
  const account = await repo.selectAccountByLoginName(ctx.db, loginName);
  const usable = account !== undefined && mayEnter(account, attempt.listener) ? account : null;
  const pepper = loadPepper(ctx.config.dataDir);
  const verdict = await checkPassword(pepper, attempt.password, usable?.password_hash ?? null);
  if (usable === null) return null;
  if (verdict.otherPepper)
    ctx.log.error(
      { event: 'accounts.pepper_differs', accountId: usable.id },
      'keys/accounts-pepper is not the one this database was made with',
    );
  if (!verdict.right) return null;
  // The demo's passwords are public: a production server on such a database must not open with them.
  if (ctx.config.profile === 'production' && isDemoPassword(attempt.password)) return null;
  if (verdict.outdated)
    await repo.updatePasswordHash(ctx.db, usable.id, await hashPassword(pepper, attempt.password));
  return usable;
}

function mayEnter(account: repo.AccountRow, listener: Listener): boolean {
  return account.disabled_at === null && belongsOn(listener, { kind: 'staff', role: roleOf(account) });
}

async function openFor(ctx: Part, account: repo.AccountRow, attempt: LogIn, now: Date): Promise<LoggedIn> {
  const settings = await getSettings(ctx.db);
  const ageMs = now.getTime() - account.password_set_at.getTime();
  if (account.must_change && ageMs > settings['password.one_time_hours'] * 60 * minuteMs) {
    throw new AppError('accounts.one_time_expired');
  }
  const role = roleOf(account);
  const source = { ip: attempt.request.ip, userAgent: attempt.request.headers['user-agent'] ?? '' };
  const session = await openSession(ctx, { kind: 'staff', accountId: account.id, role }, source);
  const authority = await loadAccountAuthority(ctx.db, account.id, now);
  const viewer: StaffViewer = {
    kind: 'staff',
    accountId: account.id,
    role,
    displayName: account.display_name,
    permissions: staffPermissions(role, authority),
    authority,
    sessionId: session.sessionId,
    mustChangePassword: account.must_change || ageMs > settings['password.max_age_days'] * 1440 * minuteMs,
  };
  await repo.updateLastLogin(ctx.db, account.id, now);
  await recordAudit(ctx.db, { event: 'staff.logged_in', viewer, result: 'ok', request: attempt.request });
  return { secret: session.secret, expiresAt: session.expiresAt, viewer };
}

async function auditFailure(ctx: Part, attempt: LogIn, loginName: string, error: AppError): Promise<void> {
  await recordAudit(ctx.db, {
    event: 'staff.log_in_failed',
    viewer: { kind: 'anonymous' },
    objectType: 'login',
    objectId: hiddenSubject(loginName).slice(0, 16),
    result: 'denied',
    resultCode: error.code,
    request: attempt.request,
  });
}
