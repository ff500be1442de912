// Reports that wait for their exam, for the administration console.
import type { Db } from '../../db/index.ts';
import * as repo from './repo.ts';
import type { UnlinkedReport } from './types.ts';

/** Newest first; `after` is the id of the last one seen. */
export async function findUnlinkedReports(
  db: Db,
  ask: { after?: string | null; limit?: number } = {},
): Promise<{ items: UnlinkedReport[]; nextCursor: string | null; total: number }> {
  const limit = Math.min(Math.max(ask.limit ?? 50, 1), 200);
  const rows = await repo.unlinkedReports(db, ask.after ?? null, limit + 1);
  const items = rows.slice(0, limit).map((row): UnlinkedReport => {
    const { reason, receivedAt, ...rest } = row;
    return { kind: 'report', ...rest, reason: reason ?? 'no-order', receivedAt: receivedAt.toISOString() };
  });
  const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
  return { items, nextCursor, total: await repo.countUnlinked(db) };
}
