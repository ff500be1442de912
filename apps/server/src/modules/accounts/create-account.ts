// Creating, resetting and disabling accounts. A one-time secret is made here, told to the caller once and must be
// changed at the first log-in (spec AU-4); login names are never used twice (AU-1).
import { randomInt } from 'node:crypto';
import type { Context } from '../../context.ts';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { clearAttempts, giveGrant, hiddenSubject, revokeSessions, type StaffRole } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { normalLoginName, roleOf } from './login-name.ts';
import { hashPassword } from './password-hash.ts';
import { passwordFaults } from './password-rules.ts';
import { loadPepper } from './pepper-file.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config'>;

export type NewAccount = {
  loginName: string;
  displayName: string;
  role: StaffRole;
  /** Given on standard input; absent: a one-time secret is made. Either must be changed at the first log-in. */
  password?: string;
  /** False: an account that may do nothing until the security administrator says what (spec AC-3). */
  grantReading?: boolean;
  /** Only the demo's accounts stay as they are. */
  mustChange?: boolean;
};

export type IssuedSecret = {
  accountId: string;
  loginName: string;
  role: StaffRole;
  oneTimeSecret: string | null;
};

export async function createAccount(ctx: Part, account: NewAccount): Promise<IssuedSecret> {
  const issued = await insertNewAccount(ctx, ctx.db, account);
  if (issued === null) throw new AppError('accounts.name_taken');
  return issued;
}

/** null when the login name is or was in use. */
export async function insertNewAccount(
  ctx: Part,
  db: Db | Tx,
  account: NewAccount,
): Promise<IssuedSecret | null> {
  const loginName = normalLoginName(account.loginName);
  if (!/^[a-z0-9][a-z0-9._-]{1,63}$/.test(loginName))
    throw new AppError('request.invalid', { field: 'loginName' });
  const oneTimeSecret = account.password === undefined ? newOneTimeSecret() : null;
  const password = account.password ?? oneTimeSecret ?? '';
  const isAdmin = account.role !== 'doctor';
  const faults = passwordFaults(password, { loginName, displayName: account.displayName, isAdmin });
  if (faults.length > 0) throw new AppError('accounts.password_weak', { faults });
  const now = ctx.clock.now();
  const id = newId();
  const inserted = await repo.insertAccount(db, {
    id,
    login_name: loginName,
    display_name: account.displayName,
    role: account.role,
    password_hash: await hashPassword(loadPepper(ctx.config.dataDir), password),
    must_change: account.mustChange ?? true,
    password_set_at: now,
    created_at: now,
  });
  if (!inserted) return null;
  const about = {
    actor: { kind: 'system' as const },
    objectType: 'account',
    objectId: id,
    result: 'ok' as const,
  };
  if (account.role === 'doctor' && account.grantReading !== false)
    await giveGrant(db, { subjectKind: 'account', subjectId: id, role: 'doctor', at: now });
  await recordAudit(db, { ...about, event: 'account.created', detail: { role: account.role } });
  return { accountId: id, loginName, role: account.role, oneTimeSecret };
}

/** A new one-time secret (or the given password); ends all sessions and lifts a lock. */
export async function resetAccount(ctx: Part, loginName: string, password?: string): Promise<IssuedSecret> {
  const account = await repo.selectAccountByLoginName(ctx.db, normalLoginName(loginName));
  if (account === undefined) throw new AppError('request.not_found', { field: 'loginName' });
  const oneTimeSecret = password === undefined ? newOneTimeSecret() : null;
  const chosen = password ?? oneTimeSecret ?? '';
  const isAdmin = account.role !== 'doctor';
  const owner = { loginName: account.login_name, displayName: account.display_name, isAdmin };
  const faults = passwordFaults(chosen, owner);
  if (faults.length > 0) throw new AppError('accounts.password_weak', { faults });
  const passwordHash = await hashPassword(loadPepper(ctx.config.dataDir), chosen);
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (tx) => {
    const former = account.password_hash;
    await repo.updatePassword(tx, { id: account.id, passwordHash, mustChange: true, now, former });
    await revokeSessions(tx, { accountId: account.id }, now);
    await clearAttempts(tx, 'login', hiddenSubject(account.login_name));
    const about = { actor: { kind: 'system' as const }, objectType: 'account', objectId: account.id };
    await recordAudit(tx, { ...about, event: 'account.reset', result: 'ok' });
  });
  return { accountId: account.id, loginName: account.login_name, role: roleOf(account), oneTimeSecret };
}

export async function disableAccount(ctx: Part, accountId: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (tx) => {
    await repo.updateDisabled(tx, accountId, now);
    await revokeSessions(tx, { accountId }, now);
    const about = { actor: { kind: 'system' as const }, objectType: 'account', objectId: accountId };
    await recordAudit(tx, { ...about, event: 'account.disabled', result: 'ok' });
  });
}

// No signs that are read or typed wrongly (0 O 1 l I); 5 groups of 4 are about 110 bits.
const letters = 'abcdefghijkmnpqrstuvwxyz';
const capitals = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const digits = '23456789';

export function newOneTimeSecret(): string {
  for (;;) {
    const signs = Array.from({ length: 20 }, () => pick(letters + capitals + digits));
    const secret = [0, 4, 8, 12, 16].map((at) => signs.slice(at, at + 4).join('')).join('-');
    if (passwordFaults(secret, { loginName: '', displayName: '', isAdmin: true }).length === 0) return secret;
  }
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length));
}
