// The first start makes the three administrators (spec AC-2, AU-13) with one-time secrets. main.ts prints what this
// answers, once; the secrets are nowhere else. Two nodes that start together: the one that commits first wins.
import type { Context } from '../../context.ts';
import { type IssuedSecret, insertNewAccount, type NewAccount } from './create-account.ts';
import * as repo from './repo.ts';

const administrators: readonly NewAccount[] = [
  { loginName: 'sysadmin', displayName: '系统管理员', role: 'system_admin' },
  { loginName: 'secadmin', displayName: '安全管理员', role: 'security_admin' },
  { loginName: 'audadmin', displayName: '审计管理员', role: 'audit_admin' },
];

/** Empty when the platform has its administrators already. */
export async function createFirstAdministrators(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
): Promise<IssuedSecret[]> {
  if ((await repo.countAdministrators(ctx.db)) > 0) return [];
  return ctx.db.transaction().execute(async (tx) => {
    const issued: IssuedSecret[] = [];
    for (const administrator of administrators) {
      const secret = await insertNewAccount(ctx, tx, administrator);
      if (secret !== null) issued.push(secret);
    }
    return issued;
  });
}
