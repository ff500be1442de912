// SQL of the rows of study, series and instance that follow an edit.
import { type Insertable, sql, type Updateable } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../../db/index.ts';
import type { SeriesRow, StudyRow } from '../archive-types.ts';
import type { Selection } from './edit-types.ts';

const now = sql<Date>`now()`;

/** One parameter however many ids there are: a statement takes no more than 65,535. */
const anyId = (ids: readonly string[]) => sql<string>`any(${[...ids]}::bigint[])`;
const anyUid = (uids: readonly string[]) => sql<string>`any(${[...uids]}::text[])`;

/** In order of their ids: two edits wait for each other, they never deadlock. Arrivals are not held up. */
export function lockStudies(tx: Tx, ids: readonly string[]): Promise<StudyRow[]> {
  return tx
    .selectFrom('study')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/** For the settling of one study that must touch another: does not wait. */
export async function lockFree(tx: Tx, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0) return true;
  const rows = await tx
    .selectFrom('study')
    .select('id')
    .where('id', 'in', [...ids])
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  return rows.length === new Set(ids).size;
}

export async function updateStudy(tx: Tx, id: string, set: Updateable<Schema['study']>): Promise<void> {
  if (Object.keys(set).length > 0) await tx.updateTable('study').set(set).where('id', '=', id).execute();
}

export async function updateSeries(tx: Tx, id: string, set: Updateable<Schema['series']>): Promise<void> {
  if (Object.keys(set).length > 0) await tx.updateTable('series').set(set).where('id', '=', id).execute();
}

/** Settled anew by the next beat: counts, link and news. */
export async function reopenStudies(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('study')
    .set({ settled_at: null })
    .where('id', 'in', [...ids])
    .execute();
}

export async function insertStudy(
  tx: Tx,
  row: Omit<Insertable<Schema['study']>, 'id' | 'received_at' | 'last_received_at'>,
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('study')
    .values({ ...row, id, received_at: now, last_received_at: now })
    .execute();
  return id;
}

export function selectSeriesRows(tx: Db | Tx, studyId: string): Promise<SeriesRow[]> {
  return tx.selectFrom('series').selectAll().where('study_id', '=', studyId).orderBy('id').execute();
}

export async function insertSeriesCopy(tx: Tx, series: SeriesRow, set: { studyId: string; uid: string }) {
  const id = newId();
  await tx
    .insertInto('series')
    .values({
      ...series,
      id,
      study_id: set.studyId,
      series_instance_uid: set.uid,
      received_study_id: null,
    })
    .execute();
  return id;
}

export async function moveInstances(
  tx: Tx,
  to: { seriesId: string; studyId: string },
  ids: readonly string[],
) {
  await tx
    .updateTable('instance')
    .set({ series_id: to.seriesId, study_id: to.studyId })
    .where('id', '=', anyId(ids))
    .execute();
}

/** The series and every instance in it; under which study it was received is remembered once. */
export async function moveSeries(tx: Tx, seriesIds: readonly string[], toStudyId: string): Promise<void> {
  if (seriesIds.length === 0) return;
  await tx
    .updateTable('series')
    .set({
      received_study_id: sql<
        string | null
      >`nullif(coalesce(received_study_id, study_id), ${toStudyId}::bigint)`,
      study_id: toStudyId,
    })
    .where('id', '=', anyId(seriesIds))
    .execute();
  await tx
    .updateTable('instance')
    .set({ study_id: toStudyId })
    .where('series_id', '=', anyId(seriesIds))
    .execute();
}

/** Instances that arrived under a study which their series has left: put where the series is. Answers those studies. */
export async function selectStrayed(tx: Tx, studyId: string): Promise<{ id: string; study_id: string }[]> {
  return tx
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .select(['instance.id', 'series.study_id'])
    .where('instance.study_id', '=', studyId)
    .where('series.study_id', '!=', studyId)
    .execute();
}

export async function moveStrayed(tx: Tx, studyId: string): Promise<void> {
  await sql`UPDATE instance SET study_id = series.study_id FROM series
    WHERE series.id = instance.series_id AND instance.study_id = ${studyId} AND series.study_id <> ${studyId}`.execute(
    tx,
  );
}

// ── hiding ──
export function selectInstancesOf(tx: Db | Tx, studyId: string, selection: Selection) {
  let query = tx
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .select(['instance.id', 'instance.series_id', 'instance.sop_instance_uid', 'instance.sop_class_uid'])
    .select(['series.series_instance_uid'])
    .where('instance.study_id', '=', studyId)
    .where('instance.hidden_at', 'is', null);
  if (selection.seriesInstanceUids !== undefined)
    query = query.where('series.series_instance_uid', '=', anyUid(selection.seriesInstanceUids));
  if (selection.sopInstanceUids !== undefined)
    query = query.where('instance.sop_instance_uid', '=', anyUid(selection.sopInstanceUids));
  return query.orderBy('instance.id').execute();
}

type Hiding = { reason: 'deleted' | 'rejected' | 'merged'; editId: string };

export async function hideInstances(tx: Tx, ids: readonly string[], { reason, editId }: Hiding) {
  if (ids.length === 0) return;
  await tx
    .updateTable('instance')
    .set({ hidden_at: now, hidden_reason: reason, hidden_by: editId })
    .where('id', '=', anyId(ids))
    .where('hidden_at', 'is', null)
    .execute();
}

/** The row itself, so that what arrives below it later is hidden with it. */
export async function hideRow(tx: Tx, table: 'study' | 'series', id: string, { reason, editId }: Hiding) {
  await tx
    .updateTable(table)
    .set({ hidden_at: now, hidden_reason: reason, hidden_by: editId })
    .where('id', '=', id)
    .where((e) => e.or([e('hidden_at', 'is', null), e('hidden_reason', '=', 'empty')]))
    .execute();
}

export async function showHiddenBy(tx: Tx, editId: string): Promise<void> {
  const set = { hidden_at: null, hidden_reason: null, hidden_by: null };
  await tx.updateTable('instance').set(set).where('hidden_by', '=', editId).execute();
  await tx.updateTable('series').set(set).where('hidden_by', '=', editId).execute();
  await tx.updateTable('study').set(set).where('hidden_by', '=', editId).execute();
}

/** The notes of a rejection: what they say holds no more, so they must not leave and reject elsewhere. */
export async function hideNotes(tx: Tx, editId: string): Promise<void> {
  await sql`UPDATE instance SET hidden_at = now(), hidden_reason = 'rejected', hidden_by = ${editId}
    WHERE hidden_at IS NULL AND sop_instance_uid IN (
      SELECT note_sop_instance_uid FROM study_edit WHERE id = ${editId} AND note_sop_instance_uid IS NOT NULL
      UNION ALL SELECT sop_instance_uid FROM rejection_note WHERE edit_id = ${editId})`.execute(tx);
}

/** What arrived below a hidden study or series since it was hidden. */
export async function hideLate(tx: Tx, studyId: string): Promise<void> {
  await sql`UPDATE instance SET hidden_at = now(), hidden_reason = series.hidden_reason, hidden_by = series.hidden_by
    FROM series WHERE series.id = instance.series_id AND instance.study_id = ${studyId}
      AND instance.hidden_at IS NULL AND series.hidden_by IS NOT NULL`.execute(tx);
  await sql`UPDATE instance SET hidden_at = now(), hidden_reason = study.hidden_reason, hidden_by = study.hidden_by
    FROM study WHERE study.id = instance.study_id AND instance.study_id = ${studyId}
      AND instance.hidden_at IS NULL AND study.hidden_by IS NOT NULL`.execute(tx);
  await sql`UPDATE instance SET hidden_at = now(), hidden_reason = 'rejected', hidden_by = e.id
    FROM rejected_object r JOIN study_edit e ON e.id = r.edit_id
    WHERE instance.study_id = ${studyId} AND instance.hidden_at IS NULL AND e.undone_at IS NULL
      AND e.study_id = ${studyId} AND r.sop_instance_uid = instance.sop_instance_uid`.execute(tx);
}

/** Rows with nothing visible below them are hidden, and shown again when something is. */
export async function hideEmpty(tx: Tx, studyId: string): Promise<void> {
  await sql`UPDATE series SET hidden_at = CASE WHEN v.visible THEN NULL ELSE now() END,
      hidden_reason = CASE WHEN v.visible THEN NULL ELSE 'empty' END
    FROM (SELECT s.id, EXISTS (SELECT 1 FROM instance i WHERE i.series_id = s.id AND i.hidden_at IS NULL) AS visible
          FROM series s WHERE s.study_id = ${studyId} AND s.hidden_by IS NULL) AS v
    WHERE series.id = v.id AND v.visible = (series.hidden_at IS NOT NULL)`.execute(tx);
  await sql`UPDATE study SET hidden_at = CASE WHEN v.visible THEN NULL ELSE now() END,
      hidden_reason = CASE WHEN v.visible THEN NULL ELSE 'empty' END
    FROM (SELECT EXISTS (SELECT 1 FROM instance i WHERE i.study_id = ${studyId} AND i.hidden_at IS NULL) AS visible) AS v
    WHERE study.id = ${studyId} AND study.hidden_by IS NULL
      AND v.visible = (study.hidden_at IS NOT NULL)`.execute(tx);
}

export async function moveAllInstances(
  tx: Tx,
  move: { from: string; to: string; studyId: string },
): Promise<void> {
  await tx
    .updateTable('instance')
    .set({ series_id: move.to, study_id: move.studyId })
    .where('series_id', '=', move.from)
    .execute();
}
