// SQL of the search in the audit trail: newest first, page by page by (at, seq), so that a page costs the same wherever it
// lies. Every field that is searched has an index that ends in (at, seq); months outside the time asked are not read.
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The filter in terms of columns. An empty list means: nobody fits. */
export type TrailCondition = {
  actorIds: readonly string[] | null;
  patientIds: readonly string[] | null;
  /** Studies, and the exams themselves as objects. */
  studyUids: readonly string[] | null;
  examIds: readonly string[];
  object: string | null;
  event: string | null;
  device: string | null;
  address: string | null;
  result: 'ok' | 'denied' | 'error' | null;
  from: Date | null;
  to: Date | null;
};

export type TrailRow = {
  seq: string;
  at: Date;
  actor_kind: string;
  actor_id: string | null;
  actor_role: string | null;
  auth_method: string | null;
  session_id: string | null;
  source_ip: string | null;
  forwarded_chain: string | null;
  device: string | null;
  device_model: string | null;
  event_type: string;
  object_type: string | null;
  object_id: string | null;
  patient_id: string | null;
  study_instance_uid: string | null;
  report_version: number | null;
  purpose: string | null;
  data_scope: string | null;
  result: 'ok' | 'denied' | 'error';
  result_code: string | null;
  before_hash: string | null;
  after_hash: string | null;
  bytes: string | null;
  duration_ms: number | null;
  detail: string | null;
  trace_id: string | null;
  node: string | null;
  link_no: string | null;
  hash: Buffer | null;
};

export async function selectTrail(
  db: Db,
  condition: TrailCondition,
  page: { cursor: string | null; limit: number },
): Promise<TrailRow[]> {
  const after = page.cursor === null ? null : await timeOfRow(db, page.cursor);
  const where = whereOf(condition);
  if (page.cursor !== null && after !== null) {
    where.push(
      sql`e.at <= ${after}::timestamptz and (e.at, e.seq) < (${after}::timestamptz, ${page.cursor}::bigint)`,
    );
  }
  const { rows } = await sql<TrailRow>`
    select e.*, l.link_no, l.hash from (
      select * from audit_event e where ${and(where)} order by e.at desc, e.seq desc limit ${page.limit}
    ) e left join audit_link l on l.seq = e.seq order by e.at desc, e.seq desc`.execute(db);
  return rows;
}

/** How many rows fit; no more than `most` are counted. */
export async function countTrail(db: Db, condition: TrailCondition, most: number): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from (
      select 1 from audit_event e where ${and(whereOf(condition))} limit ${most}
    ) found`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

/** With its microseconds, as the database writes it. */
async function timeOfRow(db: Db, seq: string): Promise<string | null> {
  const { rows } = await sql<{ at: string }>`
    select at::text as at from audit_event where seq = ${seq} limit 1`.execute(db);
  return rows[0]?.at ?? null;
}

function whereOf(condition: TrailCondition): RawBuilder<unknown>[] {
  const where: RawBuilder<unknown>[] = [];
  const { actorIds, patientIds, studyUids, examIds, from, to } = condition;
  if (actorIds !== null)
    where.push(oneOf('actor_id', actorIds, 'text'), sql`e.actor_kind in ('staff', 'client')`);
  if (patientIds !== null) where.push(oneOf('patient_id', patientIds, 'bigint'));
  if (studyUids !== null) {
    const ofStudies = oneOf('study_instance_uid', studyUids, 'text');
    where.push(
      examIds.length === 0
        ? ofStudies
        : sql`(${ofStudies} or (e.object_type = 'exam' and ${oneOf('object_id', examIds, 'text')}))`,
    );
  }
  if (condition.object !== null) where.push(sql`e.object_id = ${condition.object}`);
  if (condition.event !== null) where.push(eventIs(condition.event));
  if (condition.device !== null) where.push(sql`e.device_model = ${condition.device}`);
  if (condition.address !== null) where.push(sql`e.source_ip = ${condition.address}`);
  if (condition.result !== null) {
    where.push(sql`e.result = ${sql.lit(condition.result)}`);
    // Said as the index says it, so that the planner need not prove it.
    if (condition.result !== 'ok') where.push(sql`e.result <> 'ok'`);
  }
  if (from !== null) where.push(sql`e.at >= ${from}`);
  if (to !== null) where.push(sql`e.at < ${to}`);
  return where;
}

/** `report.*` is every event of reports. */
function eventIs(event: string): RawBuilder<unknown> {
  if (!event.endsWith('.*')) return sql`e.event_type = ${event}`;
  const first = event.slice(0, -1);
  return sql`e.event_type >= ${first} and e.event_type < ${`${first.slice(0, -1)}/`}`;
}

// One value as an equation: then the index gives the rows in their order.
function oneOf(column: string, values: readonly string[], type: 'text' | 'bigint'): RawBuilder<unknown> {
  const name = sql.raw(`e.${column}`);
  const [first] = values;
  if (values.length === 1 && first !== undefined) return sql`${name} = ${first}::${sql.raw(type)}`;
  return sql`${name} = any(${values}::${sql.raw(type)}[])`;
}

function and(where: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return where.length === 0 ? sql`true` : sql.join(where, sql` and `);
}

export async function accountsNamed(db: Db, name: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account')
    .select('id')
    .where((e) =>
      e.or([
        e('login_name', '=', name.toLowerCase()),
        e('display_name', '=', name),
        e('login_name', '=', name),
      ]),
    )
    .limit(50)
    .execute();
  return rows.map((row) => row.id);
}

export async function clientsNamed(db: Db, name: string): Promise<string[]> {
  const rows = await db
    .selectFrom('machine_client')
    .select('id')
    .where('name', '=', name)
    .limit(50)
    .execute();
  return rows.map((row) => row.id);
}

export async function patientsNumbered(db: Db, number: string): Promise<string[]> {
  const rows = await db
    .selectFrom('patient')
    .select('id')
    .where('patient_id', '=', number)
    .limit(50)
    .execute();
  return rows.map((row) => row.id);
}

export async function examsNumbered(
  db: Db,
  accessionNumber: string,
): Promise<{ examIds: string[]; studyUids: string[] }> {
  const rows = await db
    .selectFrom('exam')
    .leftJoin('study', 'study.exam_id', 'exam.id')
    .select(['exam.id', 'study.study_instance_uid'])
    .where('exam.accession_number', '=', accessionNumber)
    .limit(50)
    .execute();
  return {
    examIds: [...new Set(rows.map((row) => row.id))],
    studyUids: rows.map((row) => row.study_instance_uid).filter((uid) => uid !== null),
  };
}

export async function namesOfActors(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const numbers = [...new Set(ids)].filter((id) => /^\d{1,19}$/.test(id));
  if (numbers.length === 0) return new Map();
  const accounts = await db
    .selectFrom('account')
    .select(['id', 'display_name', 'login_name'])
    .where('id', 'in', numbers)
    .execute();
  const clients = await db
    .selectFrom('machine_client')
    .select(['id', 'name'])
    .where('id', 'in', numbers)
    .execute();
  return new Map([
    ...clients.map((row) => [row.id, row.name] as const),
    ...accounts.map((row) => [row.id, `${row.display_name} (${row.login_name})`] as const),
  ]);
}
