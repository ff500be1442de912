// SQL of instance availability: tables availability_rule and availability_notice.
import type { Selectable } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../../db/index.ts';

export type RuleRow = Selectable<Schema['availability_rule']>;
export type NoticeRow = Selectable<Schema['availability_notice']>;

export function selectRules(db: Db | Tx): Promise<RuleRow[]> {
  return db.selectFrom('availability_rule').selectAll().orderBy('node_id').execute();
}

/** With the node's name and when it was told of something last. */
export function selectListedRules(
  db: Db | Tx,
): Promise<(RuleRow & { node_name: string; last_sent_at: Date | null })[]> {
  return db
    .selectFrom('availability_rule')
    .innerJoin('node', 'node.id', 'availability_rule.node_id')
    .selectAll('availability_rule')
    .select('node.name as node_name')
    .select((e) =>
      e
        .selectFrom('availability_notice as n')
        .select('n.created_at')
        .whereRef('n.node_id', '=', 'availability_rule.node_id')
        .where('n.direction', '=', 'sent')
        .orderBy('n.id', 'desc')
        .limit(1)
        .as('last_sent_at'),
    )
    .orderBy('availability_rule.node_id')
    .execute();
}

export function selectRule(db: Db | Tx, nodeId: string): Promise<RuleRow | undefined> {
  return db.selectFrom('availability_rule').selectAll().where('node_id', '=', nodeId).executeTakeFirst();
}

export async function upsertRule(
  db: Db | Tx,
  nodeId: string,
  modalities: string | null,
  at: Date,
): Promise<void> {
  await db
    .insertInto('availability_rule')
    .values({ node_id: nodeId, modalities, created_at: at })
    .onConflict((c) => c.column('node_id').doUpdateSet({ modalities }))
    .execute();
}

export async function deleteRule(db: Db | Tx, nodeId: string): Promise<void> {
  await db.deleteFrom('availability_rule').where('node_id', '=', nodeId).execute();
}

/** What this node was told last about a study. */
export function selectLastSent(
  db: Db | Tx,
  nodeId: string,
  studyInstanceUid: string,
): Promise<Pick<NoticeRow, 'content_sha256'> | undefined> {
  return db
    .selectFrom('availability_notice')
    .select('content_sha256')
    .where('study_instance_uid', '=', studyInstanceUid)
    .where('node_id', '=', nodeId)
    .where('direction', '=', 'sent')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** False when the SOP Instance UID is taken. */
export async function insertNotice(
  db: Db | Tx,
  notice: Omit<NoticeRow, 'id' | 'created_at'>,
  at: Date,
): Promise<boolean> {
  const row = await db
    .insertInto('availability_notice')
    .values({ id: newId(), ...notice, created_at: at })
    .onConflict((c) => c.columns(['sop_instance_uid', 'direction']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export function selectNotices(
  db: Db | Tx,
  direction: 'sent' | 'received',
  studyInstanceUid: string,
): Promise<NoticeRow[]> {
  return db
    .selectFrom('availability_notice')
    .selectAll()
    .where('study_instance_uid', '=', studyInstanceUid)
    .where('direction', '=', direction)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
}
