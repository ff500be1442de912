// SQL of the archive: study, series, instance. (Search is in repo-search.ts, things kept aside in
// repo-quarantine.ts.) A function is one statement, takes a Db or Tx first, and returns plain rows.
import { type Insertable, type QueryCreator, sql } from 'kysely';
import { type Db, newId, prepared, type Schema, type Tx } from '../../db/index.ts';
import type { MediaState, PlacedInstance, SeriesRow, StudyMediaState, StudyRow } from './archive-types.ts';

const now = sql<Date>`now()`;

export type NewStudy = Omit<Insertable<Schema['study']>, 'id' | 'received_at' | 'last_received_at'>;
export type NewSeries = Omit<Insertable<Schema['series']>, 'id' | 'received_at'>;
export type NewInstance = Omit<Insertable<Schema['instance']>, 'id' | 'received_at'>;

/** A known study is touched and open again: a late image starts the settling anew. Rows ordered by UID: no deadlocks. */
export function upsertStudies(
  tx: Tx,
  studies: readonly NewStudy[],
): Promise<{ id: string; study_instance_uid: string }[]> {
  return tx
    .insertInto('study')
    .values(studies.map((study) => ({ id: newId(), ...study, received_at: now, last_received_at: now })))
    .onConflict((c) =>
      c.column('study_instance_uid').doUpdateSet({ last_received_at: now, settled_at: null }),
    )
    .returning(['id', 'study_instance_uid'])
    .execute();
}

export async function touchStudies(tx: Db | Tx, ids: readonly string[]): Promise<void> {
  await tx
    .updateTable('study')
    .set({ last_received_at: now, settled_at: null })
    .where('id', 'in', ids)
    .execute();
}

export async function insertSeries(tx: Tx, series: readonly NewSeries[]): Promise<void> {
  await tx
    .insertInto('series')
    .values(series.map((one) => ({ id: newId(), ...one, received_at: now })))
    .onConflict((c) => c.column('series_instance_uid').doNothing())
    .execute();
}

export function selectSeriesPlaces(
  tx: Tx,
  seriesInstanceUids: readonly string[],
): Promise<
  { id: string; study_id: string; series_instance_uid: string; received_study_id: string | null }[]
> {
  return tx
    .selectFrom('series')
    .select(['id', 'study_id', 'series_instance_uid', 'received_study_id'])
    .where('series_instance_uid', 'in', seriesInstanceUids)
    .execute();
}

/** Answers the rows that were new; a UID that another transaction brought first is missing from the answer. */
export function insertInstances(
  tx: Tx,
  instances: readonly NewInstance[],
): Promise<{ id: string; sop_instance_uid: string }[]> {
  return tx
    .insertInto('instance')
    .values(instances.map((one) => ({ id: newId(), ...one, received_at: now })))
    .onConflict((c) => c.column('sop_instance_uid').doNothing())
    .returning(['id', 'sop_instance_uid'])
    .execute();
}

export type KnownInstance = NewInstance & { id: string };

/** Ends a statement that also writes the blobs' rows and, once a second, touches the studies. */
export async function insertKnownInstances(
  creator: QueryCreator<Schema>,
  instances: readonly KnownInstance[],
  touchIds: readonly string[],
): Promise<void> {
  const rows = instances.map((one) => ({ ...one, received_at: now }));
  if (touchIds.length === 0) {
    await creator.insertInto('instance').values(rows).modifyEnd(prepared).execute();
    return;
  }
  await creator
    .with('touched_study', (c) =>
      c.updateTable('study').set({ last_received_at: now, settled_at: null }).where('id', 'in', touchIds),
    )
    .insertInto('instance')
    .values(rows)
    .modifyEnd(prepared)
    .execute();
}

export function selectStoredInstances(db: Db | Tx, sopInstanceUids: readonly string[]) {
  return db
    .selectFrom('instance')
    .innerJoin('blob', 'blob.id', 'instance.blob_id')
    .select(['instance.id', 'sop_instance_uid', 'blob_id', 'dataset_offset', 'dataset_sha256'])
    .select('blob.sha256 as blob_sha256')
    .where('sop_instance_uid', 'in', sopInstanceUids)
    .execute();
}

export async function updateDatasetHash(db: Db | Tx, id: string, sha256: string): Promise<void> {
  await db.updateTable('instance').set({ dataset_sha256: sha256 }).where('id', '=', id).execute();
}

export function selectStudyByUid(db: Db | Tx, studyInstanceUid: string): Promise<StudyRow | undefined> {
  return db
    .selectFrom('study')
    .selectAll()
    .where('study_instance_uid', '=', studyInstanceUid)
    .executeTakeFirst();
}

export function selectStudyById(db: Db | Tx, id: string): Promise<StudyRow | undefined> {
  return db.selectFrom('study').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectStudiesOfExam(db: Db | Tx, examId: string): Promise<StudyRow[]> {
  return db
    .selectFrom('study')
    .selectAll()
    .where('exam_id', '=', examId)
    .where('hidden_at', 'is', null)
    .orderBy('received_at')
    .execute();
}

export function selectSeriesOfStudy(db: Db | Tx, studyId: string): Promise<SeriesRow[]> {
  return db
    .selectFrom('series')
    .selectAll()
    .where('study_id', '=', studyId)
    .where('hidden_at', 'is', null)
    .orderBy('series_number', (o) => o.asc().nullsLast())
    .orderBy('id')
    .execute();
}

export function selectSeriesByUid(db: Db | Tx, studyId: string, uid: string): Promise<SeriesRow | undefined> {
  return db
    .selectFrom('series')
    .selectAll()
    .where('study_id', '=', studyId)
    .where('series_instance_uid', '=', uid)
    .where('hidden_at', 'is', null)
    .executeTakeFirst();
}

/** What an edit hid (archive/edits) is at no door: every reader of instances starts here. */
function placedInstances(db: Db | Tx) {
  return db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .where('instance.hidden_at', 'is', null)
    .where('series.hidden_at', 'is', null)
    .where('study.hidden_at', 'is', null)
    .selectAll('instance')
    .select(['study.study_instance_uid', 'series.series_instance_uid']);
}

export function selectPlace(
  db: Db | Tx,
  id: string,
): Promise<Pick<PlacedInstance, 'study_instance_uid' | 'series_instance_uid'> | undefined> {
  return placedInstances(db)
    .clearSelect()
    .select(['study.study_instance_uid', 'series.series_instance_uid'])
    .where('instance.id', '=', id)
    .executeTakeFirst();
}

export function selectInstances(
  db: Db | Tx,
  of: { studyId: string; seriesId?: string },
): Promise<PlacedInstance[]> {
  let query = placedInstances(db).where('instance.study_id', '=', of.studyId);
  if (of.seriesId !== undefined) query = query.where('instance.series_id', '=', of.seriesId);
  return query
    .orderBy('series.series_number', (o) => o.asc().nullsLast())
    .orderBy('instance.series_id')
    .orderBy('instance.instance_number', (o) => o.asc().nullsLast())
    .orderBy('instance.sop_instance_uid')
    .execute();
}

/** Whether anything of a series was corrected, on any level. undefined: it is not there, or hidden. */
export async function selectSeriesCorrected(
  db: Db | Tx,
  studyId: string,
  seriesInstanceUid: string,
): Promise<{ id: string; corrected: boolean } | undefined> {
  const row = await db
    .selectFrom('series')
    .select((e) => [
      'series.id',
      e
        .or([
          e.exists(
            e
              .selectFrom('correction')
              .select('correction.id')
              .whereRef('correction.study_id', '=', 'series.study_id'),
          ),
          e.exists(
            e
              .selectFrom('correction')
              .select('correction.id')
              .whereRef('correction.series_id', '=', 'series.id'),
          ),
          e.exists(
            e
              .selectFrom('correction')
              .innerJoin('instance', 'instance.id', 'correction.instance_id')
              .select('correction.id')
              .whereRef('instance.series_id', '=', 'series.id')
              .where('instance.hidden_at', 'is', null),
          ),
        ])
        .as('corrected'),
    ])
    .innerJoin('study', 'study.id', 'series.study_id')
    .where('series.study_id', '=', studyId)
    .where('series.series_instance_uid', '=', seriesInstanceUid)
    .where('series.hidden_at', 'is', null)
    .where('study.hidden_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, corrected: row.corrected === true };
}

export function selectInstanceByUid(
  db: Db | Tx,
  sopInstanceUid: string,
): Promise<PlacedInstance | undefined> {
  return placedInstances(db).where('instance.sop_instance_uid', '=', sopInstanceUid).executeTakeFirst();
}

export function selectInstancesAwaitingMedia(db: Db | Tx, studyId: string): Promise<PlacedInstance[]> {
  return placedInstances(db)
    .where('instance.study_id', '=', studyId)
    .where('instance.media_state', '=', 'waiting')
    .orderBy('instance.series_id')
    .orderBy('instance.instance_number', (o) => o.asc().nullsLast())
    .orderBy('instance.sop_instance_uid')
    .execute();
}

export async function updateInstanceMedia(
  db: Db | Tx,
  id: string,
  state: MediaState,
  error: string | null,
): Promise<void> {
  await db
    .updateTable('instance')
    .set({ media_state: state, media_error: error })
    .where('id', '=', id)
    .execute();
}

export async function updateStudyMedia(db: Db | Tx, id: string, state: StudyMediaState): Promise<void> {
  await db.updateTable('study').set({ media_state: state }).where('id', '=', id).execute();
}

/** Studies quiet for so many seconds by the database's clock. */
export function selectSettleable(
  db: Db | Tx,
  quietSeconds: number,
  limit: number,
): Promise<{ id: string }[]> {
  return db
    .selectFrom('study')
    .select('id')
    .where('settled_at', 'is', null)
    .where('last_received_at', '<=', sql<Date>`now() - ${quietSeconds} * interval '1 second'`)
    .orderBy('last_received_at')
    .limit(limit)
    .execute();
}

/** Locks the study for settling, or answers nothing when another worker has it or it was touched since. */
export function lockSettleable(tx: Tx, id: string, quietSeconds: number): Promise<StudyRow | undefined> {
  return tx
    .selectFrom('study')
    .selectAll()
    .where('id', '=', id)
    .where('settled_at', 'is', null)
    .where('last_received_at', '<=', sql<Date>`now() - ${quietSeconds} * interval '1 second'`)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export function lockStudy(tx: Tx, id: string): Promise<StudyRow | undefined> {
  return tx.selectFrom('study').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export type SeriesCount = {
  id: string;
  modality: string | null;
  instances: number;
  frames: number;
  sizeBytes: string;
};

export async function countSeries(tx: Tx, studyId: string): Promise<SeriesCount[]> {
  const rows = await tx
    .selectFrom('series')
    .innerJoin('instance', 'instance.series_id', 'series.id')
    .select((e) => [
      'series.id',
      'series.modality',
      e.fn.countAll<string>().as('instances'),
      e.fn.sum<string>('instance.number_of_frames').as('frames'),
      e.fn.sum<string>('instance.size_bytes').as('size_bytes'),
    ])
    .where('series.study_id', '=', studyId)
    .where('instance.hidden_at', 'is', null)
    .groupBy(['series.id', 'series.modality'])
    .orderBy('series.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    modality: row.modality,
    instances: Number(row.instances),
    frames: Number(row.frames),
    sizeBytes: row.size_bytes,
  }));
}

export async function updateSeriesCounts(tx: Tx, studyId: string): Promise<void> {
  await sql`
    UPDATE series SET instance_count = c.instances, frame_count = c.frames
    FROM (SELECT series_id, count(*) AS instances, sum(number_of_frames) AS frames
          FROM instance WHERE study_id = ${studyId} AND hidden_at IS NULL GROUP BY series_id) AS c
    WHERE series.id = c.series_id`.execute(tx);
}

export type Settlement = {
  modalities: string;
  series_count: number;
  instance_count: number;
  frame_count: string;
  size_bytes: string;
  exam_id: string | null;
  patient_row_id: string | null;
  link_state: 'linked' | 'unlinked';
  link_reason: string;
};

export async function updateSettled(tx: Tx, id: string, settlement: Settlement): Promise<void> {
  await tx
    .updateTable('study')
    .set({ ...settlement, settled_at: now })
    .where('id', '=', id)
    .execute();
}

/** Nothing of it is to be seen: counted, not linked. */
export async function updateSettledHidden(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('study')
    .set({
      settled_at: now,
      series_count: 0,
      instance_count: 0,
      frame_count: '0',
      size_bytes: '0',
      exam_id: null,
      link_state: 'waiting',
      link_reason: null,
    })
    .where('id', '=', id)
    .execute();
}

export async function updateLink(
  tx: Tx,
  id: string,
  link: Pick<Settlement, 'exam_id' | 'patient_row_id' | 'link_state' | 'link_reason'>,
): Promise<void> {
  await tx.updateTable('study').set(link).where('id', '=', id).execute();
}

/** Newest first. Ids are made in order of time, so an id is also the place to go on from. */
export function selectUnlinkedStudies(db: Db, limit: number, beforeId: string | null): Promise<StudyRow[]> {
  let query = db
    .selectFrom('study')
    .selectAll()
    .where('link_state', '=', 'unlinked')
    .where('hidden_at', 'is', null);
  if (beforeId !== null) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

export async function countUnlinkedStudies(db: Db): Promise<number> {
  const row = await db
    .selectFrom('study')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('link_state', '=', 'unlinked')
    .where('hidden_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
