// SQL of links, log-in codes, publication rules and their outcomes.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';

export type LinkRow = Selectable<Schema['share_link']>;
export type CodeRow = Selectable<Schema['sms_code']>;
export type PublicationRow = Selectable<Schema['publication']>;

// ── links ──

export async function insertLink(tx: Db | Tx, row: Insertable<Schema['share_link']>): Promise<void> {
  await tx.insertInto('share_link').values(row).execute();
}

export function selectLiveLink(db: Db | Tx, codeHash: string, now: Date): Promise<LinkRow | undefined> {
  return db
    .selectFrom('share_link')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function touchLink(db: Db | Tx, id: string, now: Date): Promise<void> {
  await db.updateTable('share_link').set({ last_opened_at: now }).where('id', '=', id).execute();
}

/** Answers the ids of the links that were live. */
export async function revokeLinks(
  tx: Db | Tx,
  of: { linkId: string } | { examId: string },
  reason: string,
  now: Date,
): Promise<string[]> {
  const rows = await tx
    .updateTable('share_link')
    .set({ revoked_at: now, revoked_reason: reason })
    .where('revoked_at', 'is', null)
    .where((e) => ('linkId' in of ? e('id', '=', of.linkId) : e('exam_id', '=', of.examId)))
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

// ── log-in codes ──

/** A new code makes every earlier one of the link worthless. */
export async function replaceCode(
  tx: Tx,
  row: Insertable<Schema['sms_code']> & { share_link_id: string },
  now: Date,
): Promise<void> {
  await tx
    .updateTable('sms_code')
    .set({ used_at: now })
    .where('share_link_id', '=', row.share_link_id)
    .where('used_at', 'is', null)
    .execute();
  await tx.insertInto('sms_code').values(row).execute();
}

/** Counts one try of the link's live code and answers it, or undefined when there is no code with a try left. */
export function takeCodeTry(
  db: Db | Tx,
  linkId: string,
  mostTries: number,
  now: Date,
): Promise<CodeRow | undefined> {
  return db
    .updateTable('sms_code')
    .set({ tries: sql<number>`tries + 1` })
    .where('share_link_id', '=', linkId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where('tries', '<', mostTries)
    .returningAll()
    .executeTakeFirst();
}

/** False when another request used it first. */
export async function useCode(db: Db | Tx, id: string, now: Date): Promise<boolean> {
  const result = await db
    .updateTable('sms_code')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

// ── publication ──

export function selectLatestRule(db: Db | Tx): Promise<{ version: number; rule: string } | undefined> {
  return db
    .selectFrom('publication_rule')
    .select(['version', 'rule'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function insertRule(tx: Db | Tx, row: Insertable<Schema['publication_rule']>): Promise<void> {
  await tx.insertInto('publication_rule').values(row).execute();
}

/** The exam's row, locked to the end of `tx`, made when absent: evaluations of one exam come one after the other. */
export async function lockPublication(tx: Tx, examId: string, now: Date): Promise<PublicationRow> {
  await tx
    .insertInto('publication')
    .values({ exam_id: examId, rule_version: 0, rule_name: 'not-evaluated', evaluated_at: now })
    .onConflict((c) => c.column('exam_id').doNothing())
    .execute();
  return tx
    .selectFrom('publication')
    .selectAll()
    .where('exam_id', '=', examId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export async function updatePublication(
  tx: Tx,
  examId: string,
  set: Omit<Partial<PublicationRow>, 'exam_id'>,
): Promise<void> {
  await tx.updateTable('publication').set(set).where('exam_id', '=', examId).execute();
}
