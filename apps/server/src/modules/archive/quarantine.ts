// What was kept aside, for an administrator: list, try again, dismiss. Trying again runs the very bytes through
// storeInstance; an entry is resolved only when they are stored. Nothing is deleted: bytes of dismissed entries stay
// in the store until a lifecycle rule says otherwise.
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { QuarantineRow } from './archive-types.ts';
import * as repo from './repo-quarantine.ts';
import { storeInstance } from './store-instance.ts';
import type { StoreOutcome } from './store-outcome.ts';

type QuarantineContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;

export type QuarantinePage = { items: QuarantineRow[]; nextCursor: string | null; total: number };

export async function listQuarantine(db: Db, limit: number, cursor: string | null): Promise<QuarantinePage> {
  const [rows, total] = await Promise.all([
    repo.selectOpenQuarantine(db, limit + 1, cursor),
    repo.countOpenQuarantine(db),
  ]);
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null, total };
}

export async function getQuarantine(db: Db, id: string): Promise<QuarantineRow> {
  const row = await repo.selectQuarantine(db, id);
  if (row === undefined) throw new AppError('request.not_found');
  return row;
}

export async function retryQuarantine(
  ctx: QuarantineContext,
  id: string,
  accountId: string | null,
): Promise<StoreOutcome> {
  const row = await getOpen(ctx.db, id);
  if (row.kind !== 'dicom') throw new AppError('platform.not_built', { kind: row.kind });
  if (row.blob_id === null) throw new AppError('storage.missing', { id });
  const { body } = await ctx.blobs.read(row.blob_id);
  const outcome = await storeInstance(ctx, body, {
    kind: 'import',
    name: 'quarantine',
    institutionId: null,
    onConflict: 'refuse',
  });
  if (outcome.outcome === 'stored' || outcome.outcome === 'duplicate') {
    await repo.updateResolved(ctx.db, id, { resolution: outcome.outcome, resolvedBy: accountId });
  }
  return outcome;
}

export async function dismissQuarantine(db: Db, id: string, accountId: string | null): Promise<void> {
  await getOpen(db, id);
  const isMine = await repo.updateResolved(db, id, { resolution: 'dismissed', resolvedBy: accountId });
  if (!isMine) throw new AppError('archive.quarantine_resolved');
}

async function getOpen(db: Db, id: string): Promise<QuarantineRow> {
  const row = await getQuarantine(db, id);
  if (row.resolved_at !== null) throw new AppError('archive.quarantine_resolved');
  return row;
}
