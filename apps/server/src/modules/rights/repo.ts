// All SQL of the module rights: subjects, their grants, own roles, names that orders call a doctor by. Reads names of
// accounts, clients and nodes; writes access_grant (beside access/policy/give-grant.ts), staff_role, account_doctor_name.
import type { GrantState, SubjectKind } from '@yunying/api';
import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../db/index.ts';
import { examCondition, type Rights } from '../access/index.ts';

export type SubjectRow = {
  id: string;
  kind: SubjectKind;
  name: string;
  title: string;
  disabled: boolean;
  grants: number;
  pending: number;
};

// An administrator takes no grants: only those who work with patients are subjects.
const subjects = sql`(
  SELECT id, 'account' AS kind, display_name AS name, login_name AS title, disabled_at IS NOT NULL AS disabled
    FROM account WHERE role = 'doctor'
  UNION ALL SELECT id, 'client', name, name, disabled_at IS NOT NULL FROM machine_client
  UNION ALL SELECT id, 'node', name, kind, disabled_at IS NOT NULL FROM node)`;

const approved = sql`(NOT g.needs_approval OR g.approved_by IS NOT NULL)`;
const isState = (state: GrantState, now: Date): RawBuilder<unknown> => {
  switch (state) {
    case 'revoked':
      return sql`g.revoked_at IS NOT NULL`;
    case 'ended':
      return sql`g.revoked_at IS NULL AND g.valid_to <= ${now}`;
    case 'pending':
      return sql`g.revoked_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > ${now}) AND NOT ${approved}`;
    case 'active':
      return sql`g.revoked_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > ${now}) AND ${approved}`;
  }
};

export type SubjectAsk = { kind: SubjectKind; text: string | null; after: string | null; limit: number };

export async function selectSubjects(
  db: Db,
  ask: SubjectAsk,
  now: Date,
): Promise<{ rows: SubjectRow[]; total: number }> {
  const pattern = `%${(ask.text ?? '').replace(/[\\%_]/g, (found) => `\\${found}`)}%`;
  const named = sql`s.kind = ${ask.kind} AND (s.name ILIKE ${pattern} OR s.title ILIKE ${pattern})`;
  const of = (state: GrantState) => sql`(SELECT count(*)::int FROM access_grant g
    WHERE g.subject_kind = s.kind AND g.subject_id = s.id::text AND ${isState(state, now)})`;
  const { rows } = await sql<SubjectRow>`
    SELECT s.id::text, s.kind, s.name, s.title, s.disabled, ${of('active')} AS grants, ${of('pending')} AS pending
      FROM ${subjects} s WHERE ${named} AND s.id < ${ask.after ?? '9223372036854775807'}::bigint
     ORDER BY s.id DESC LIMIT ${ask.limit}`.execute(db);
  const counted = await sql<{
    total: number;
  }>`SELECT count(*)::int AS total FROM ${subjects} s WHERE ${named}`.execute(db);
  return { rows, total: counted.rows[0]?.total ?? 0 };
}

export async function selectSubject(
  db: Db | Tx,
  kind: SubjectKind,
  id: string,
): Promise<{ name: string; permissions: string | null } | undefined> {
  const { rows } = await sql<{ name: string; permissions: string | null }>`
    SELECT s.name, (SELECT permissions FROM machine_client c WHERE s.kind = 'client' AND c.id = s.id) AS permissions
      FROM ${subjects} s WHERE s.kind = ${kind} AND s.id = ${id}`.execute(db);
  return rows[0];
}

export type GrantRow = {
  id: string;
  subject_kind: SubjectKind;
  subject_id: string;
  subject_name: string | null;
  role: string | null;
  role_title: string | null;
  permissions: string | null;
  reach: string;
  level: number;
  tags: string;
  reason: string | null;
  valid_to: Date | null;
  granted_by: string | null;
  approved_by: string | null;
  needs_approval: boolean;
  replaces_id: string | null;
  created_at: Date;
  revoked_at: Date | null;
  revoked_by: string | null;
};

const grantColumns = sql`g.id::text, g.subject_kind, g.subject_id, s.name AS subject_name, g.role, r.title AS role_title,
  g.permissions, g.reach, g.level, g.tags, g.reason, g.valid_to, g.granted_by::text, g.approved_by::text, g.needs_approval,
  g.replaces_id::text, g.created_at, g.revoked_at, g.revoked_by::text`;
const grantTables = sql`access_grant g LEFT JOIN staff_role r ON r.name = g.role
  LEFT JOIN ${subjects} s ON s.kind = g.subject_kind AND s.id::text = g.subject_id`;

export type GrantAsk = {
  kind: SubjectKind | null;
  subjectId: string | null;
  state: GrantState | null;
  after: string | null;
  limit: number;
};

export async function selectGrantPage(
  db: Db,
  ask: GrantAsk,
  now: Date,
): Promise<{ rows: GrantRow[]; total: number }> {
  const conditions = [
    ...(ask.kind === null ? [] : [sql`g.subject_kind = ${ask.kind}`]),
    ...(ask.subjectId === null ? [] : [sql`g.subject_id = ${ask.subjectId}`]),
    ...(ask.state === null ? [] : [isState(ask.state, now)]),
  ];
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
  const { rows } = await sql<GrantRow>`SELECT ${grantColumns} FROM ${grantTables}
    WHERE ${where} AND g.id < ${ask.after ?? '9223372036854775807'}::bigint ORDER BY g.id DESC LIMIT ${ask.limit}`.execute(
    db,
  );
  const counted = await sql<{
    total: number;
  }>`SELECT count(*)::int AS total FROM access_grant g WHERE ${where}`.execute(db);
  return { rows, total: counted.rows[0]?.total ?? 0 };
}

/** Locked, when in a transaction, until it is decided. */
export async function selectGrant(db: Db | Tx, id: string, lock = false): Promise<GrantRow | undefined> {
  const { rows } = await sql<GrantRow>`SELECT ${grantColumns} FROM ${grantTables} WHERE g.id = ${id}
    ${lock ? sql`FOR UPDATE OF g` : sql``}`.execute(db);
  return rows[0];
}

export async function updateGrant(
  tx: Tx,
  id: string,
  set: {
    approved_by?: string;
    approved_at?: Date;
    revoked_at?: Date | null;
    revoked_by?: string | null;
  },
): Promise<void> {
  await tx.updateTable('access_grant').set(set).where('id', '=', id).execute();
}

/** Exams that these rights reach, at most `most` of them. */
export async function countExams(db: Db, rights: Rights, most: number): Promise<number> {
  const { rows } = await sql<{ found: number }>`SELECT count(*)::int AS found FROM (
    SELECT 1 FROM exam e WHERE e.replaced_by_id IS NULL AND ${examCondition(rights, 'e')} LIMIT ${most}) AS seen`.execute(
    db,
  );
  return rows[0]?.found ?? 0;
}

/** An exam by id or accession number, or a study by its UID. */
export async function findExamOrStudy(
  db: Db,
  text: string,
): Promise<{ examId: string | null; institutionId: string; patientRowId: string | null } | undefined> {
  const { rows } = await sql<{ examId: string | null; institutionId: string; patientRowId: string | null }>`
    (SELECT exam_id::text AS "examId", institution_id::text AS "institutionId", patient_row_id::text AS "patientRowId", 0 AS rank
       FROM study WHERE study_instance_uid = ${text} LIMIT 1)
    UNION ALL
    (SELECT id::text, institution_id::text, patient_id::text, 1 FROM exam WHERE accession_number = ${text} LIMIT 1)
    UNION ALL
    (SELECT id::text, institution_id::text, patient_id::text, 2 FROM exam
      WHERE id = ${/^\d{1,18}$/.test(text) ? text : null}::bigint)
    ORDER BY rank LIMIT 1`.execute(db);
  return rows[0];
}

// ── roles ──

export function selectRoles(db: Db) {
  return db.selectFrom('staff_role').selectAll().orderBy('name').execute();
}

export async function countGrantsByRole(db: Db | Tx, now: Date): Promise<Map<string, number>> {
  const { rows } = await sql<{
    role: string;
    grants: number;
  }>`SELECT g.role, count(*)::int AS grants FROM access_grant g
    WHERE g.role IS NOT NULL AND g.revoked_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > ${now})
    GROUP BY g.role`.execute(db);
  return new Map(rows.map(({ role, grants }) => [role, grants]));
}

export async function upsertRole(
  tx: Tx,
  row: { name: string; title: string; permissions: string; updated_at: Date; updated_by: string },
): Promise<void> {
  const { name: _, ...set } = row;
  await tx
    .insertInto('staff_role')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(set))
    .execute();
}

export async function deleteRole(tx: Tx, name: string): Promise<boolean> {
  const result = await tx.deleteFrom('staff_role').where('name', '=', name).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function selectRole(db: Db | Tx, name: string) {
  return db.selectFrom('staff_role').selectAll().where('name', '=', name).executeTakeFirst();
}

// ── places and names ──

export async function selectPlaces(db: Db) {
  const institutions = await db.selectFrom('institution').select(['id', 'name']).orderBy('id').execute();
  const departments = await db
    .selectFrom('department')
    .select(['id', 'name', 'institution_id'])
    .orderBy('name')
    .execute();
  return { institutions, departments };
}

export async function selectNames(db: Db | Tx, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account_doctor_name')
    .select('name')
    .where('account_id', '=', accountId)
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

export async function replaceNames(tx: Tx, accountId: string, names: readonly string[]): Promise<void> {
  await tx.deleteFrom('account_doctor_name').where('account_id', '=', accountId).execute();
  if (names.length === 0) return;
  await tx
    .insertInto('account_doctor_name')
    .values(names.map((name) => ({ account_id: accountId, name })))
    .execute();
}
