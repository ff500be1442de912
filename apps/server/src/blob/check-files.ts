// Looking after stored files: removing what no row ever knew, and hashing a copy again.
import type { Db } from '../db/index.ts';
import type { BlobVerdict } from './blob-types.ts';
import { findKnownKeys } from './repo.ts';
import type { StoreBackend } from './store-backend.ts';

/** Where a live copy's content lies and what it must be. */
export type Place = {
  copyId: string;
  storeId: string;
  store: StoreBackend;
  key: string;
  payloadOffset: number;
  sizeBytes: number;
  sha256: string;
  mediaType: string;
};

export async function sweep(
  files: StoreBackend,
  db: Db,
  storeId: string,
  limits: { before: Date; unfinishedBefore: Date },
  signal?: AbortSignal,
) {
  await files.removeUnfinished(limits.unfinishedBefore);
  const outcome = { seen: 0, removed: 0, bytes: 0 };
  let batch: { key: string; sizeBytes: number }[] = [];
  const settle = async (): Promise<void> => {
    const known = await findKnownKeys(
      db,
      storeId,
      batch.map((file) => file.key),
    );
    for (const file of batch) {
      if (known.has(file.key)) continue;
      await files.remove(file.key);
      outcome.removed += 1;
      outcome.bytes += file.sizeBytes;
    }
    batch = [];
  };
  for await (const file of files.list()) {
    signal?.throwIfAborted();
    outcome.seen += 1;
    if (file.changedAt >= limits.before) continue;
    batch.push(file);
    if (batch.length >= 500) await settle();
  }
  await settle();
  return outcome;
}

/** Throws storage.unavailable when the store does not answer: that says nothing about the copy. */
export async function rehash(where: Place): Promise<BlobVerdict> {
  const expectedSha256 = where.sha256;
  const read = await where.store.reread(where.key, where.payloadOffset);
  if (read === null) return { ok: false, sha256: '', expectedSha256, reason: 'missing' };
  const { sha256 } = read;
  if (read.sizeBytes !== where.sizeBytes) return { ok: false, sha256, expectedSha256, reason: 'size' };
  if (sha256 !== expectedSha256) return { ok: false, sha256, expectedSha256, reason: 'hash' };
  return { ok: true, sha256, expectedSha256 };
}
