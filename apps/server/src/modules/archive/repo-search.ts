// SQL of searching (QIDO-RS now, C-FIND later): studies, series and instances by attribute keys.
import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { PlacedInstance, SeriesRow, StudyRow } from './archive-types.ts';
import type { Condition } from './search-keys.ts';

export type Page = { limit: number; offset: number };
export type FoundStudy = StudyRow & {
  found_series: number;
  found_instances: number;
  found_modalities: string | null;
};
export type FoundSeries = SeriesRow & { found_instances: number };

type StudyKey =
  | 'study_date'
  | 'study_time'
  | 'accession_number'
  | 'patient_id'
  | 'study_id'
  | 'study_instance_uid'
  | 'study_description'
  | 'referring_physician_name'
  | 'patient_birth_date'
  | 'patient_sex';
export type StudyConditions = {
  columns: readonly { column: StudyKey; condition: Condition }[];
  /** Matched against every form of the name, already normalised. */
  patientName: Condition | null;
  modality: Condition | null;
};

export async function selectFoundStudies(db: Db, asked: StudyConditions, page: Page): Promise<FoundStudy[]> {
  let query = db
    .selectFrom('study')
    .selectAll()
    .select([
      sql<string>`(SELECT count(*) FROM series WHERE series.study_id = study.id)`.as('found_series'),
      sql<string>`CASE WHEN settled_at IS NULL THEN (SELECT count(*) FROM instance WHERE instance.study_id = study.id)
                       ELSE instance_count END`.as('found_instances'),
      sql<
        string | null
      >`(SELECT string_agg(DISTINCT modality, '\\') FROM series WHERE series.study_id = study.id)`.as(
        'found_modalities',
      ),
    ]);
  for (const { column, condition } of asked.columns)
    query = query.where(() => matches(sql.ref(`study.${column}`), condition));
  if (asked.patientName !== null) {
    const name = asked.patientName;
    query = query.where(() => nameMatches(name));
  }
  if (asked.modality !== null) {
    const modality = asked.modality;
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom('series')
          .select('series.id')
          .whereRef('series.study_id', '=', 'study.id')
          .where(() => matches(sql.ref('series.modality'), modality)),
      ),
    );
  }
  const rows = await query
    .orderBy('study_date', (o) => o.desc().nullsLast())
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => ({
    ...row,
    found_series: Number(row.found_series),
    found_instances: Number(row.found_instances),
  }));
}

type SeriesKey =
  | 'modality'
  | 'series_instance_uid'
  | 'series_number'
  | 'series_description'
  | 'series_date'
  | 'body_part_examined';
export type SeriesConditions = readonly { column: SeriesKey; condition: Condition }[];

export async function selectFoundSeries(
  db: Db,
  studyId: string,
  asked: SeriesConditions,
  page: Page,
): Promise<FoundSeries[]> {
  let query = db
    .selectFrom('series')
    .selectAll()
    .select(
      sql<string>`(SELECT count(*) FROM instance WHERE instance.series_id = series.id)`.as('found_instances'),
    )
    .where('study_id', '=', studyId);
  for (const { column, condition } of asked)
    query = query.where(() => matches(asText(`series.${column}`), condition));
  const rows = await query
    .orderBy('series_number', (o) => o.asc().nullsLast())
    .orderBy('id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => ({ ...row, found_instances: Number(row.found_instances) }));
}

type InstanceKey = 'sop_class_uid' | 'sop_instance_uid' | 'instance_number' | 'content_date';
export type InstanceConditions = readonly { column: InstanceKey; condition: Condition }[];

export function selectFoundInstances(
  db: Db,
  of: { studyId: string; seriesInstanceUid?: string },
  asked: InstanceConditions,
  page: Page,
): Promise<(PlacedInstance & { modality: string | null })[]> {
  let query = db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .selectAll('instance')
    .select(['study.study_instance_uid', 'series.series_instance_uid', 'series.modality'])
    .where('instance.study_id', '=', of.studyId);
  if (of.seriesInstanceUid !== undefined)
    query = query.where('series.series_instance_uid', '=', of.seriesInstanceUid);
  for (const { column, condition } of asked)
    query = query.where(() => matches(asText(`instance.${column}`), condition));
  return query
    .orderBy('series.series_number', (o) => o.asc().nullsLast())
    .orderBy('instance.series_id')
    .orderBy('instance.instance_number', (o) => o.asc().nullsLast())
    .orderBy('instance.sop_instance_uid')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

const asText = (column: string) => sql<string>`${sql.ref(column)}::text`;

function matches(column: Expression<unknown>, condition: Condition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'equal':
      return sql<SqlBool>`${column} = ${condition.value}`;
    case 'list':
      return sql<SqlBool>`${column} IN (${sql.join(condition.values)})`;
    case 'like':
      return sql<SqlBool>`${column} LIKE ${condition.pattern} ESCAPE '!'`;
    case 'range': {
      const from = condition.from === null ? sql`true` : sql`${column} >= ${condition.from}`;
      // Up to the end of the last day or minute that was named: 20260302 covers 20260302…
      const to = condition.to === null ? sql`true` : sql`${column} < ${`${condition.to}~`}`;
      return sql<SqlBool>`(${from} AND ${to})`;
    }
  }
}

/** patient_name_search is |form|form|; a form must match as a whole, with its wildcards not crossing into the next. */
function nameMatches(condition: Condition): Expression<SqlBool> {
  const column = sql.ref('study.patient_name_search');
  if (condition.kind === 'equal') return sql<SqlBool>`position(${`|${condition.value}|`} in ${column}) > 0`;
  if (condition.kind === 'like') {
    return sql<SqlBool>`EXISTS (SELECT 1 FROM unnest(string_to_array(${column}, '|')) AS form
                                WHERE form <> '' AND form LIKE ${condition.pattern} ESCAPE '!')`;
  }
  return sql<SqlBool>`false`;
}
