// SQL of the reader's preferences.
import type { ReaderPreferences } from '@yunying/api';
import type { Db } from '../../../db/index.ts';

export async function selectPreferences(db: Db, accountId: string): Promise<ReaderPreferences> {
  const row = await db
    .selectFrom('reader_preferences')
    .select('preferences')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  // Written by the route below its schema only.
  return row === undefined ? {} : (JSON.parse(row.preferences) as ReaderPreferences);
}

export async function upsertPreferences(
  db: Db,
  accountId: string,
  preferences: ReaderPreferences,
  now: Date,
): Promise<void> {
  const changed = { preferences: JSON.stringify(preferences), saved_at: now };
  await db
    .insertInto('reader_preferences')
    .values({ account_id: accountId, ...changed })
    .onConflict((c) => c.column('account_id').doUpdateSet(changed))
    .execute();
}
