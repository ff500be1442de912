// SQL of things kept aside: table quarantine. The archive owns the table; the HL7 edge adds its rows through
// keepAside in quarantine.ts.
import { type Insertable, sql } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../db/index.ts';
import type { QuarantineRow } from './archive-types.ts';

export type NewQuarantine = Omit<Insertable<Schema['quarantine']>, 'id' | 'received_at'>;

export async function insertQuarantine(tx: Db | Tx, item: NewQuarantine): Promise<string> {
  const id = newId();
  await tx
    .insertInto('quarantine')
    .values({ id, ...item, received_at: sql<Date>`now()` })
    .execute();
  return id;
}

/** The same bytes refused for the same reason are one entry, however often they are sent again. */
export async function selectSameOpen(
  tx: Db | Tx,
  item: Pick<QuarantineRow, 'blob_id' | 'reason_code'>,
): Promise<string | null> {
  const row = await tx
    .selectFrom('quarantine')
    .select('id')
    .where('blob_id', '=', item.blob_id)
    .where('reason_code', '=', item.reason_code)
    .where('resolved_at', 'is', null)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Newest first. Ids are made in order of time, so an id is also the place to go on from. */
export function selectOpenQuarantine(
  db: Db,
  limit: number,
  beforeId: string | null,
): Promise<QuarantineRow[]> {
  let query = db.selectFrom('quarantine').selectAll().where('resolved_at', 'is', null);
  if (beforeId !== null) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

export async function countOpenQuarantine(db: Db): Promise<number> {
  const row = await db
    .selectFrom('quarantine')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('resolved_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export function selectQuarantine(db: Db | Tx, id: string): Promise<QuarantineRow | undefined> {
  return db.selectFrom('quarantine').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Answers false when somebody else resolved it first. */
export async function updateResolved(
  tx: Db | Tx,
  id: string,
  resolution: { resolution: string; resolvedBy: string | null },
): Promise<boolean> {
  const result = await tx
    .updateTable('quarantine')
    .set({
      resolved_at: sql<Date>`now()`,
      resolution: resolution.resolution,
      resolved_by: resolution.resolvedBy,
    })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
