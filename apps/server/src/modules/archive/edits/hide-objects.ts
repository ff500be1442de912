// Soft delete and restore, and rejection by a note (IHE RAD TF-2 §4.66): objects disappear at every door, their bytes
// and rows stay. Deleting a study or a series hides its row as well, so that late arrivals are hidden with it.
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { finish, requireInstances } from './edit-studies.ts';
import type { EditAuthor, EditRow, Selection } from './edit-types.ts';
import { inEdit } from './in-edit.ts';
import { loadStudy } from './load-study.ts';
import * as repo from './repo.ts';
import * as edits from './repo-edits.ts';
import { undoEdit } from './undo-edit.ts';

type EditContext = Pick<Context, 'db'>;

type HideAsk = { studyInstanceUid: string; selection: Selection };

export function hideObjects(ctx: EditContext, ask: HideAsk, author: EditAuthor): Promise<EditRow> {
  return inEdit(ctx, (tx) => hideIn(tx, ask, author));
}

export async function hideIn(tx: Tx, ask: HideAsk, author: EditAuthor): Promise<EditRow> {
  const study = await loadStudy(tx, ask.studyInstanceUid);
  const { selection } = ask;
  const chosen = await requireInstances(tx, study.id, selection);
  const level =
    selection.sopInstanceUids !== undefined
      ? 'instance'
      : selection.seriesInstanceUids !== undefined
        ? 'series'
        : 'study';
  const edit = await edits.insertEdit(tx, {
    kind: 'delete',
    studyId: study.id,
    otherStudyId: null,
    before: { level, instances: chosen.length },
    after: { level, instances: 0, ...selection },
    ...author,
  });
  const hiding = { reason: 'deleted', editId: edit.id } as const;
  await repo.hideInstances(
    tx,
    chosen.map((one) => one.id),
    hiding,
  );
  if (level !== 'instance') {
    const whole = new Set(chosen.map((one) => one.series_id));
    for (const id of whole) await repo.hideRow(tx, 'series', id, hiding);
  }
  if (level === 'study') await repo.hideRow(tx, 'study', study.id, hiding);
  await finish(tx, [study.id]);
  return edit;
}

/** Shows again exactly what one deletion or rejection hid. */
export async function restoreObjects(ctx: EditContext, editId: string, by: string): Promise<EditRow> {
  const edit = await edits.selectEdit(ctx.db, editId);
  if (edit === undefined) throw new AppError('request.not_found');
  if (edit.kind !== 'delete' && edit.kind !== 'reject') throw new AppError('archive.edit_not_hidden');
  return undoEdit(ctx, editId, by);
}
