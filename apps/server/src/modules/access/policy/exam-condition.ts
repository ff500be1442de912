// The exams that an authority may use a permission on, as an SQL condition: for lists, counts, searches and exports,
// which must not show, count or suggest what a single look would refuse. Says the same as decide.ts, row by row.
import type { Permission } from '@yunying/api';
import { type RawBuilder, sql } from 'kysely';
import type { Authority, Grant } from './authority.ts';
import { pseudonymous } from './decide.ts';
import { earliest, isInHours, type Reach } from './reach.ts';

export type Rights = {
  authority: Authority;
  permission: Permission;
  now: Date;
  /** Whether exams whose person is shown under a pseudonym count: not where a name was searched for. */
  pseudonyms?: boolean;
};

type Sql = RawBuilder<unknown>;

/** Over rows of `exam` under this alias. */
export function examCondition(rights: Rights, alias: string): Sql {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const person = sql`(SELECT person_id FROM patient WHERE id = ${column('patient_id')})`;
  return anyOf(
    holders(rights).map((grant) =>
      all([
        ...reachConditions(grant.reach, rights, column, person),
        ...unblocked(grant, rights, person, column('id')),
      ]),
    ),
  );
}

const knownWithoutExam: ReadonlySet<string> = new Set(['institutionIds', 'personIds', 'hours']);

/** Over rows of `study`; one without an exam is seen by those whose reach asks for no more than institution and person. */
export function studyCondition(rights: Rights): Sql {
  const person = sql`(SELECT person_id FROM patient WHERE id = study.patient_row_id)`;
  const loose = holders(rights)
    .filter(({ reach }) => Object.keys(reach).every((key) => knownWithoutExam.has(key)))
    .map(({ reach, ...grant }) =>
      all([
        ...oneOf(sql`study.institution_id`, reach.institutionIds),
        ...oneOf(person, reach.personIds),
        ...unblocked(grant, rights, person, null),
      ]),
    );
  return sql`CASE WHEN study.exam_id IS NULL THEN ${anyOf(loose)}
    ELSE EXISTS (SELECT 1 FROM exam e WHERE e.id = study.exam_id AND ${examCondition(rights, 'e')}) END`;
}

function holders({ authority, permission, now }: Rights): Grant[] {
  return authority.grants.filter((grant) => grant.permissions.has(permission) && isInHours(grant.reach, now));
}

function reachConditions(
  reach: Reach,
  { authority, now }: Rights,
  column: (name: string) => Sql,
  person: Sql,
): Sql[] {
  const conditions = [
    ...oneOf(column('institution_id'), reach.institutionIds),
    ...oneOf(column('department_id'), reach.departmentIds),
    ...oneOf(column('exam_type'), reach.examTypes),
    ...oneOf(person, reach.personIds),
    ...oneOf(column('id'), reach.examIds),
  ];
  if (reach.days !== undefined) conditions.push(sql`${column('exam_at')} >= ${earliest(reach.days, now)}`);
  if (reach.ownPatients !== undefined)
    conditions.push(sql`EXISTS (SELECT 1 FROM patient own JOIN exam ordered ON ordered.patient_id = own.id
      WHERE own.person_id = ${person} AND ordered.ordering_doctor = ANY(${[...authority.doctorNames]}::text[]))`);
  return conditions;
}

/** No live label of the exam or its person that this grant does not open. */
function unblocked(
  grant: Pick<Grant, 'level' | 'tags'>,
  { authority, permission, now, pseudonyms }: Rights,
  person: Sql,
  exam: Sql | null,
): Sql[] {
  const veiled = pseudonyms !== false && pseudonymous.has(permission);
  const blocks = all([
    live(now),
    sql`NOT (l.level <= ${grant.level} AND (l.restriction = 'none' OR l.tag = ANY(${[...grant.tags]}::text[])))`,
    ...(veiled ? [sql`l.restriction <> 'pseudonym'`] : []),
    ...(authority.lifted.size === 0 ? [] : [sql`NOT coalesce(${among(person, authority.lifted)}, false)`]),
    ...(authority.broken.size === 0
      ? []
      : [sql`(l.restriction = 'hidden' OR NOT coalesce(${among(person, authority.broken)}, false))`]),
  ]);
  const ofPerson = sql`NOT EXISTS (SELECT 1 FROM protection_label l WHERE l.person_id = ${person} AND ${blocks})`;
  if (exam === null) return [ofPerson];
  return [
    ofPerson,
    sql`NOT EXISTS (SELECT 1 FROM protection_label l WHERE l.exam_id = ${exam} AND ${blocks})`,
  ];
}

function oneOf(value: Sql, list: readonly string[] | undefined): Sql[] {
  return list === undefined ? [] : [sql`${value} IN (${sql.join([...list])})`];
}

function among(person: Sql, ids: ReadonlySet<string>): Sql {
  return sql`${person} = ANY(${[...ids]}::bigint[])`;
}

function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`true` : sql`(${sql.join([...conditions], sql` AND `)})`;
}

function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`false` : sql`(${sql.join([...conditions], sql` OR `)})`;
}

/** Labels of the exam `alias` and its person, as readLabels takes them. */
export function labelsOf(alias: string, now: Date): RawBuilder<string | null> {
  const person = sql`(SELECT person_id FROM patient WHERE id = ${sql.ref(`${alias}.patient_id`)})`;
  return gathered(sql`l.exam_id = ${sql.ref(`${alias}.id`)} OR l.person_id = ${person}`, now);
}

/** Labels of the person of the patient `alias`. */
export function personLabelsOf(alias: string, now: Date): RawBuilder<string | null> {
  return gathered(sql`l.person_id = ${sql.ref(`${alias}.person_id`)}`, now);
}

function gathered(whose: Sql, now: Date): RawBuilder<string | null> {
  return sql<string | null>`(SELECT string_agg(l.tag || ':' || l.level || ':' || l.restriction, ' ')
    FROM protection_label l WHERE ${live(now)} AND (${whose}))`;
}

function live(now: Date): Sql {
  return sql`l.removed_at IS NULL AND l.valid_from <= ${now} AND (l.valid_to IS NULL OR l.valid_to > ${now})`;
}

/** Every doctor that orders of this exam's person name, joined by U+001F. */
export function orderingDoctorsOf(alias: string): RawBuilder<string | null> {
  return sql<string | null>`(SELECT string_agg(DISTINCT ordered.ordering_doctor, chr(31))
    FROM patient mine JOIN patient own ON own.person_id = mine.person_id JOIN exam ordered ON ordered.patient_id = own.id
    WHERE mine.id = ${sql.ref(`${alias}.patient_id`)} AND ordered.ordering_doctor IS NOT NULL)`;
}
