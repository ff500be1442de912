// SQL of the settings and of their history.
import { sql } from 'kysely';
import { newId } from '../../db/ids.ts';
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

/** The row while the transaction lasts, so that two changes come one after the other. */
export async function lockSetting(tx: Tx, key: string): Promise<string | undefined> {
  await sql`select pg_advisory_xact_lock(hashtext(${`setting:${key}`}))`.execute(tx);
  const row = await tx.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

export async function insertChange(
  tx: Tx,
  row: { key: string; before: number; after: number; at: Date; by: string | null },
): Promise<void> {
  await tx
    .insertInto('setting_change')
    .values({
      id: newId(),
      key: row.key,
      before_value: row.before,
      after_value: row.after,
      changed_at: row.at,
      changed_by: row.by,
    })
    .execute();
}

/** Newest first, of one key or of all, from before an id. */
export function selectChanges(db: Db, ask: { key: string | null; beforeId: string | null; limit: number }) {
  let query = db
    .selectFrom('setting_change')
    .leftJoin('account', 'account.id', 'setting_change.changed_by')
    .select([
      'setting_change.id',
      'key',
      'before_value as before',
      'after_value as after',
      'changed_at as changedAt',
      'account.display_name as changedBy',
    ]);
  if (ask.key !== null) query = query.where('key', '=', ask.key);
  if (ask.beforeId !== null) query = query.where('setting_change.id', '<', ask.beforeId);
  return query.orderBy('setting_change.id', 'desc').limit(ask.limit).execute();
}

export async function countChanges(db: Db, key: string | null): Promise<number> {
  let query = db.selectFrom('setting_change').select((e) => e.fn.countAll<string>().as('count'));
  if (key !== null) query = query.where('key', '=', key);
  return Number((await query.executeTakeFirstOrThrow()).count);
}

export function selectLastTouch(db: Db) {
  return db
    .selectFrom('setting')
    .leftJoin('account', 'account.id', 'setting.updated_by')
    .select(['key', 'setting.updated_at as changedAt', 'account.display_name as changedBy'])
    .execute();
}
