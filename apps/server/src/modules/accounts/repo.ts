// SQL of accounts and their former passwords.
import type { Insertable, Selectable } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../db/index.ts';

export type AccountRow = Selectable<Schema['account']>;

export function selectAccountByLoginName(db: Db | Tx, loginName: string): Promise<AccountRow | undefined> {
  return db.selectFrom('account').selectAll().where('login_name', '=', loginName).executeTakeFirst();
}

export function selectAccount(db: Db | Tx, id: string): Promise<AccountRow | undefined> {
  return db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectNames(
  db: Db | Tx,
  ids: readonly string[],
): Promise<Pick<AccountRow, 'id' | 'display_name'>[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('account')
    .select(['id', 'display_name'])
    .where('id', 'in', [...ids])
    .execute();
}

/** False when the name is taken, also by a disabled account: names are never used twice. */
export async function insertAccount(db: Db | Tx, row: Insertable<Schema['account']>): Promise<boolean> {
  const result = await db
    .insertInto('account')
    .values(row)
    .onConflict((c) => c.column('login_name').doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

export async function countAdministrators(db: Db | Tx): Promise<number> {
  const row = await db
    .selectFrom('account')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('role', 'in', ['system_admin', 'security_admin', 'audit_admin'])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function updatePassword(
  tx: Db | Tx,
  account: { id: string; passwordHash: string; mustChange: boolean; now: Date; former: string | null },
): Promise<void> {
  await tx
    .updateTable('account')
    .set({
      password_hash: account.passwordHash,
      must_change: account.mustChange,
      password_set_at: account.now,
    })
    .where('id', '=', account.id)
    .execute();
  if (account.former === null) return;
  const values = { id: newId(), account_id: account.id, password_hash: account.former, set_at: account.now };
  await tx.insertInto('former_password').values(values).execute();
}

/** The same password under more rounds: not a change of password. */
export async function updatePasswordHash(db: Db | Tx, id: string, passwordHash: string): Promise<void> {
  await db.updateTable('account').set({ password_hash: passwordHash }).where('id', '=', id).execute();
}

export async function updateDisabled(tx: Db | Tx, id: string, disabledAt: Date | null): Promise<void> {
  await tx.updateTable('account').set({ disabled_at: disabledAt }).where('id', '=', id).execute();
}

export async function updateLastLogin(db: Db | Tx, id: string, now: Date): Promise<void> {
  await db.updateTable('account').set({ last_login_at: now }).where('id', '=', id).execute();
}

export async function selectFormerPasswords(
  db: Db | Tx,
  accountId: string,
  count: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('former_password')
    .select('password_hash')
    .where('account_id', '=', accountId)
    .orderBy('set_at', 'desc')
    .orderBy('id', 'desc')
    .limit(count)
    .execute();
  return rows.map((row) => row.password_hash);
}
