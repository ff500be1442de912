// SQL of the matching engine: one page of matches by keyset, and probes that tell whether a condition has few matches.
// A query with few is driven by their ids; any other walks its order, newest first, and stops when the page is full.
// So the time does not grow with the archive, whatever the planner believes about the text in it.
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../../../db/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import type { Level } from './attributes.ts';
import type { Condition } from './conditions.ts';
import type { NamePattern, NameQuestion } from './name-question.ts';
import { expressions, modalitiesInStudy } from './repo-attributes.ts';

export type ColumnCondition = { tag: string; condition: Condition; kind: 'fold' | 'plain' };
export type QueryScope = { kind: 'all' } | { kind: 'institution'; institutionId: string };
export type Order = 'newest' | 'study' | 'series';

export type PageAsk = {
  level: Level;
  conditions: readonly ColumnCondition[];
  /** StudyDate and StudyTime as one moment (PS3.4 §C.2.2.2.5). */
  moment: { from: string | null; to: string | null } | null;
  scope: QueryScope;
  studyIds: readonly string[] | null;
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

export async function selectPage(db: Db, ask: PageAsk): Promise<FoundRow[]> {
  const { level } = ask;
  const keys = orderKeys(level, ask.order);
  const columns: RawBuilder<unknown>[] = [
    sql`study.id::text AS study_row`,
    ...(level === 'SERIES' || level === 'IMAGE' ? [sql`series.id::text AS series_row`] : []),
    ...(level === 'IMAGE' ? [sql`instance.id::text AS instance_row`] : []),
    ...keys.columns.map((key, index) => sql`(${key})::text AS ${sql.ref(`at${index}`)}`),
    ...ask.tags.flatMap((tag) => {
      const expression = expressions[tag];
      return expression === undefined ? [] : [sql`${expression} AS ${sql.ref(`t${tag}`)}`];
    }),
  ];
  const direction = keys.descending ? sql`DESC` : sql`ASC`;
  const order = sql.join(keys.columns.map((key) => sql`${key} ${direction}`));
  const result = await sql<Raw>`SELECT ${sql.join(columns)} FROM ${source(level)}
    WHERE ${sql.join(wheres(ask, keys), sql` AND `)}
    ORDER BY ${order} LIMIT ${ask.limit} OFFSET ${ask.offset}`.execute(db);
  return result.rows.map((row) => ({
    studyId: row.study_row ?? '',
    seriesId: row.series_row ?? null,
    instanceId: row.instance_row ?? null,
    at: keys.columns.map((_, index) => row[`at${index}`] ?? ''),
    values: new Map(ask.tags.map((tag) => [tag, row[`t${tag}`] ?? null])),
  }));
}

function source(level: Level): RawBuilder<unknown> {
  if (level === 'SERIES') return sql`study JOIN series ON series.study_id = study.id`;
  if (level === 'IMAGE')
    return sql`study JOIN series ON series.study_id = study.id JOIN instance ON instance.series_id = series.id`;
  return sql`study`;
}

/** What was rejected or removed is not there, for any door. */
function visible(level: Level): Expression<unknown>[] {
  return [
    sql`study.hidden_at IS NULL`,
    ...(level === 'SERIES' || level === 'IMAGE' ? [sql`series.hidden_at IS NULL`] : []),
    ...(level === 'IMAGE' ? [sql`instance.hidden_at IS NULL`] : []),
  ];
}

type OrderKeys = { columns: RawBuilder<unknown>[]; types: string[]; descending: boolean };

function orderKeys(level: Level, order: Order): OrderKeys {
  const last = 2_147_483_647; // without a number: behind the others
  const number = (column: string) => sql`coalesce(${sql.ref(column)}, ${sql.lit(last)})`;
  if (level === 'SERIES' && order !== 'newest') {
    const columns = [number('series.series_number'), sql`series.id`];
    return { columns, types: ['integer', 'bigint'], descending: false };
  }
  if (level === 'IMAGE' && order !== 'newest') {
    const ofSeries = [number('series.series_number'), sql`series.id`];
    const ofInstance = [number('instance.instance_number'), sql`instance.id`];
    return order === 'series'
      ? { columns: ofInstance, types: ['integer', 'bigint'], descending: false }
      : {
          columns: [...ofSeries, ...ofInstance],
          types: ['integer', 'bigint', 'integer', 'bigint'],
          descending: false,
        };
  }
  if (level === 'SERIES') return { columns: [sql`series.id`], types: ['bigint'], descending: true };
  if (level === 'IMAGE') return { columns: [sql`instance.id`], types: ['bigint'], descending: true };
  return { columns: [studyDay, sql`study.id`], types: ['text', 'bigint'], descending: true };
}

const studyDay = sql`coalesce(study.study_date, '')`;

function wheres(ask: PageAsk, keys: OrderKeys): Expression<unknown>[] {
  const all: Expression<unknown>[] = visible(ask.level);
  if (ask.scope.kind === 'institution') all.push(sql`study.institution_id = ${ask.scope.institutionId}`);
  if (ask.studyIds !== null) all.push(sql`study.id = ANY(${[...ask.studyIds]}::bigint[])`);
  for (const one of ask.conditions) all.push(columnMatches(one));
  if (ask.moment !== null) {
    const moment = sql`(coalesce(study.study_date, '') || coalesce(study.study_time, ''))`;
    all.push(...inRange(moment, ask.moment));
    const day = (end: string | null) => end?.slice(0, 8) ?? null;
    all.push(...inRange(studyDay, { from: day(ask.moment.from), to: day(ask.moment.to) }));
  }
  if (ask.level === 'PATIENT') all.push(newestOfPatient);
  if (ask.after !== null) {
    const values = ask.after.map((value, index) => sql`${value}::${sql.raw(keys.types[index] ?? 'text')}`);
    const sign = keys.descending ? sql`<` : sql`>`;
    all.push(sql`(${sql.join(keys.columns)}) ${sign} (${sql.join(values)})`);
  }
  return all;
}

/** A patient is shown as in the study that came last; without a number every study is a patient of its own. */
const newestOfPatient = sql`(study.patient_id = '-' OR NOT EXISTS (SELECT 1 FROM study later
  WHERE later.institution_id = study.institution_id AND later.patient_id = study.patient_id AND later.hidden_at IS NULL AND later.id > study.id))`;

function columnMatches({ tag, condition, kind }: ColumnCondition): Expression<unknown> {
  const expression = expressions[tag] ?? sql`NULL`;
  if (condition.kind === 'name') return nameMatches(condition.name);
  if (condition.kind === 'empty') return sql`coalesce(${expression}, '') = ''`;
  if (tag === '00080061') return modalityMatches(condition);
  if (tag === '00080062' && condition.kind === 'list')
    return sql`EXISTS (SELECT 1 FROM instance i WHERE i.study_id = study.id AND i.hidden_at IS NULL AND i.sop_class_uid = ANY(${condition.values}::text[]))`;
  // The index is on the column itself, and '-' (no number) is nobody's number.
  const column = tag === '00100020' ? sql`study.patient_id` : tag === '00080020' ? studyDay : expression;
  const compared = kind === 'fold' ? sql`lower(${column})` : column;
  switch (condition.kind) {
    case 'list':
      return condition.values.length === 1
        ? sql`${compared} = ${condition.values[0]}`
        : sql`${compared} = ANY(${condition.values}::text[])`;
    case 'like':
      return sql`${compared} LIKE ${condition.pattern} ESCAPE '!'`;
    case 'range':
      return sql`(${sql.join(inRange(column, condition), sql` AND `)})`;
  }
}

/** Up to the end of the last day or minute that was named: 20260302 covers 20260302…; nothing is in no range. */
function inRange(column: Expression<unknown>, range: { from: string | null; to: string | null }) {
  const parts: Expression<unknown>[] = [sql`${column} >= ${range.from ?? '0'}`];
  if (range.to !== null) parts.push(sql`${column} < ${`${range.to}~`}`);
  return parts;
}

function modalityMatches(condition: Condition): Expression<SqlBool> {
  const all = sql`('\\' || coalesce(${modalitiesInStudy}, '') || '\\')`;
  if (condition.kind === 'list') {
    const each = condition.values.map((value) => sql`position(${`\\${value}\\`} in ${all}) > 0`);
    return sql<SqlBool>`(${sql.join(each, sql` OR `)})`;
  }
  if (condition.kind === 'like')
    return sql<SqlBool>`EXISTS (SELECT 1 FROM series m WHERE m.study_id = study.id AND m.hidden_at IS NULL AND m.modality LIKE ${condition.pattern} ESCAPE '!')`;
  return sql<SqlBool>`false`;
}

function nameMatches(name: NameQuestion): Expression<SqlBool> {
  const groups = name.fuzzy ? name.words.map(wordMatches) : name.groups.map(groupMatches);
  return sql<SqlBool>`(${sql.join(groups, sql` AND `)})`;
}

/** patient_name_search is |form|form|; a form must match as a whole, its wildcards do not cross into the next. */
function groupMatches(alternatives: readonly NamePattern[]): Expression<unknown> {
  const forms = sql`study.patient_name_search`;
  const each = alternatives.map(({ exact, pattern }) =>
    exact
      ? sql`position(${`|${pattern}|`} in ${forms}) > 0`
      : isPrefix(pattern)
        ? sql`position(${`|${pattern.slice(0, -1)}`} in ${forms}) > 0`
        : sql`EXISTS (SELECT 1 FROM unnest(string_to_array(${forms}, '|')) AS form
                      WHERE form <> '' AND form LIKE ${pattern} ESCAPE '!')`,
  );
  return sql`(${sql.join(each, sql` OR `)})`;
}

const isPrefix = (pattern: string) => pattern.endsWith('%') && !/[!%_]/.test(pattern.slice(0, -1));

function wordMatches(beginnings: readonly string[]): Expression<unknown> {
  return sql`EXISTS (SELECT 1 FROM study_name_key k WHERE k.study_id = study.id AND (${keysFrom(beginnings)}))`;
}

function keysFrom(beginnings: readonly string[]): Expression<unknown> {
  const each = beginnings.map((text) => startsWith(sql.ref('k.key'), text));
  return sql.join(each, sql` OR `);
}

/** As a range, so that the index serves it under every plan and every collation. */
function startsWith(column: Expression<unknown>, text: string): Expression<unknown> {
  return sql`(${column} ~>=~ ${text} AND ${column} ~<~ ${`${text}\u{10ffff}`})`;
}

/** Studies that have a key with one of these beginnings; at most `limit`. */
export async function probeNames(db: Db, beginnings: readonly string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT k.study_id::text AS id FROM study_name_key k
    WHERE ${keysFrom(beginnings)} LIMIT ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

export async function probeStudies(
  db: Db,
  column: 'patient_id' | 'accession_number',
  condition: { values: readonly string[] } | { prefix: string },
  limit: number,
): Promise<string[]> {
  const name = sql.ref(column);
  const matches =
    'prefix' in condition
      ? startsWith(name, condition.prefix)
      : sql`${name} = ANY(${[...condition.values]}::text[])`;
  const { rows } = await sql<{
    id: string;
  }>`SELECT id::text AS id FROM study WHERE ${matches} LIMIT ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

export async function probeModality(db: Db, values: readonly string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT study_id::text AS id FROM series
    WHERE modality = ANY(${[...values]}::text[]) LIMIT ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

export async function probeDays(
  db: Db,
  range: { from: string | null; to: string | null },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT id::text AS id FROM study
    WHERE ${sql.join(inRange(studyDay, range), sql` AND `)} LIMIT ${limit}`.execute(db);
  return rows.map((row) => row.id);
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
