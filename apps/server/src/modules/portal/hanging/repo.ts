// SQL of the hanging protocols: versions are only ever added.
import type { Selectable } from 'kysely';
import type { Db, Schema, Tx } from '../../../db/index.ts';

export type HangingRow = Selectable<Schema['hanging_version']>;

export function selectNewest(db: Db | Tx): Promise<HangingRow | undefined> {
  return db.selectFrom('hanging_version').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
}

export function selectVersion(db: Db, version: number): Promise<HangingRow | undefined> {
  return db.selectFrom('hanging_version').selectAll().where('version', '=', version).executeTakeFirst();
}

export function selectHistory(db: Db): Promise<HangingRow[]> {
  return db.selectFrom('hanging_version').selectAll().orderBy('version', 'desc').limit(50).execute();
}

/** Fails on its key when another one saved meanwhile. */
export async function insertVersion(tx: Tx, row: HangingRow): Promise<void> {
  await tx.insertInto('hanging_version').values(row).execute();
}
