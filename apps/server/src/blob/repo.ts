// All SQL on the tables store, blob, blob_copy and blob_grave.
import { type QueryCreator, sql } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../db/index.ts';
import type { StoreTier } from '../store-locations.ts';
import type { StoredBytes } from './blob-types.ts';

export type BlobRow = {
  id: string;
  sha256: string;
  sm3: string | null;
  size_bytes: string;
  media_type: string;
};
export type CopyRow = { id: string; store_id: string; key: string; payload_offset: number };

export type StoreRow = { id: string; url: string; tier: StoreTier; readOnly: boolean };

export async function upsertStore(db: Db, { id, url, tier, readOnly }: StoreRow): Promise<void> {
  await db
    .insertInto('store')
    .values({ id, url, tier, read_only: readOnly })
    .onConflict((c) => c.column('id').doUpdateSet({ url, tier, read_only: readOnly }))
    .execute();
}

/** The id of the row with that address: this one, or the one that was there. */
export async function insertStore(db: Db, { id, url, tier, readOnly }: StoreRow): Promise<string> {
  await db
    .insertInto('store')
    .values({ id, url, tier, read_only: readOnly })
    .onConflict((c) => c.column('url').doNothing())
    .execute();
  return (await db.selectFrom('store').select('id').where('url', '=', url).executeTakeFirstOrThrow()).id;
}

export async function hasCopies(db: Db, storeId: string): Promise<boolean> {
  const query = db.selectFrom('blob_copy').select('id').where('store_id', '=', storeId);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

export function findStoreByUrl(db: Db, url: string): Promise<{ id: string } | undefined> {
  return db.selectFrom('store').select('id').where('url', '=', url).executeTakeFirst();
}

/** The new blob's id, or null when a blob of this content exists. Waits for a concurrent insert of the same content. */
export async function insertBlob(tx: Tx, stored: StoredBytes): Promise<string | null> {
  const row = await tx
    .insertInto('blob')
    .values({
      id: newId(),
      sha256: stored.sha256,
      size_bytes: stored.sizeBytes,
      media_type: stored.mediaType,
      created_at: sql`now()`,
    })
    .onConflict((c) => c.column('sha256').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Of a blob that was known before: what sealing passes over is read back first by the scrubber. */
export async function insertCopyAgain(tx: Tx, blobId: string, stored: StoredBytes): Promise<void> {
  await insertCopy(tx, blobId, stored, new Date(0));
}

export async function insertCopy(
  tx: Tx,
  blobId: string,
  stored: StoredBytes,
  verifiedAt: Date | null = null,
): Promise<void> {
  await tx
    .insertInto('blob_copy')
    .values({
      id: newId(),
      blob_id: blobId,
      store_id: stored.storeId,
      key: stored.key,
      payload_offset: stored.payloadOffset,
      state: 'live',
      tier: 'hot',
      verified_at: verifiedAt,
      created_at: sql`now()`,
    })
    .execute();
}

/** Rows of blobs whose content nobody has, as parts of a statement that the caller ends with rows of his own. */
export function insertNewBlobs(
  db: Db | Tx,
  stored: readonly StoredBytes[],
): { creator: QueryCreator<Schema>; blobIds: string[] } {
  const blobs = stored.map((one) => ({ id: newId(), one }));
  const creator = db
    .with('new_blob', (c) =>
      c.insertInto('blob').values(
        blobs.map(({ id, one }) => ({
          id,
          sha256: one.sha256,
          size_bytes: one.sizeBytes,
          media_type: one.mediaType,
          created_at: sql<Date>`now()`,
        })),
      ),
    )
    .with('new_copy', (c) =>
      c.insertInto('blob_copy').values(
        blobs.map(({ id, one }) => ({
          id: newId(),
          blob_id: id,
          store_id: one.storeId,
          key: one.key,
          payload_offset: one.payloadOffset,
          state: 'live',
          tier: 'hot',
          created_at: sql<Date>`now()`,
        })),
      ),
    );
  return { creator: creator as unknown as QueryCreator<Schema>, blobIds: blobs.map(({ id }) => id) };
}

export function findBlobByHash(db: Db | Tx, sha256: string): Promise<BlobRow | undefined> {
  return db
    .selectFrom('blob')
    .select(['id', 'sha256', 'sm3', 'size_bytes', 'media_type'])
    .where('sha256', '=', sha256)
    .executeTakeFirst();
}

export function findBlob(db: Db | Tx, id: string): Promise<BlobRow | undefined> {
  return db
    .selectFrom('blob')
    .select(['id', 'sha256', 'sm3', 'size_bytes', 'media_type'])
    .where('id', '=', id)
    .executeTakeFirst();
}

export function findLiveCopies(db: Db | Tx, blobId: string): Promise<CopyRow[]> {
  return db
    .selectFrom('blob_copy')
    .select(['id', 'store_id', 'key', 'payload_offset'])
    .where('blob_id', '=', blobId)
    .where('state', '=', 'live')
    .orderBy('id')
    .execute();
}

export async function markVerified(db: Db, copyId: string): Promise<void> {
  await db.updateTable('blob_copy').set({ verified_at: sql`now()` }).where('id', '=', copyId).execute();
}

export async function markLost(db: Db | Tx, copyId: string): Promise<void> {
  await db
    .updateTable('blob_copy')
    .set({ state: 'lost' })
    .where('id', '=', copyId)
    .where('state', '=', 'live')
    .execute();
}

/** Answers false when the copy is not live (buried already, or unknown). */
export async function buryCopy(tx: Tx, copyId: string, reason: string, graceDays: number): Promise<boolean> {
  const row = await tx
    .updateTable('blob_copy')
    .set({ state: 'grave' })
    .where('id', '=', copyId)
    .where('state', '=', 'live')
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  await tx
    .insertInto('blob_grave')
    .values({
      id: newId(),
      copy_id: copyId,
      reason,
      dead_since: sql`now()`,
      purge_after: sql`now() + make_interval(days => ${graceDays})`,
    })
    .execute();
  return true;
}

/** Which of these keys any row knows, in whatever state. */
export async function findKnownKeys(db: Db, storeId: string, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .selectFrom('blob_copy')
    .select('key')
    .where('store_id', '=', storeId)
    .where('key', 'in', keys)
    .execute();
  return new Set(rows.map((row) => row.key));
}

export type UnsealedCopy = CopyRow & { blob_id: string; sha256: string; size_bytes: string };

/** Live copies in those stores whose blob was never read back, oldest first. */
export function findUnsealed(db: Db, storeIds: readonly string[], limit: number): Promise<UnsealedCopy[]> {
  return db
    .selectFrom('blob')
    .innerJoin('blob_copy', 'blob_copy.blob_id', 'blob.id')
    .select([
      'blob_copy.id',
      'blob_copy.store_id',
      'blob_copy.key',
      'blob_copy.payload_offset',
      'blob.id as blob_id',
      'blob.sha256',
      'blob.size_bytes',
    ])
    .where('blob.sm3', 'is', null)
    .where('blob_copy.store_id', 'in', [...storeIds])
    .where('blob_copy.state', '=', 'live')
    .orderBy('blob.id')
    .limit(limit)
    .execute();
}

export async function sealBlobs(
  db: Db,
  sealed: readonly { copyId: string; blobId: string; sm3: string }[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { copyId, blobId, sm3 } of sealed) {
      await tx.updateTable('blob').set({ sm3 }).where('id', '=', blobId).execute();
      await tx.updateTable('blob_copy').set({ verified_at: sql`now()` }).where('id', '=', copyId).execute();
    }
  });
}
