// Those who can be given grants: doctors and other staff that work with patients, machine clients, nodes.
import type { RightsSubject, SubjectKind } from '@yunying/api';
import type { Context } from '../../context.ts';
import { selectSubjects } from './repo.ts';

export async function listSubjects(
  ctx: Pick<Context, 'db' | 'clock'>,
  query: { kind: SubjectKind; text?: string; cursor?: string; limit?: number },
): Promise<{ items: RightsSubject[]; nextCursor: string | null; total: number }> {
  const { kind, text = null, cursor = null, limit = 50 } = query;
  const ask = { kind, text, after: cursor, limit: limit + 1 };
  const { rows, total } = await selectSubjects(ctx.db, ask, ctx.clock.now());
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null, total };
}
