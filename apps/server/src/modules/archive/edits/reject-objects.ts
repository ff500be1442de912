// Rejection: by a note that a modality or PACS sent (looked at when its study settles), or by a person, for whom the
// note is made and stored like any object, so that the reason travels with the archive. The note's objects and the note
// itself are hidden; what it names and has not come yet is hidden when it comes. A note reaches only its own study.
import { DicomError, parseDicom } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { recordAudit } from '../../audit/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getStudy, listInstances } from '../read-study.ts';
import { type StoreContext, storeInstance } from '../store-instance.ts';
import { finish } from './edit-studies.ts';
import type { EditAuthor, EditRow, Selection } from './edit-types.ts';
import {
  makeRejectionNote,
  type RejectionTitle,
  readRejectionNote,
  rejectionTitles,
} from './rejection-note.ts';
import * as repo from './repo.ts';

const noteLimitBytes = 32 * 1024 * 1024;

export async function rejectObjects(
  ctx: StoreContext & Pick<Context, 'clock'>,
  ask: { studyInstanceUid: string; selection: Selection; title: RejectionTitle },
  author: EditAuthor,
): Promise<EditRow> {
  const study = await getStudy(ctx.db, { studyInstanceUid: ask.studyInstanceUid });
  const chosen = await repo.selectInstancesOf(ctx.db, study.id, ask.selection);
  if (chosen.length === 0) throw new AppError('request.not_found');
  const objects = chosen.map((one) => ({
    sopInstanceUid: one.sop_instance_uid,
    sopClassUid: one.sop_class_uid,
    seriesInstanceUid: one.series_instance_uid,
  }));
  const note = makeRejectionNote(study, ask.title, objects, ctx.clock.now());
  const stored = await storeInstance(ctx, only(note.bytes), {
    kind: 'import',
    name: 'rejection',
    institutionId: study.institution_id,
    onConflict: 'refuse',
  });
  if (stored.outcome !== 'stored') throw new Error(`a rejection note was not stored: ${stored.outcome}`);
  const uids = objects.map((one) => one.sopInstanceUid);
  const edit = await reject(ctx, study.id, { ...note, title: ask.title, sopInstanceUids: uids }, author);
  return edit ?? required(await repo.selectEditOfNote(ctx.db, note.sopInstanceUid));
}

/** Notes among the objects of a settled study; each is applied once. Answers how many were new. */
export async function applyRejectionNotes(
  ctx: Pick<Context, 'db' | 'blobs'>,
  studyId: string,
): Promise<number> {
  let applied = 0;
  for (const instance of await listInstances(ctx.db, { studyId })) {
    if (instance.kind !== 'key-object') continue;
    const note = await readNote(ctx, instance);
    if (note === null) continue;
    const madeBy = instance.source.replace(/^dimse:/, 'node:');
    const author = { madeBy, reason: rejectionTitles[note.title] };
    const edit = await reject(
      ctx,
      instance.study_id,
      { ...note, sopInstanceUid: instance.sop_instance_uid },
      author,
    );
    if (edit === null) continue;
    applied += 1;
    await recordAudit(ctx.db, {
      event: 'study.rejected',
      actor: { kind: 'node', id: madeBy },
      objectType: 'study',
      objectId: instance.study_id,
      studyInstanceUid: instance.study_instance_uid,
      result: 'ok',
      resultCode: note.title,
      detail: { editId: edit.id, objects: note.sopInstanceUids.length },
    });
  }
  return applied;
}

/** A key object too large or too broken to be a note is none. */
async function readNote(ctx: Pick<Context, 'blobs'>, instance: PlacedInstance) {
  if (Number(instance.size_bytes) > noteLimitBytes) return null;
  const bytes = await ctx.blobs.readBytes(instance.blob_id, undefined, noteLimitBytes);
  try {
    return readRejectionNote(parseDicom(bytes).dataset);
  } catch (error) {
    if (error instanceof DicomError) return null;
    throw error;
  }
}

/** null: this note has been applied before, perhaps taken back since. */
function reject(
  ctx: Pick<Context, 'db'>,
  studyId: string,
  note: { title: RejectionTitle; sopInstanceUid: string; sopInstanceUids: readonly string[] },
  author: EditAuthor,
): Promise<EditRow | null> {
  return ctx.db.transaction().execute(async (tx) => {
    await repo.lockStudies(tx, [studyId]);
    if ((await repo.selectEditOfNote(tx, note.sopInstanceUid)) !== undefined) return null;
    const uids = [...note.sopInstanceUids, note.sopInstanceUid];
    const wanted = new Set(uids);
    const chosen = (await repo.selectInstancesOf(tx, studyId, {})).filter((one) =>
      wanted.has(one.sop_instance_uid),
    );
    const edit = await repo.insertEdit(tx, {
      kind: 'reject',
      studyId,
      otherStudyId: null,
      before: { instances: chosen.length },
      after: { instances: 0, title: note.title },
      noteSopInstanceUid: note.sopInstanceUid,
      ...author,
    });
    await repo.insertRejected(tx, edit.id, uids);
    await repo.hideInstances(
      tx,
      chosen.map((one) => one.id),
      { reason: 'rejected', editId: edit.id },
    );
    await finish(tx, [studyId]);
    return edit;
  });
}

function required(edit: EditRow | undefined): EditRow {
  if (edit === undefined) throw new AppError('request.not_found');
  return edit;
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
