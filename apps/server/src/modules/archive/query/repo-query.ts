// SQL of the matching engine: one page of matches by keyset. Studies come from a stream, newest first, and are looked at
// one by one until the page is full; what is answered is read for the page alone. Series and instances of the whole
// archive follow their studies in the same order; those of one study are few and are sorted.
// So the time does not grow with the archive, whatever the planner believes about the text in it: the order of the joins
// is fixed (LATERAL … OFFSET 0), and a statement seen before is not planned again.
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../db/index.ts';
import { type Rights, studyCondition } from '../../access/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { attributes, type Level } from './attributes.ts';
import { expressions } from './repo-attributes.ts';
import {
  type ColumnCondition,
  columnMatches,
  type DayRange,
  inRange,
  momentMatches,
  studyDay,
} from './repo-matches.ts';
import { and, type Bounds, type Stream, streamQuery } from './repo-streams.ts';
import { runShape } from './run-shape.ts';

export type QueryScope =
  | { kind: 'all' }
  | { kind: 'institution'; institutionId: string }
  | ({ kind: 'rights' } & Rights);
export type Order = 'newest' | 'study' | 'series';

export type PageAsk = {
  level: Level;
  conditions: readonly ColumnCondition[];
  /** StudyDate and StudyTime as one moment (PS3.4 §C.2.2.2.5). */
  moment: DayRange | null;
  scope: QueryScope;
  stream: Stream;
  order: Order;
  after: readonly string[] | null;
  limit: number;
  offset: number;
  tags: readonly string[];
};
export type FoundRow = {
  studyId: string;
  seriesId: string | null;
  instanceId: string | null;
  at: string[];
  values: ReadonlyMap<string, string | null>;
};

type Raw = Record<string, string | null>;
type Key = { name: string; type: 'text' | 'bigint' };
type Page = { query: RawBuilder<unknown>; keys: readonly Key[]; descending: boolean };

export async function selectPage(db: Db, ask: PageAsk): Promise<FoundRow[]> {
  const { query, keys, descending } = ask.order === 'newest' ? newestPage(ask) : placedPage(ask);
  const columns: RawBuilder<unknown>[] = [
    ...rowNames(ask.level).map((name) => sql`page.${sql.ref(name)}::text`),
    ...keys.map(({ name }) => sql`page.${sql.ref(name)}::text`),
    ...ask.tags.flatMap((tag) => {
      const expression = expressions[tag];
      return expression === undefined ? [] : [sql`${expression} AS ${sql.ref(`t${tag}`)}`];
    }),
  ];
  const direction = descending ? sql`DESC` : sql`ASC`;
  const order = sql.join(keys.map(({ name }) => sql`page.${sql.ref(name)} ${direction}`));
  const rows = await runShape<Raw>(
    db,
    sql`SELECT ${sql.join(columns)} FROM (${query}) AS page JOIN study ON study.id = page.study_row
      ${hasSeries(ask.level) ? sql`JOIN series ON series.id = page.series_row` : sql``}
      ${ask.level === 'IMAGE' ? sql`JOIN instance ON instance.id = page.instance_row` : sql``} ORDER BY ${order}`,
  );
  return rows.map((row) => ({
    studyId: row.study_row ?? '',
    seriesId: row.series_row ?? null,
    instanceId: row.instance_row ?? null,
    at: keys.map(({ name }) => row[name] ?? ''),
    values: new Map(ask.tags.map((tag) => [tag, row[`t${tag}`] ?? null])),
  }));
}

/** How many texts a cursor of that order has. */
export function cursorLength(level: Level, order: Order): number {
  if (order === 'newest') return newestKeys(level).length;
  return order === 'study' && level === 'IMAGE' ? 4 : 2;
}

const hasSeries = (level: Level) => level === 'SERIES' || level === 'IMAGE';

function rowNames(level: Level): string[] {
  if (level === 'IMAGE') return ['study_row', 'series_row', 'instance_row'];
  return level === 'SERIES' ? ['study_row', 'series_row'] : ['study_row'];
}

function newestKeys(level: Level): Key[] {
  const keys: Key[] = [
    { name: 'at_day', type: 'text' },
    { name: 'at_study', type: 'bigint' },
  ];
  if (hasSeries(level)) keys.push({ name: 'at_series', type: 'bigint' });
  if (level === 'IMAGE') keys.push({ name: 'at_instance', type: 'bigint' });
  return keys;
}

/** Newest first: by the day of the study and the order of arrival. */
function newestPage(ask: PageAsk): Page {
  const keys = newestKeys(ask.level);
  const limit = sql`LIMIT ${sql.lit(ask.limit)} ${ask.offset === 0 ? sql`` : sql`OFFSET ${sql.lit(ask.offset)}`}`;
  const studies = studiesOf(ask);
  if (!hasSeries(ask.level)) {
    const query = sql`SELECT s.day AS at_day, s.id AS at_study, s.id AS study_row FROM (${studies} ${limit}) AS s`;
    return { query, keys, descending: true };
  }
  const below = [sql`(${studies}) AS s`, lateral('series', 'e', sql`series.study_id = s.id`, ask)];
  if (ask.level === 'IMAGE') below.push(lateral('instance', 'i', sql`instance.series_id = e.id`, ask));
  const places = [sql`s.day`, sql`s.id`, sql`e.id`, ...(ask.level === 'IMAGE' ? [sql`i.id`] : [])];
  const named = places.map((place, index) => sql`${place} AS ${sql.ref(keys[index]?.name ?? '')}`);
  const rows = places
    .slice(1)
    .map((place, index) => sql`${place} AS ${sql.ref(rowNames(ask.level)[index] ?? '')}`);
  const query = sql`SELECT ${sql.join([...named, ...rows])} FROM ${sql.join(below, sql` CROSS JOIN LATERAL `)}
    WHERE ${and(behind(ask.after, places, keys, sql`<`))}
    ORDER BY ${sql.join(places.map((place) => sql`${place} DESC`))} ${limit}`;
  return { query, keys, descending: true };
}

function lateral(
  table: 'series' | 'instance',
  alias: string,
  join: Expression<unknown>,
  ask: PageAsk,
): RawBuilder<unknown> {
  const level = table === 'series' ? 'SERIES' : 'IMAGE';
  const all = [join, sql`${sql.ref(`${table}.hidden_at`)} IS NULL`, ...conditionsOf(ask, level)];
  return sql`(SELECT ${sql.ref(`${table}.id`)} FROM ${sql.table(table)} WHERE ${and(all)} OFFSET 0) AS ${sql.ref(alias)}`;
}

/** (day, id) of the studies that match, newest first; without a limit. */
function studiesOf(ask: PageAsk): RawBuilder<unknown> {
  const bounds = boundsOf(ask);
  const own = [sql`study.hidden_at IS NULL`, ...studyConditions(ask)];
  if (ask.stream.kind === 'all')
    return sql`SELECT ${studyDay} AS day, study.id FROM study
      WHERE ${and([...own, ...bounds(studyDay, sql`study.id`)])} ORDER BY ${studyDay} DESC, study.id DESC`;
  return sql`SELECT f.day, f.id FROM (${streamQuery(ask.stream, bounds)}) AS f
    CROSS JOIN LATERAL (SELECT 1 FROM study WHERE study.id = f.id AND ${and(own)} OFFSET 0) AS fits
    ORDER BY f.day DESC, f.id DESC`;
}

/** What a stream can leave out: days that were not asked for and what stands before the cursor. */
function boundsOf(ask: PageAsk): Bounds {
  const ranges = ask.conditions.flatMap(({ tag, condition }) =>
    tag === '00080020' && condition.kind === 'range' ? [condition] : [],
  );
  const isLast = !hasSeries(ask.level);
  return (day, id) => [
    ...ranges.flatMap((range) => inRange(day, range)),
    ...behind(ask.after?.slice(0, 2) ?? null, [day, id], newestKeys('STUDY'), isLast ? sql`<` : sql`<=`),
  ];
}

function behind(
  after: readonly string[] | null,
  places: readonly Expression<unknown>[],
  keys: readonly Key[],
  sign: RawBuilder<unknown>,
): Expression<unknown>[] {
  if (after === null) return [];
  const values = after.map((value, index) => sql`${value}::${sql.raw(keys[index]?.type ?? 'text')}`);
  return [sql`(${sql.join([...places])}) ${sign} (${sql.join(values)})`];
}

function conditionsOf({ conditions }: PageAsk, level: 'SERIES' | 'IMAGE'): Expression<unknown>[] {
  return conditions.filter(({ tag }) => attributes.get(tag)?.level === level).map(columnMatches);
}

function studyConditions(ask: PageAsk): Expression<unknown>[] {
  const isOfStudy = ({ tag }: ColumnCondition) =>
    ['PATIENT', 'STUDY'].includes(attributes.get(tag)?.level ?? '');
  return [
    ...(ask.scope.kind === 'institution' ? [sql`study.institution_id = ${ask.scope.institutionId}`] : []),
    ...(ask.scope.kind === 'rights' ? [studyCondition({ ...ask.scope, pseudonyms: false })] : []),
    ...ask.conditions.filter(isOfStudy).map(columnMatches),
    ...(ask.moment === null ? [] : momentMatches(ask.moment)),
    ...(ask.level === 'PATIENT' ? [newestOfPatient] : []),
  ];
}

/** A patient is shown as in the study that came last; without a number every study is a patient of its own. */
const newestOfPatient = sql`(study.patient_id = '-' OR NOT EXISTS (SELECT 1 FROM study later
  WHERE later.institution_id = study.institution_id AND later.patient_id = study.patient_id AND later.hidden_at IS NULL AND later.id > study.id))`;

/** Inside one study or series: by number; without a number behind the others. */
function placedPage(ask: PageAsk): Page {
  const number = (column: string) => sql`coalesce(${sql.ref(column)}, 2147483647)`;
  const ofSeries = [number('series.series_number'), sql`series.id`];
  const ofInstance = [number('instance.instance_number'), sql`instance.id`];
  const isImage = ask.level === 'IMAGE';
  const places = !isImage ? ofSeries : ask.order === 'series' ? ofInstance : [...ofSeries, ...ofInstance];
  const keys = places.map((_, index): Key => ({ name: `at_${index}`, type: 'bigint' }));
  const all = [
    sql`study.hidden_at IS NULL`,
    sql`series.hidden_at IS NULL`,
    ...(isImage ? [sql`instance.hidden_at IS NULL`, ...conditionsOf(ask, 'IMAGE')] : []),
    ...studyConditions(ask),
    ...conditionsOf(ask, 'SERIES'),
    ...behind(ask.after, places, keys, sql`>`),
  ];
  const query = sql`SELECT ${sql.join(places.map((place, index) => sql`${place} AS ${sql.ref(`at_${index}`)}`))},
      study.id AS study_row, series.id AS series_row ${isImage ? sql`, instance.id AS instance_row` : sql``}
    FROM study JOIN series ON series.study_id = study.id
      ${isImage ? sql`JOIN instance ON instance.series_id = series.id` : sql``}
    WHERE ${and(all)} ORDER BY ${sql.join(places)} LIMIT ${sql.lit(ask.limit)} OFFSET ${sql.lit(ask.offset)}`;
  return { query, keys, descending: false };
}

/** One object of each study, series or instance: where the attributes are read that have no column. */
export async function selectSamples(
  db: Db,
  level: Level,
  ids: readonly string[],
): Promise<Map<string, PlacedInstance>> {
  const owner = level === 'SERIES' ? 'series_id' : level === 'IMAGE' ? 'id' : 'study_id';
  const rows = await db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .selectAll('instance')
    .select(['study.study_instance_uid', 'series.series_instance_uid'])
    .distinctOn(`instance.${owner}`)
    .where(`instance.${owner}`, 'in', [...ids])
    .where('instance.hidden_at', 'is', null)
    .orderBy(`instance.${owner}`)
    .orderBy('instance.instance_number', (o) => o.asc().nullsLast())
    .execute();
  return new Map(rows.map((row) => [row[owner], row]));
}
