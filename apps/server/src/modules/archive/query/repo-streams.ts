// Where the studies of a query come from, newest first: a stream of (day, id) that satisfies one condition by an index of
// its own. The page statement takes from it until it is full. Streams that must be sorted are taken only when they are
// short (countMatches tells), the others stand in their order in an index.
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../db/index.ts';
import { keyMatches, type NameKey, startsWith, studyDay } from './repo-matches.ts';
import { runShape } from './run-shape.ts';

export type NumberColumn = 'patient_id' | 'accession_number';
export type NumberMatch = { values: readonly string[] } | { prefix: string };
export type Stream =
  /** Every study. */
  | { kind: 'all' }
  | { kind: 'uids'; of: 'study' | 'series' | 'instance'; values: readonly string[] }
  | { kind: 'numbers'; column: NumberColumn; match: NumberMatch }
  | { kind: 'names'; keys: readonly NameKey[] }
  | { kind: 'modalities'; values: readonly string[] };

/** Conditions on the day and id of a stream's row. */
export type Bounds = (day: Expression<unknown>, id: Expression<unknown>) => Expression<unknown>[];

const newest = sql`ORDER BY day DESC, id DESC`;

/** A query that answers (day, id), newest first. `all` is not one: the table itself is walked. */
export function streamQuery(stream: Exclude<Stream, { kind: 'all' }>, bounds: Bounds): RawBuilder<unknown> {
  switch (stream.kind) {
    case 'uids':
      return sql`SELECT DISTINCT ${studyDay} AS day, study.id FROM ${uidSource(stream.of)}
        WHERE ${and([sql`${sql.ref(uidColumn[stream.of])} = ANY(${[...stream.values]}::text[])`, ...bounds(studyDay, sql`study.id`)])} ${newest}`;
    case 'numbers':
      return sql`SELECT ${studyDay} AS day, study.id FROM study
        WHERE ${and([numberMatches(stream), ...bounds(studyDay, sql`study.id`)])} ${newest}`;
    case 'names': {
      const each = stream.keys.map(
        (key) => sql`SELECT k.day, k.study_id AS id FROM study_name_key k
          WHERE ${and([keyMatches(key), ...bounds(sql`k.day`, sql`k.study_id`)])}`,
      );
      return sql`SELECT DISTINCT day, id FROM (${sql.join(each, sql` UNION ALL `)}) AS k ${newest}`;
    }
    case 'modalities':
      return modalityQuery(stream.values, bounds);
  }
}

const uidColumn = {
  study: 'study.study_instance_uid',
  series: 'series.series_instance_uid',
  instance: 'instance.sop_instance_uid',
} as const;

function uidSource(of: 'study' | 'series' | 'instance'): RawBuilder<unknown> {
  if (of === 'study') return sql`study`;
  const table = sql.table(of);
  return sql`${table} JOIN study ON study.id = ${table}.study_id`;
}

/** Settled studies stand in study_modality; the few that are still open are asked for their series. */
function modalityQuery(values: readonly string[], bounds: Bounds): RawBuilder<unknown> {
  const settled = values.map(
    (value) => sql`(SELECT m.day, m.study_id AS id FROM study_modality m
      WHERE ${and([sql`m.modality = ${value}`, ...bounds(sql`m.day`, sql`m.study_id`)])}
      ORDER BY m.day DESC, m.study_id DESC)`,
  );
  const open = sql`(SELECT ${studyDay} AS day, study.id FROM study
    WHERE ${and([
      sql`study.settled_at IS NULL`,
      sql`EXISTS (SELECT 1 FROM series s WHERE s.study_id = study.id AND s.modality = ANY(${[...values]}::text[]))`,
      ...bounds(studyDay, sql`study.id`),
    ])} ${newest})`;
  return sql`SELECT DISTINCT day, id FROM (${sql.join([...settled, open], sql` UNION ALL `)}) AS m ${newest}`;
}

function numberMatches({ column, match }: { column: NumberColumn; match: NumberMatch }): Expression<unknown> {
  const name = sql.ref(`study.${column}`);
  return 'prefix' in match
    ? startsWith(name, match.prefix)
    : sql`${name} = ANY(${[...match.values]}::text[])`;
}

export type Counted = Extract<Stream, { kind: 'numbers' | 'names' }>;

/**
 * How many entries each stream has, counted up to a bound that is answered too: as many as would be looked at on the way
 * through all studies until a page of `page` is full. One statement.
 */
export async function countMatches(
  db: Db,
  streams: readonly Counted[],
  page: number,
): Promise<{ counts: number[]; bound: number }> {
  const studies = sql`(SELECT greatest(reltuples, 0)::double precision FROM pg_class WHERE oid = 'study'::regclass)`;
  const bound = sql`greatest(${sql.lit(page)}, ceil(sqrt(${sql.lit(page)} * ${studies})))::bigint`;
  const counts = streams.map(
    (stream, index) => sql`(SELECT count(*) FROM (${entriesOf(stream)} LIMIT ${bound} + 1) AS few)
      AS ${sql.ref(`n${index}`)}`,
  );
  const [row] = await runShape<Record<string, string>>(
    db,
    sql`SELECT ${sql.join(counts)}, ${bound} AS bound`,
  );
  return {
    counts: streams.map((_, index) => Number(row?.[`n${index}`] ?? 0)),
    bound: Number(row?.bound ?? 0),
  };
}

function entriesOf(stream: Counted): RawBuilder<unknown> {
  if (stream.kind === 'numbers') return sql`SELECT 1 FROM study WHERE ${numberMatches(stream)}`;
  const each = stream.keys.map((key) => sql`SELECT 1 FROM study_name_key k WHERE ${keyMatches(key)}`);
  return sql.join(each, sql` UNION ALL `);
}

export function and(conditions: readonly Expression<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` AND `);
}
