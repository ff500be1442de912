// SQL of second copies, repair and the scrubber, on blob, blob_copy and store_mirror.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../db/index.ts';
import { insertJob } from '../jobs/repo.ts';

export type CopyToCheck = { id: string; blob_id: string; size_bytes: string };
export type NewCopy = {
  blobId: string;
  storeId: string;
  key: string;
  payloadOffset: number;
  tier: string;
  /** The live copy it was made from. */
  fromCopyId: string;
};

const countedAtMost = 100_000;

/** Once while queued, however many readers meet the damage. */
export async function requestRepair(db: Db | Tx, blobId: string): Promise<void> {
  await insertJob(db, 'archive.repair_copies', { blobId }, { key: blobId });
}

/** False when that store has a live copy already, or the one it was made from is not live any more. */
export function insertCopyOnce(db: Db, copy: NewCopy): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await tx.selectFrom('blob').select('id').where('id', '=', copy.blobId).forNoKeyUpdate().execute();
    const live = await tx
      .selectFrom('blob_copy')
      .select(['id', 'store_id'])
      .where('blob_id', '=', copy.blobId)
      .where('state', '=', 'live')
      .execute();
    if (live.some((one) => one.store_id === copy.storeId)) return false;
    if (!live.some((one) => one.id === copy.fromCopyId)) return false;
    await tx
      .insertInto('blob_copy')
      .values({
        id: newId(),
        blob_id: copy.blobId,
        store_id: copy.storeId,
        key: copy.key,
        payload_offset: copy.payloadOffset,
        state: 'live',
        tier: copy.tier,
        verified_at: sql`now()`,
        created_at: sql`now()`,
      })
      .execute();
    return true;
  });
}

export function findLostCopies(db: Db, blobId: string, storeIds: readonly string[]) {
  return db
    .selectFrom('blob_copy')
    .innerJoin('blob', 'blob.id', 'blob_copy.blob_id')
    .select([
      'blob_copy.id',
      'blob_copy.store_id',
      'blob_copy.key',
      'blob_copy.payload_offset',
      'blob.size_bytes',
      'blob.sha256',
      'blob.media_type',
    ])
    .where('blob_copy.blob_id', '=', blobId)
    .where('blob_copy.state', '=', 'lost')
    .where('blob_copy.store_id', 'in', [...storeIds])
    .execute();
}

/** A lost copy that is whole again: somebody put its file back. */
export async function reviveCopy(db: Db, copyId: string): Promise<void> {
  await db
    .updateTable('blob_copy')
    .set({ state: 'live', verified_at: sql`now()` })
    .where('id', '=', copyId)
    .where('state', '=', 'lost')
    .execute();
}

export async function getCopiedTo(db: Db, storeId: string): Promise<string> {
  const row = await db
    .selectFrom('store_mirror')
    .select('copied_to')
    .where('store_id', '=', storeId)
    .executeTakeFirst();
  return row?.copied_to ?? '0';
}

export async function setCopiedTo(db: Db, storeId: string, blobId: string): Promise<void> {
  await sql`insert into store_mirror (store_id, copied_to, updated_at) values (${storeId}, ${blobId}, now())
    on conflict (store_id) do update
    set copied_to = greatest(store_mirror.copied_to, excluded.copied_to), updated_at = now()`.execute(db);
}

/** Blobs above `after` that live in one of the stores `from` and not in that store, by id (which is by time). */
export async function findUncopied(
  db: Db,
  storeId: string,
  from: readonly string[],
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select b.id from blob b where b.id > ${after} and ${livesOnlyElsewhere(storeId, from)}
    order by b.id limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Blobs that lost a copy, live in one of the stores `from`, and have none in `storeId` (`outside`: none out of it). */
export async function findUnrepaired(
  db: Db,
  storeId: string,
  from: readonly string[],
  outside: boolean,
  limit: number,
): Promise<string[]> {
  const place = outside ? sql`c.store_id <> ${storeId}` : sql`c.store_id = ${storeId}`;
  const { rows } = await sql<{ id: string }>`
    select distinct l.blob_id as id from blob_copy l where l.state = 'lost'
      and exists (select 1 from blob_copy c where c.blob_id = l.blob_id and c.state = 'live' and c.store_id in (${sql.join(from)}))
      and not exists (select 1 from blob_copy c where c.blob_id = l.blob_id and c.state = 'live' and ${place})
    order by 1 limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Second copies that are still to be made; counted up to 100,000. */
export async function countUncopied(
  db: Db,
  storeId: string,
  from: readonly string[],
  after: string,
): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from (
      select 1 from blob b where b.id > ${after} and ${livesOnlyElsewhere(storeId, from)} limit ${countedAtMost}
    ) uncopied`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

/** Blobs that lost a copy: up to `upTo` those that live in one store only, and all that live nowhere and were not buried. */
export async function countLost(db: Db, upTo: string): Promise<{ single: number; none: number }> {
  const { rows } = await sql<{ single: string; none: string }>`
    select count(*) filter (where stores = 1 and blob_id <= ${upTo}) as single,
           count(*) filter (where stores = 0 and not buried) as none
    from (
      select l.blob_id,
             (select count(distinct c.store_id) from blob_copy c where c.blob_id = l.blob_id and c.state = 'live') as stores,
             exists (select 1 from blob_copy c where c.blob_id = l.blob_id and c.state in ('grave', 'purged')) as buried
      from (select distinct blob_id from blob_copy where state = 'lost') l
    ) blobs`.execute(db);
  return { single: Number(rows[0]?.single ?? 0), none: Number(rows[0]?.none ?? 0) };
}

/** The live copies that were checked longest ago, and before that moment. */
export async function findOldestVerified(
  db: Db,
  storeIds: readonly string[],
  before: Date,
  limit: number,
): Promise<CopyToCheck[]> {
  return db
    .selectFrom('blob_copy')
    .innerJoin('blob', 'blob.id', 'blob_copy.blob_id')
    .select(['blob_copy.id', 'blob_copy.blob_id', 'blob.size_bytes'])
    .where('blob_copy.state', '=', 'live')
    .where('blob_copy.verified_at', '<', before)
    .where('blob_copy.store_id', 'in', [...storeIds])
    .orderBy('blob_copy.verified_at')
    .orderBy('blob_copy.id')
    .limit(limit)
    .execute();
}

/** When the live copy that was not checked for longest was checked. */
export async function oldestVerifiedAt(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('blob_copy')
    .select('verified_at')
    .where('state', '=', 'live')
    .where('verified_at', '>', new Date(0))
    .orderBy('verified_at')
    .limit(1)
    .executeTakeFirst();
  return row?.verified_at ?? null;
}

function livesOnlyElsewhere(storeId: string, from: readonly string[]) {
  return sql`exists (select 1 from blob_copy c where c.blob_id = b.id and c.state = 'live' and c.store_id in (${sql.join(from)}))
    and not exists (select 1 from blob_copy c where c.blob_id = b.id and c.state = 'live' and c.store_id = ${storeId})`;
}
