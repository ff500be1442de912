// Is what arrived the same as what is stored under its UID? Equal files are equal; files that differ may differ in
// their meta information only (another sender, another road), so their data sets are hashed and compared. The hash of
// a stored data set is made when it is first asked for, and kept.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Context } from '../../context.ts';
import type { ReadyInstance } from './ready-instance.ts';
import * as repo from './repo.ts';

type Stored = {
  id: string;
  blob_id: string;
  blob_sha256: string;
  dataset_offset: number;
  dataset_sha256: string | null;
};

export async function hasSameDataset(
  ctx: Pick<Context, 'db' | 'blobs'>,
  arrived: Pick<ReadyInstance, 'stored' | 'datasetOffset'>,
  stored: Stored,
): Promise<boolean> {
  if (arrived.stored.sha256 === stored.blob_sha256) return true;
  const fresh = await hash(await ctx.blobs.readStored(arrived.stored, { start: arrived.datasetOffset }));
  return fresh === (stored.dataset_sha256 ?? (await hashStored(ctx, stored)));
}

async function hashStored(ctx: Pick<Context, 'db' | 'blobs'>, stored: Stored): Promise<string> {
  const { body } = await ctx.blobs.read(stored.blob_id, { start: stored.dataset_offset });
  const sha256 = await hash(body);
  await repo.updateDatasetHash(ctx.db, stored.id, sha256);
  return sha256;
}

async function hash(body: Readable): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const chunk of body) sha256.update(chunk);
  return sha256.digest('hex');
}
