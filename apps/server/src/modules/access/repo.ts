// SQL of the access module: sessions, machine clients, attempts. The account's role is read by join, because a
// session is worth exactly what its account is worth at this moment; account rows are written by accounts only.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';
import type { SessionsOf } from './sessions.ts';

export type SessionRow = NonNullable<Awaited<ReturnType<typeof selectLiveSession>>>;
export type ClientRow = Selectable<Schema['machine_client']>;

// ── sessions ──

export async function insertSession(db: Db | Tx, row: Insertable<Schema['session']>): Promise<void> {
  await db.insertInto('session').values(row).execute();
}

export function selectLiveSession(db: Db | Tx, secretHash: string, now: Date) {
  return db
    .selectFrom('session as s')
    .leftJoin('account as a', (join) =>
      join.onRef('a.id', '=', 's.account_id').on('a.disabled_at', 'is', null),
    )
    .leftJoin('person as p', 'p.id', 's.person_id') // a merged person leads to the surviving one
    .select((e) => e.fn.coalesce('p.merged_into_id', 's.person_id').as('person_id'))
    .select([
      's.id',
      's.kind',
      's.account_id',
      's.exam_id',
      's.proof',
      's.share_link_id',
      's.last_seen_at',
      'a.role',
      'a.display_name',
      'a.must_change',
      'a.password_set_at',
    ]) // prettier-ignore
    .where('s.secret_hash', '=', secretHash)
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', now)
    .executeTakeFirst();
}

export async function touchSession(db: Db | Tx, id: string, now: Date): Promise<void> {
  await db.updateTable('session').set({ last_seen_at: now }).where('id', '=', id).execute();
}

export async function revokeSessions(db: Db | Tx, of: SessionsOf, now: Date): Promise<number> {
  let update = db.updateTable('session').set({ revoked_at: now }).where('revoked_at', 'is', null);
  if ('sessionId' in of) update = update.where('id', '=', of.sessionId);
  else if ('shareLinkId' in of) update = update.where('share_link_id', '=', of.shareLinkId);
  else if ('examId' in of) update = update.where('exam_id', '=', of.examId);
  else {
    update = update.where('account_id', '=', of.accountId);
    if (of.except !== undefined) update = update.where('id', '<>', of.except);
  }
  const result = await update.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

// ── machine clients ──

export async function insertClient(db: Db | Tx, row: Insertable<Schema['machine_client']>): Promise<void> {
  await db.insertInto('machine_client').values(row).execute();
}

export function selectClientByName(db: Db | Tx, name: string): Promise<ClientRow | undefined> {
  return db.selectFrom('machine_client').selectAll().where('name', '=', name).executeTakeFirst();
}

export async function updateClient(
  db: Db | Tx,
  name: string,
  set: { token_hash: string; permissions: string },
): Promise<void> {
  await db
    .updateTable('machine_client')
    .set({ ...set, disabled_at: null })
    .where('name', '=', name)
    .execute();
}

export function selectLiveClient(db: Db | Tx, tokenHash: string, now: Date): Promise<ClientRow | undefined> {
  return db
    .selectFrom('machine_client')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('disabled_at', 'is', null)
    .where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', now)]))
    .executeTakeFirst();
}

// ── attempts ──

export type Count = {
  kind: string;
  subject: string;
  max: number;
  windowMs: number;
  lockMs: number;
  now: Date;
};

/** Counts one try and answers its number, or null when the row is locked or full: then nothing is changed. */
export async function countAttempt(db: Db | Tx, c: Count): Promise<number | null> {
  const lockedUntil = new Date(c.now.getTime() + c.lockMs);
  const windowStart = new Date(c.now.getTime() - c.windowMs);
  const { rows } = await sql<{ failed_count: number }>`
    insert into attempt as a (kind, subject, failed_count, window_from, locked_until)
    values (${c.kind}, ${c.subject}, 1, ${c.now}, ${c.max <= 1 && c.lockMs > 0 ? lockedUntil : null})
    on conflict (kind, subject) do update set
      failed_count = case when a.window_from <= ${windowStart} or a.locked_until <= ${c.now} then 1
                          else a.failed_count + 1 end,
      window_from  = case when a.window_from <= ${windowStart} or a.locked_until <= ${c.now} then ${c.now}
                          else a.window_from end,
      locked_until = case when ${c.lockMs}::integer = 0 then null
                          when (a.window_from <= ${windowStart} or a.locked_until <= ${c.now}) and ${c.max}::integer > 1 then null
                          when a.failed_count + 1 >= ${c.max}::integer then ${lockedUntil}::timestamptz end
    where (a.locked_until is null or a.locked_until <= ${c.now})
      and (a.failed_count < ${c.max}::integer or a.window_from <= ${windowStart} or a.locked_until <= ${c.now})
    returning failed_count`.execute(db);
  return rows[0]?.failed_count ?? null;
}

/** When the next try will be counted. */
export async function selectAttemptFreeAt(
  db: Db | Tx,
  kind: string,
  subject: string,
  windowMs: number,
): Promise<Date | null> {
  const row = await db
    .selectFrom('attempt')
    .select(['window_from', 'locked_until'])
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? null : (row.locked_until ?? new Date(row.window_from.getTime() + windowMs));
}

export async function uncountAttempt(db: Db | Tx, kind: string, subject: string): Promise<void> {
  await sql`update attempt set failed_count = greatest(0, failed_count - 1), locked_until = null
             where kind = ${kind} and subject = ${subject}`.execute(db);
}

export async function deleteAttempt(db: Db | Tx, kind: string, subject: string): Promise<void> {
  await db.deleteFrom('attempt').where('kind', '=', kind).where('subject', '=', subject).execute();
}

/** Every window and lock is shorter than two days: see attempts.ts and its callers. */
export async function deleteOldAttempts(db: Db | Tx, before: Date): Promise<number> {
  const result = await db
    .deleteFrom('attempt')
    .where('window_from', '<', before)
    .where((e) => e.or([e('locked_until', 'is', null), e('locked_until', '<', before)]))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function deleteOldSessions(db: Db | Tx, before: Date): Promise<number> {
  const result = await db.deleteFrom('session').where('expires_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
