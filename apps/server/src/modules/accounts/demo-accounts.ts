// Accounts of profile demo: known passwords, so that anyone can look around. They are printed by the demo and are
// public; therefore a production server neither makes them nor lets anyone in with these passwords, even on a
// database that a demo once used.
import { createHmac } from 'node:crypto';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { addClient, type StaffRole } from '../access/index.ts';
import { insertNewAccount } from './create-account.ts';
import { admins, doctor } from './demo-passwords.ts';
import { loadPepper } from './pepper-file.ts';

export type DemoAccounts = {
  /** A machine client that may use /dicom-web and /api. */
  token: string;
  doctor: { user: string; password: string };
  admins: { user: string; password: string; role: StaffRole }[];
};

const displayNames: Record<string, string> = {
  doctor: '演示医生',
  sysadmin: '系统管理员',
  secadmin: '安全管理员',
  audadmin: '审计管理员',
};
/** Safe to repeat: what exists stays. Call before createFirstAdministrators, which then finds its three. */
export async function createDemoAccounts(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
): Promise<DemoAccounts> {
  if (ctx.config.profile !== 'demo')
    throw new AppError('access.forbidden', { reason: 'demo accounts exist in profile demo only' });
  const wanted = [{ ...doctor, role: 'doctor' as const }, ...admins];
  for (const { user, password, role } of wanted) {
    const displayName = displayNames[user] ?? user;
    await insertNewAccount(ctx, ctx.db, { loginName: user, displayName, role, password, mustChange: false });
  }
  // Its own token per data directory, the same at every start.
  const token = createHmac('sm3', loadPepper(ctx.config.dataDir).key)
    .update('demo client')
    .digest('base64url');
  await addClient(ctx, { name: 'demo', token });
  return { token, doctor, admins };
}
