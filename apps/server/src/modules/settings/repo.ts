// SQL of the settings table.
import type { Db, Tx } from '../../db/index.ts';

export function selectSettings(db: Db | Tx): Promise<{ key: string; value: string }[]> {
  return db.selectFrom('setting').select(['key', 'value']).execute();
}

export async function upsertSetting(
  tx: Db | Tx,
  row: { key: string; value: string; updatedAt: Date; updatedBy: string | null },
): Promise<void> {
  const columns = { value: row.value, updated_at: row.updatedAt, updated_by: row.updatedBy };
  await tx
    .insertInto('setting')
    .values({ key: row.key, ...columns })
    .onConflict((c) => c.column('key').doUpdateSet(columns))
    .execute();
}
