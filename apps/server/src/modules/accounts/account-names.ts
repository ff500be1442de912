// The names that colleagues know accounts by, for histories. Also of accounts that are disabled since.
import type { Db, Tx } from '../../db/index.ts';
import { selectNames } from './repo.ts';

/** account id -> display name; an id that never was is not in the answer. */
export async function getAccountNames(db: Db | Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await selectNames(db, [...new Set(ids)]);
  return new Map(rows.map((row) => [row.id, row.display_name]));
}
