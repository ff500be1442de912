// SQL of grants, protection grants and break-glass as the policy reads them. Who writes them: the console's use cases.
import { type Insertable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../../db/index.ts';

export type SubjectKind = 'account' | 'client' | 'node';

export function selectGrants(db: Db | Tx, kind: SubjectKind, subjectId: string, now: Date) {
  return db
    .selectFrom('access_grant as g')
    .leftJoin('staff_role as r', 'r.name', 'g.role')
    .select([
      'g.id',
      'g.role',
      'g.permissions',
      'g.reach',
      'g.level',
      'g.tags',
      'r.permissions as role_permissions',
    ])
    .where('g.subject_kind', '=', kind)
    .where('g.subject_id', '=', subjectId)
    .where('g.revoked_at', 'is', null)
    .where((e) => e.or([e('g.needs_approval', '=', false), e('g.approved_by', 'is not', null)]))
    .where('g.valid_from', '<=', now)
    .where((e) => e.or([e('g.valid_to', 'is', null), e('g.valid_to', '>', now)]))
    .orderBy('g.id')
    .execute();
}

export async function selectDoctorNames(db: Db | Tx, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account_doctor_name')
    .select('name')
    .where('account_id', '=', accountId)
    .execute();
  return rows.map((row) => row.name);
}

/** Persons opened to an account: by a second person, and by break-glass. */
export async function selectOpened(
  db: Db | Tx,
  accountId: string,
  now: Date,
): Promise<{ lifted: string[]; broken: string[] }> {
  const { rows } = await sql<{ person_id: string; how: 'lifted' | 'broken' }>`
    SELECT person_id::text, 'lifted' AS how FROM protection_grant
     WHERE account_id = ${accountId} AND approved_at IS NOT NULL AND revoked_at IS NULL
       AND valid_from <= ${now} AND valid_to > ${now}
    UNION ALL
    SELECT person_id::text, 'broken' FROM break_glass
     WHERE account_id = ${accountId} AND opened_at <= ${now} AND until > ${now} AND ended_at IS NULL`.execute(
    db,
  );
  const of = (how: string) => rows.filter((row) => row.how === how).map((row) => row.person_id);
  return { lifted: of('lifted'), broken: of('broken') };
}

export async function insertGrant(db: Db | Tx, row: Insertable<Schema['access_grant']>): Promise<void> {
  await db.insertInto('access_grant').values(row).execute();
}
