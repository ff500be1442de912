// Accounts at start-up, before any door opens: the demo's known log-ins in profile demo, else the three
// administrators of a first start. `notice` is printed once by the caller; the secrets in it are nowhere else.
import type { Context } from '../../context.ts';
import { createDemoAccounts, type DemoAccounts } from './demo-accounts.ts';
import { createFirstAdministrators } from './first-administrators.ts';

export type PreparedAccounts = { notice: string | null; demo: DemoAccounts | null };

export async function prepareAccounts(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
): Promise<PreparedAccounts> {
  if (ctx.config.profile === 'demo') return { notice: null, demo: await createDemoAccounts(ctx) };
  const issued = await createFirstAdministrators(ctx);
  if (issued.length === 0) return { notice: null, demo: null };
  const rows = issued.map(
    (one) => `  ${one.loginName.padEnd(10)} ${one.role.padEnd(15)} ${one.oneTimeSecret ?? ''}`,
  );
  const notice = [
    '首次启动：已创建三个管理员，一次性密码只显示这一次，24 小时内首次登录时必须修改。',
    'First start: the three administrators and their one-time passwords, shown only now; change them within 24 hours.',
    ...rows,
  ];
  return { notice: `${notice.join('\n')}\n`, demo: null };
}
