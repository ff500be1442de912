// SQL of labels and of the list of protected persons. Who reads them to decide: access/policy.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';

export type LabelRow = Selectable<Schema['protection_label']> & { set_by_name: string | null };

export async function insertLabel(tx: Tx, row: Insertable<Schema['protection_label']>): Promise<void> {
  await tx.insertInto('protection_label').values(row).execute();
}

export async function updateLabelRemoved(
  tx: Tx,
  id: string,
  removal: { at: Date; by: string | null; reason: string },
): Promise<boolean> {
  const result = await tx
    .updateTable('protection_label')
    .set({ removed_at: removal.at, removed_by: removal.by, removed_reason: removal.reason })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export function selectLabel(db: Db | Tx, id: string) {
  return db.selectFrom('protection_label').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Of a person and the person's exams, newest first, those taken away too. */
export function selectLabelsOf(db: Db, personId: string): Promise<LabelRow[]> {
  return db
    .selectFrom('protection_label as l')
    .leftJoin('account as a', 'a.id', 'l.set_by')
    .selectAll('l')
    .select('a.display_name as set_by_name')
    .where((e) =>
      e.or([
        e('l.person_id', '=', personId),
        e(
          'l.exam_id',
          'in',
          e
            .selectFrom('exam')
            .innerJoin('patient', 'patient.id', 'exam.patient_id')
            .select('exam.id')
            .where('patient.person_id', '=', personId),
        ),
      ]),
    )
    .orderBy('l.id', 'desc')
    .limit(200)
    .execute();
}

export type PersonRow = {
  person_id: string;
  last: string;
  tags: string;
  level: number;
  restrictions: string;
  label_count: string;
  grant_count: string;
};

const liveLabels = (now: Date) => sql`
  SELECT coalesce(l.person_id, p.person_id) AS person_id, l.id, l.tag, l.level, l.restriction
    FROM protection_label l
    LEFT JOIN exam e ON e.id = l.exam_id
    LEFT JOIN patient p ON p.id = e.patient_id
   WHERE l.removed_at IS NULL AND l.valid_from <= ${now} AND (l.valid_to IS NULL OR l.valid_to > ${now})`;

/** The person labelled last comes first. */
export async function selectProtected(
  db: Db,
  ask: { tag: string | null; personId: string | null; before: string | null; limit: number; now: Date },
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    SELECT person_id::text, max(id)::text AS last, string_agg(DISTINCT tag, ' ') AS tags, max(level)::int AS level,
           string_agg(DISTINCT restriction, ' ') AS restrictions, count(*)::text AS label_count,
           (SELECT count(*)::text FROM protection_grant g WHERE g.person_id = live.person_id
              AND g.approved_at IS NOT NULL AND g.revoked_at IS NULL
              AND g.valid_from <= ${ask.now} AND g.valid_to > ${ask.now}) AS grant_count
      FROM (${liveLabels(ask.now)}) live
     WHERE ${ask.personId === null ? sql`true` : sql`person_id = ${ask.personId}`}
     GROUP BY person_id
    HAVING ${ask.tag === null ? sql`true` : sql`bool_or(tag = ${ask.tag})`}
       AND ${ask.before === null ? sql`true` : sql`max(id) < ${ask.before}`}
     ORDER BY max(id) DESC LIMIT ${ask.limit}`.execute(db);
  return rows;
}

export async function countProtected(db: Db, tag: string | null, now: Date): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    SELECT count(DISTINCT person_id)::text AS count FROM (${liveLabels(now)}) live
     WHERE ${tag === null ? sql`true` : sql`tag = ${tag}`}`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

/** By exact patient number or accession number: at most three, so that a caller sees it is not one. */
export async function selectPersonsByNumber(db: Db, number: string): Promise<string[]> {
  const { rows } = await sql<{ person_id: string }>`
    SELECT DISTINCT coalesce(s.person_id, p.person_id)::text AS person_id
      FROM patient p LEFT JOIN patient s ON s.id = p.merged_into_id
     WHERE p.patient_id = ${number}
        OR p.id IN (SELECT patient_id FROM exam WHERE accession_number = ${number})
     LIMIT 3`.execute(db);
  return rows.map((row) => row.person_id);
}

export async function selectExamIdsOf(db: Db, personId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('exam')
    .innerJoin('patient', 'patient.id', 'exam.patient_id')
    .select('exam.id')
    .where('patient.person_id', '=', personId)
    .where('exam.replaced_by_id', 'is', null)
    .orderBy('exam.exam_at', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => row.id);
}

export function selectAccesses(db: Db, patientRowIds: readonly string[], limit: number) {
  return db
    .selectFrom('audit_event as a')
    .select(['a.at', 'a.event_type', 'a.result', 'a.actor_kind', 'a.actor_id'])
    .where('a.patient_id', 'in', [...patientRowIds])
    .orderBy('a.at', 'desc')
    .limit(limit)
    .execute();
}

export async function selectAccountNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('account')
    .select(['id', 'display_name'])
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row.display_name]));
}

/** Accounts that hold a live grant over any tag, to ask what each may do. */
export async function selectGrantedAccounts(db: Db, now: Date, limit: number) {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id::text, display_name AS name FROM account a
     WHERE disabled_at IS NULL AND EXISTS (SELECT 1 FROM access_grant g WHERE g.subject_kind = 'account'
       AND g.subject_id = a.id::text AND g.revoked_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > ${now}))
       AND (EXISTS (SELECT 1 FROM access_grant g WHERE g.subject_kind = 'account' AND g.subject_id = a.id::text
              AND g.revoked_at IS NULL AND g.tags <> '-')
            OR EXISTS (SELECT 1 FROM protection_grant p WHERE p.account_id = a.id AND p.valid_to > ${now})
            OR EXISTS (SELECT 1 FROM break_glass b WHERE b.account_id = a.id AND b.until > ${now}))
     ORDER BY display_name LIMIT ${limit}`.execute(db);
  return rows;
}
