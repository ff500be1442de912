// Takes one edit back. Only the newest edit of a study can be undone: what was built on it goes first. The history
// keeps both: who made it and who took it back.
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { seriesColumns, studyColumns } from './attributes.ts';
import { finish } from './edit-studies.ts';
import type { Attributes, EditRow } from './edit-types.ts';
import { inEdit } from './in-edit.ts';
import * as repo from './repo.ts';
import * as edits from './repo-edits.ts';

export function undoEdit(
  ctx: Pick<Context, 'db'>,
  editId: string,
  by: string,
  kinds?: readonly string[],
): Promise<EditRow> {
  return inEdit(ctx, (tx) => undoIn(tx, editId, by, kinds));
}

export async function undoIn(
  tx: Tx,
  editId: string,
  by: string,
  kinds?: readonly string[],
): Promise<EditRow> {
  const edit = await edits.selectEdit(tx, editId);
  if (edit === undefined || kinds?.includes(edit.kind) === false) throw new AppError('request.not_found');
  const studyIds = [edit.study_id, ...(edit.other_study_id === null ? [] : [edit.other_study_id])];
  await repo.lockStudies(tx, studyIds);
  if (await edits.hasLaterEdit(tx, edit.id, studyIds)) throw new AppError('archive.edit_superseded');
  if (!(await edits.markUndone(tx, edit.id, by))) throw new AppError('archive.edit_undone');
  await takeBack(tx, edit);
  await finish(tx, studyIds);
  return { ...edit, undone_by: by, undone_at: new Date() };
}

async function takeBack(tx: Tx, edit: EditRow): Promise<void> {
  switch (edit.kind) {
    case 'merge':
      await repo.showHiddenBy(tx, edit.id);
      await repo.updateStudy(tx, edit.study_id, { merged_into_id: null });
      await repo.moveSeries(tx, await edits.deleteCorrections(tx, edit.id), edit.study_id);
      return;
    case 'split':
      return takeBackSplit(tx, edit);
    case 'attributes':
    case 'move-patient':
      return takeBackAttributes(tx, edit);
    default:
      await repo.showHiddenBy(tx, edit.id);
      await repo.hideNotes(tx, edit.id);
  }
}

/** Instances go back to the series they came from; whole series go back as they are. */
async function takeBackSplit(tx: Tx, edit: EditRow): Promise<void> {
  const copies = await edits.selectSplitSeries(tx, edit.id);
  const moved = new Set(await edits.deleteCorrections(tx, edit.id));
  for (const { series_id: copy, from_series_id: from } of copies) {
    await repo.moveAllInstances(tx, { from: copy, to: from, studyId: edit.study_id });
    moved.delete(copy);
  }
  await repo.moveSeries(tx, [...moved], edit.study_id);
}

async function takeBackAttributes(tx: Tx, edit: EditRow): Promise<void> {
  await edits.deleteCorrections(tx, edit.id);
  const { SeriesInstanceUID: uid, ...before } = JSON.parse(edit.before) as Attributes;
  if (uid == null) return repo.updateStudy(tx, edit.study_id, studyColumns(before));
  const series = (await repo.selectSeriesRows(tx, edit.study_id)).find(
    (one) => one.series_instance_uid === uid,
  );
  if (series !== undefined) await repo.updateSeries(tx, series.id, seriesColumns(before));
}
