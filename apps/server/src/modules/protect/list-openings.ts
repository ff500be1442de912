// Pages of grants and of broken glass.
import type { Context } from '../../context.ts';
import * as repo from './repo-openings.ts';

type Part = Pick<Context, 'db' | 'clock'>;
type Page<T> = { rows: T[]; nextCursor: string | null; total: number };

export async function listGrants(
  ctx: Part,
  open: boolean,
  after: string | null,
  limit: number,
): Promise<Page<repo.GrantRow>> {
  const ask = { open, after, limit: limit + 1, now: ctx.clock.now() };
  return cut(await repo.selectGrants(ctx.db, ask), await repo.countGrants(ctx.db, ask), limit);
}

export async function listGlasses(
  ctx: Part,
  state: repo.GlassAsk['state'],
  before: string | null,
  limit: number,
): Promise<Page<repo.GlassRow>> {
  const ask = { state, before, limit: limit + 1 };
  return cut(await repo.selectGlasses(ctx.db, ask), await repo.countGlasses(ctx.db, ask), limit);
}

function cut<T extends { id: string }>(rows: T[], total: number, limit: number): Page<T> {
  const shown = rows.slice(0, limit);
  return { rows: shown, nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null, total };
}
