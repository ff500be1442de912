// SQL of the rules and of the history of sends (pulls: repo-pull.ts). It reads which parts of a study there are from
// the archive's and orders' tables; it writes only its own.
import { type Insertable, type Selectable, sql } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../db/index.ts';

export type RuleRow = Selectable<Schema['routing_rule']>;
export type SendRow = Selectable<Schema['routing_send']>;
export type NewRule = Omit<Insertable<Schema['routing_rule']>, 'id' | 'created_at' | 'updated_at'>;
export type SendState = 'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled';

export function selectRules(db: Db | Tx): Promise<(RuleRow & { node_name: string })[]> {
  return db
    .selectFrom('routing_rule')
    .innerJoin('node', 'node.id', 'routing_rule.node_id')
    .selectAll('routing_rule')
    .select('node.name as node_name')
    .orderBy('routing_rule.priority', 'desc')
    .orderBy('routing_rule.id')
    .execute();
}

export function selectRule(db: Db | Tx, id: string): Promise<RuleRow | undefined> {
  return db.selectFrom('routing_rule').selectAll().where('id', '=', id).executeTakeFirst();
}

export function insertRule(db: Db | Tx, rule: NewRule, at: Date): Promise<RuleRow> {
  return db
    .insertInto('routing_rule')
    .values({ id: newId(), ...rule, created_at: at, updated_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function updateRule(db: Db | Tx, id: string, rule: NewRule, at: Date): Promise<RuleRow | undefined> {
  return db
    .updateTable('routing_rule')
    .set({ ...rule, updated_at: at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export async function deleteRule(db: Db | Tx, id: string): Promise<boolean> {
  const row = await db.deleteFrom('routing_rule').where('id', '=', id).returning('id').executeTakeFirst();
  return row !== undefined;
}

/** What rules ask about a study: one row per kind of object in it. */
export function selectStudyParts(db: Db | Tx, studyId: string) {
  return db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .select(['series.modality', 'instance.source', 'instance.sop_class_uid as sopClassUid'])
    .distinct()
    .where('instance.study_id', '=', studyId)
    .where('instance.hidden_at', 'is', null)
    .execute();
}

export function selectStudyPlace(db: Db | Tx, studyId: string) {
  return db
    .selectFrom('study')
    .leftJoin('exam', 'exam.id', 'study.exam_id')
    .select(['study.study_instance_uid as studyInstanceUid', 'study.institution_id as institutionId'])
    .select('exam.department_id as departmentId')
    .where('study.id', '=', studyId)
    .executeTakeFirst();
}

export type NewSend = Pick<
  SendRow,
  | 'study_id'
  | 'study_instance_uid'
  | 'node_id'
  | 'origin'
  | 'selection'
  | 'selection_key'
  | 'wants_commitment'
> & { rule_id: string | null; asked_by: string | null };

/** The row of this study, node and selection; asked again it waits again. */
export function upsertSend(db: Db | Tx, send: NewSend, at: Date): Promise<SendRow> {
  return db
    .insertInto('routing_send')
    .values({ id: newId(), ...send, state: 'waiting', created_at: at })
    .onConflict((c) =>
      c.columns(['study_id', 'node_id', 'selection_key']).doUpdateSet({
        state: 'waiting',
        rule_id: send.rule_id,
        origin: send.origin,
        wants_commitment: send.wants_commitment,
        attempts: 0,
        last_error: null,
        finished_at: null,
        asked_by: send.asked_by,
        cancel_asked_at: null,
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function selectSend(db: Db | Tx, id: string): Promise<SendRow | undefined> {
  return db.selectFrom('routing_send').selectAll().where('id', '=', id).executeTakeFirst();
}

export type SendChange = Partial<
  Pick<
    SendRow,
    | 'state'
    | 'attempts'
    | 'instance_count'
    | 'sent_count'
    | 'failed_count'
    | 'last_error'
    | 'started_at'
    | 'finished_at'
    | 'commitment_id'
    | 'cancel_asked_at'
  >
>;

export async function updateSend(db: Db | Tx, id: string, change: SendChange): Promise<void> {
  await db.updateTable('routing_send').set(change).where('id', '=', id).execute();
}

export function selectSends(
  db: Db | Tx,
  ask: { state: SendState | null; studyInstanceUid?: string; beforeId: string | null; limit: number },
): Promise<(SendRow & { node_name: string })[]> {
  let query = db
    .selectFrom('routing_send')
    .innerJoin('node', 'node.id', 'routing_send.node_id')
    .selectAll('routing_send')
    .select('node.name as node_name');
  if (ask.state !== null) query = query.where('routing_send.state', '=', ask.state);
  if (ask.studyInstanceUid !== undefined)
    query = query.where('routing_send.study_instance_uid', '=', ask.studyInstanceUid);
  if (ask.beforeId !== null) query = query.where('routing_send.id', '<', ask.beforeId);
  return query.orderBy('routing_send.id', 'desc').limit(ask.limit).execute();
}

export async function countSends(db: Db | Tx): Promise<Record<SendState, number>> {
  const rows = await db
    .selectFrom('routing_send')
    .select((e) => [e.ref('state').$castTo<SendState>().as('state'), e.fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  const counts: Record<SendState, number> = { waiting: 0, sending: 0, sent: 0, failed: 0, cancelled: 0 };
  for (const row of rows) counts[row.state] = Number(row.count);
  return counts;
}

/** What waits ends now; what is being sent is asked to stop. Answers the row, nothing when it has ended already. */
export function cancelSend(db: Db | Tx, id: string, at: Date): Promise<SendRow | undefined> {
  return db
    .updateTable('routing_send')
    .set({
      cancel_asked_at: at,
      state: sql`CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END`,
      finished_at: sql`CASE WHEN state = 'waiting' THEN ${at}::timestamptz ELSE finished_at END`,
    })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'sending'])
    .returningAll()
    .executeTakeFirst();
}

/** Keeps how far a send has come; answers whether it was asked to stop. */
export async function noteProgress(db: Db | Tx, id: string, sentCount: number): Promise<boolean> {
  const row = await db
    .updateTable('routing_send')
    .set({ sent_count: sentCount })
    .where('id', '=', id)
    .returning('cancel_asked_at')
    .executeTakeFirst();
  return row?.cancel_asked_at != null;
}

/** Of these instances, those that the node has confirmed already. */
export async function selectSentIds(
  db: Db | Tx,
  nodeId: string,
  instanceIds: readonly string[],
): Promise<string[]> {
  if (instanceIds.length === 0) return [];
  const { rows } = await sql<{ instance_id: string }>`
    select instance_id from routing_sent_instance
    where node_id = ${nodeId} and instance_id = any(${[...instanceIds]}::bigint[])`.execute(db);
  return rows.map((row) => row.instance_id);
}

export async function insertSent(db: Db | Tx, nodeId: string, instanceIds: readonly string[]): Promise<void> {
  if (instanceIds.length === 0) return;
  await sql`
    insert into routing_sent_instance (node_id, instance_id, sent_at)
    select ${nodeId}, id, now() from unnest(${[...instanceIds]}::bigint[]) as t (id)
    on conflict do nothing`.execute(db);
}

export async function deleteSent(db: Db | Tx, nodeId: string, studyId: string): Promise<void> {
  await db
    .deleteFrom('routing_sent_instance')
    .where('node_id', '=', nodeId)
    .where('instance_id', 'in', (e) => e.selectFrom('instance').select('id').where('study_id', '=', studyId))
    .execute();
}

/** Of these instances, those that came from the node itself. */
export async function selectFromNode(db: Db | Tx, studyId: string, source: string): Promise<string[]> {
  const rows = await db
    .selectFrom('instance')
    .select('id')
    .where('study_id', '=', studyId)
    .where('source', '=', source)
    .execute();
  return rows.map((row) => row.id);
}
