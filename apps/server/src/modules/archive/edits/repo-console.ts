// SQL of what the console shows of studies that can be edited.
import { sql } from 'kysely';
import type { Db, Tx } from '../../../db/index.ts';
import type { StudyRow } from '../archive-types.ts';

/** Each of the three by its own index, which begins with the institution. */
const named = (text: string) =>
  text === ''
    ? sql<boolean>`true`
    : sql<boolean>`id IN (
        SELECT id FROM study WHERE study_instance_uid = ${text}
        UNION ALL SELECT s.id FROM institution i JOIN study s ON s.institution_id = i.id AND s.accession_number = ${text}
        UNION ALL SELECT s.id FROM institution i JOIN study s ON s.institution_id = i.id AND s.patient_id = ${text})`;

/** Newest first; no text: all. */
export function selectStudiesBy(
  db: Db,
  ask: { text: string; beforeId: string | null; limit: number },
): Promise<StudyRow[]> {
  let query = db.selectFrom('study').selectAll().where('hidden_at', 'is', null).where(named(ask.text));
  if (ask.beforeId !== null) query = query.where('id', '<', ask.beforeId);
  return query.orderBy('id', 'desc').limit(ask.limit).execute();
}

/** No further than `most`. */
export async function countStudiesBy(db: Db, text: string, most: number): Promise<number> {
  const row = await db
    .selectFrom(
      db
        .selectFrom('study')
        .select('id')
        .where('hidden_at', 'is', null)
        .where(named(text))
        .limit(most)
        .as('f'),
    )
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** What is to be seen of a study or of one of its series: objects, and series that hold any. */
export async function countVisible(
  tx: Db | Tx,
  studyId: string,
  seriesInstanceUid?: string,
): Promise<{ instances: number; series: number }> {
  let query = tx
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .select((e) => [
      e.fn.countAll<string>().as('instances'),
      e.fn.count<string>('series.id').distinct().as('series'),
    ])
    .where('instance.study_id', '=', studyId)
    .where('instance.hidden_at', 'is', null);
  if (seriesInstanceUid !== undefined)
    query = query.where('series.series_instance_uid', '=', seriesInstanceUid);
  const row = await query.executeTakeFirstOrThrow();
  return { instances: Number(row.instances), series: Number(row.series) };
}

export async function countEdits(db: Db): Promise<number> {
  const row = await db
    .selectFrom('study_edit')
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
