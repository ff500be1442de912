// Once a day: the counts of studies by day become one row for each day again (repo-days.ts).
import type { Context } from '../../../context.ts';
import { foldDayCounts } from './repo-days.ts';

export async function foldDays(ctx: Pick<Context, 'db'>): Promise<void> {
  await foldDayCounts(ctx.db);
}
