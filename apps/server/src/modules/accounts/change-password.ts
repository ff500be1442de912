// Changing the own password, also the forced change of a first log-in. All other sessions of the account end.
// The old password is guessable here too, so it is limited like a log-in.
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { hiddenSubject, revokeSessions, type StaffViewer, tryOnce } from '../access/index.ts';
import { type AuditRequest, recordAudit } from '../audit/index.ts';
import { isDemoPassword } from './demo-passwords.ts';
import { accountLimit } from './log-in.ts';
import { checkPassword, hashPassword } from './password-hash.ts';
import { passwordFaults } from './password-rules.ts';
import { loadPepper } from './pepper-file.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config'>;
const notReusable = 5;

export async function changePassword(
  ctx: Part,
  viewer: StaffViewer,
  change: { oldPassword: string; newPassword: string; request: AuditRequest },
): Promise<void> {
  const account = await repo.selectAccount(ctx.db, viewer.accountId);
  if (account === undefined) throw new AppError('access.unauthenticated');
  const pepper = loadPepper(ctx.config.dataDir);
  const now = ctx.clock.now();
  const proof = await tryOnce(ctx.db, 'login', hiddenSubject(account.login_name), {
    ...accountLimit,
    now,
    evaluate: async () =>
      (await checkPassword(pepper, change.oldPassword, account.password_hash)).right ? true : null,
  });
  if (!proof.ok) throw new AppError('accounts.old_password_wrong', { remaining: proof.remaining });
  await requireAcceptable(ctx, account, change.newPassword);
  const passwordHash = await hashPassword(pepper, change.newPassword);
  await ctx.db.transaction().execute(async (tx) => {
    await repo.updatePassword(tx, {
      id: account.id,
      passwordHash,
      mustChange: false,
      now,
      former: account.password_hash,
    });
    await recordAudit(tx, { event: 'staff.password_changed', viewer, result: 'ok', request: change.request });
    await revokeSessions(tx, { accountId: account.id, except: viewer.sessionId }, now);
  });
}

/** Throws accounts.password_weak with every broken rule in details.faults. */
async function requireAcceptable(ctx: Part, account: repo.AccountRow, password: string): Promise<void> {
  const isAdmin = account.role !== 'doctor';
  const owner = { loginName: account.login_name, displayName: account.display_name, isAdmin };
  const faults: string[] = passwordFaults(password, owner);
  if (isDemoPassword(password)) faults.push('weak-word');
  if (faults.length === 0 && (await wasUsed(ctx, account, password))) faults.push('used-before');
  if (faults.length > 0) throw new AppError('accounts.password_weak', { faults });
}

async function wasUsed(ctx: Part, account: repo.AccountRow, password: string): Promise<boolean> {
  const pepper = loadPepper(ctx.config.dataDir);
  const former = await repo.selectFormerPasswords(ctx.db, account.id, notReusable);
  for (const stored of [account.password_hash, ...former].slice(0, notReusable)) {
    if ((await checkPassword(pepper, password, stored)).right) return true;
  }
  return false;
}
