// SQL of grants to named doctors and of broken glass. access/policy reads what is live at every look.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';

export type GrantRow = Selectable<Schema['protection_grant']> & {
  account_name: string | null;
  requested_name: string | null;
  approved_name: string | null;
};
export type GlassRow = Selectable<Schema['break_glass']> & { account_name: string | null };

export async function insertGrant(tx: Tx, row: Insertable<Schema['protection_grant']>): Promise<void> {
  await tx.insertInto('protection_grant').values(row).execute();
}

export function lockGrant(tx: Tx, id: string) {
  return tx.selectFrom('protection_grant').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function updateGrant(
  tx: Tx,
  id: string,
  columns: Partial<Selectable<Schema['protection_grant']>>,
): Promise<void> {
  await tx.updateTable('protection_grant').set(columns).where('id', '=', id).execute();
}

export type GrantAsk = {
  personId?: string;
  /** Still to decide or running, those that end first at the top; else everything, newest first. */
  open: boolean;
  after: string | null;
  limit: number;
  now: Date;
};

export function selectGrants(db: Db, ask: GrantAsk): Promise<GrantRow[]> {
  let query = grants(db, ask)
    .leftJoin('account as a', 'a.id', 'g.account_id')
    .leftJoin('account as r', 'r.id', 'g.requested_by')
    .leftJoin('account as p', 'p.id', 'g.approved_by')
    .selectAll('g')
    .select(['a.display_name as account_name', 'r.display_name as requested_name'])
    .select('p.display_name as approved_name');
  if (ask.after !== null)
    query = ask.open
      ? query.where(
          sql<boolean>`(g.valid_to, g.id) > (SELECT valid_to, id FROM protection_grant WHERE id = ${ask.after})`,
        )
      : query.where('g.id', '<', ask.after);
  const ordered = ask.open ? query.orderBy('g.valid_to').orderBy('g.id') : query.orderBy('g.id', 'desc');
  return ordered.limit(ask.limit).execute();
}

export async function countGrants(db: Db, ask: GrantAsk): Promise<number> {
  const row = await grants(db, ask)
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function grants(db: Db, ask: GrantAsk) {
  let query = db.selectFrom('protection_grant as g');
  if (ask.personId !== undefined) query = query.where('g.person_id', '=', ask.personId);
  if (ask.open)
    query = query
      .where('g.revoked_at', 'is', null)
      .where('g.refused_at', 'is', null)
      .where('g.valid_to', '>', ask.now);
  return query;
}

export async function insertGlass(tx: Tx, row: Insertable<Schema['break_glass']>): Promise<void> {
  await tx.insertInto('break_glass').values(row).execute();
}

export function selectGlass(db: Db | Tx, id: string) {
  return db.selectFrom('break_glass').selectAll().where('id', '=', id).executeTakeFirst();
}

export function lockGlass(tx: Tx, id: string) {
  return tx.selectFrom('break_glass').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function updateGlass(
  db: Db | Tx,
  id: string,
  columns: Partial<Selectable<Schema['break_glass']>>,
): Promise<void> {
  await db.updateTable('break_glass').set(columns).where('id', '=', id).execute();
}

export function selectOpenGlass(db: Db | Tx, accountId: string, now: Date) {
  return db
    .selectFrom('break_glass')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('until', '>', now)
    .where('ended_at', 'is', null)
    .orderBy('opened_at')
    .execute();
}

export type GlassAsk = {
  personId?: string;
  state: 'waiting' | 'reviewed' | 'all';
  before: string | null;
  limit: number;
};

export function selectGlasses(db: Db, ask: GlassAsk): Promise<GlassRow[]> {
  let query = glasses(db, ask)
    .leftJoin('account as a', 'a.id', 'b.account_id')
    .selectAll('b')
    .select('a.display_name as account_name');
  if (ask.before !== null) query = query.where('b.id', '<', ask.before);
  return query.orderBy('b.id', 'desc').limit(ask.limit).execute();
}

export async function countGlasses(db: Db, ask: GlassAsk): Promise<number> {
  const row = await glasses(db, ask)
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function glasses(db: Db, ask: GlassAsk) {
  let query = db.selectFrom('break_glass as b');
  if (ask.personId !== undefined) query = query.where('b.person_id', '=', ask.personId);
  if (ask.state === 'waiting') query = query.where('b.reviewed_at', 'is', null);
  if (ask.state === 'reviewed') query = query.where('b.reviewed_at', 'is not', null);
  return query;
}

export function selectDoctor(db: Db | Tx, loginName: string) {
  return db
    .selectFrom('account')
    .select(['id', 'display_name'])
    .where('login_name', '=', loginName)
    .where('role', '=', 'doctor')
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}
