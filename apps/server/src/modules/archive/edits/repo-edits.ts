// SQL of study edits themselves: what was done, what it corrected, what it rejected, which series it split.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../../db/index.ts';
import type { Attributes, EditKind, EditRow } from './edit-types.ts';

const now = sql<Date>`now()`;

/** One parameter however many ids there are: a statement takes no more than 65,535. */
const anyId = (ids: readonly string[]) => sql<string>`any(${[...ids]}::bigint[])`;

export type NewEdit = {
  kind: EditKind;
  studyId: string;
  otherStudyId: string | null;
  before: unknown;
  after: unknown;
  reason: string;
  madeBy: string;
  noteSopInstanceUid?: string | null;
};

export async function insertEdit(tx: Tx, edit: NewEdit): Promise<EditRow> {
  return tx
    .insertInto('study_edit')
    .values({
      id: newId(),
      kind: edit.kind,
      study_id: edit.studyId,
      other_study_id: edit.otherStudyId,
      before: JSON.stringify(edit.before),
      after: JSON.stringify(edit.after),
      reason: edit.reason,
      note_sop_instance_uid: edit.noteSopInstanceUid ?? null,
      made_by: edit.madeBy,
      made_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function selectEdit(db: Db | Tx, id: string): Promise<EditRow | undefined> {
  return db.selectFrom('study_edit').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectEditOfNote(db: Db | Tx, sopInstanceUid: string): Promise<EditRow | undefined> {
  return db
    .selectFrom('study_edit')
    .selectAll()
    .where((e) =>
      e.or([
        e('note_sop_instance_uid', '=', sopInstanceUid),
        e(
          'id',
          'in',
          e.selectFrom('rejection_note').select('edit_id').where('sop_instance_uid', '=', sopInstanceUid),
        ),
      ]),
    )
    .executeTakeFirst();
}

/** The second and further notes of one rejection. */
export async function insertNotes(tx: Tx, editId: string, uids: readonly string[]): Promise<void> {
  if (uids.length === 0) return;
  await tx
    .insertInto('rejection_note')
    .values(uids.map((uid) => ({ sop_instance_uid: uid, edit_id: editId })))
    .execute();
}

export async function markUndone(tx: Tx, id: string, undoneBy: string): Promise<boolean> {
  const result = await tx
    .updateTable('study_edit')
    .set({ undone_by: undoneBy, undone_at: now })
    .where('id', '=', id)
    .where('undone_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Newest first; one edit, those of one study (also where it is the other one), or all. */
export function selectEdits(
  db: Db | Tx,
  of: { id?: string; studyId?: string; beforeId?: string | null; limit: number },
): Promise<
  (EditRow & {
    study_instance_uid: string;
    other_study_instance_uid: string | null;
    superseded: boolean;
  })[]
> {
  let query = db
    .selectFrom('study_edit')
    .innerJoin('study', 'study.id', 'study_edit.study_id')
    .leftJoin('study as other', 'other.id', 'study_edit.other_study_id')
    .selectAll('study_edit')
    .select(['study.study_instance_uid', 'other.study_instance_uid as other_study_instance_uid'])
    .select(
      sql<boolean>`EXISTS (SELECT 1 FROM study_edit l WHERE l.id > study_edit.id AND l.undone_at IS NULL
        AND (l.study_id IN (study_edit.study_id, study_edit.other_study_id)
          OR l.other_study_id IN (study_edit.study_id, study_edit.other_study_id)))`.as('superseded'),
    );
  const { id, studyId, beforeId } = of;
  if (id !== undefined) query = query.where('study_edit.id', '=', id);
  if (studyId !== undefined)
    query = query.where((e) =>
      e.or([e('study_edit.study_id', '=', studyId), e('study_edit.other_study_id', '=', studyId)]),
    );
  if (beforeId != null) query = query.where('study_edit.id', '<', beforeId);
  return query.orderBy('study_edit.id', 'desc').limit(of.limit).execute();
}

/** An edit made later, not undone, that concerns one of these studies. */
export async function hasLaterEdit(tx: Tx, editId: string, studyIds: readonly string[]): Promise<boolean> {
  const row = await tx
    .selectFrom('study_edit')
    .select('id')
    .where('id', '>', editId)
    .where('undone_at', 'is', null)
    .where((e) => e.or([e('study_id', 'in', [...studyIds]), e('other_study_id', 'in', [...studyIds])]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

// ── corrections ──
export function selectCorrectedPlaces(
  db: Db | Tx,
  ids: readonly string[],
): Promise<{ id: string; series_id: string; study_id: string }[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('instance')
    .select(['id', 'series_id', 'study_id'])
    .where('id', '=', anyId(ids))
    .execute();
}

export async function selectCorrections(
  db: Db | Tx,
  of: { studyIds: readonly string[]; seriesIds: readonly string[]; instanceIds: readonly string[] },
) {
  return db
    .selectFrom('correction')
    .select(['id', 'study_id', 'series_id', 'instance_id', 'attributes'])
    .where((e) =>
      e.or([
        e('study_id', '=', anyId(of.studyIds)),
        e('series_id', '=', anyId(of.seriesIds)),
        e('instance_id', '=', anyId(of.instanceIds)),
      ]),
    )
    .orderBy('edit_id')
    .orderBy('id')
    .execute();
}

export async function insertCorrection(
  tx: Tx,
  editId: string,
  of: { study_id: string } | { series_id: string } | { instance_id: string },
  attributes: Attributes,
): Promise<void> {
  await tx
    .insertInto('correction')
    .values({ id: newId(), edit_id: editId, ...of, attributes: JSON.stringify(attributes) })
    .execute();
}

/** Answers the series that the edit had moved. */
export async function deleteCorrections(tx: Tx, editId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('correction')
    .where('edit_id', '=', editId)
    .returning('series_id')
    .execute();
  return rows.map((row) => row.series_id).filter((id) => id !== null);
}

export async function selectCorrectionOfEdit(tx: Tx, editId: string): Promise<Attributes | null> {
  const row = await tx
    .selectFrom('correction')
    .select('attributes')
    .where('edit_id', '=', editId)
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : (JSON.parse(row.attributes) as Attributes);
}

export async function insertRejected(tx: Tx, editId: string, uids: readonly string[]): Promise<void> {
  if (uids.length === 0) return;
  await sql`INSERT INTO rejected_object (edit_id, sop_instance_uid)
    SELECT ${editId}::bigint, uid FROM unnest(${[...new Set(uids)]}::text[]) AS asked (uid)`.execute(tx);
}

// ── series made for chosen instances ──
export async function insertSplitSeries(
  tx: Tx,
  split: { editId: string; seriesId: string; fromSeriesId: string },
): Promise<void> {
  await tx
    .insertInto('split_series')
    .values({ edit_id: split.editId, series_id: split.seriesId, from_series_id: split.fromSeriesId })
    .execute();
}

export function selectSplitSeries(tx: Tx, editId: string) {
  return tx.selectFrom('split_series').selectAll().where('edit_id', '=', editId).execute();
}

/** What was corrected of a series before holds for the part of it that leaves. */
export async function copyCorrections(tx: Tx, series: { from: string; to: string }): Promise<void> {
  const rows = await tx.selectFrom('correction').selectAll().where('series_id', '=', series.from).execute();
  for (const { edit_id: editId, attributes } of rows) {
    await tx
      .insertInto('correction')
      .values({ id: newId(), edit_id: editId, series_id: series.to, attributes })
      .execute();
  }
}
