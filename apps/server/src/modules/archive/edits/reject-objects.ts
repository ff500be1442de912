// Rejection: by a note that a modality or PACS sent (looked at when its study settles), or by a person, for whom the
// note is made and stored like any object, so that the reason travels with the archive. The note's objects and the note
// itself are hidden; what it names and has not come yet is hidden when it comes. A note reaches only its own study.
import { DicomError, newUid, parseDicom } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { recordAudit } from '../../audit/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getStudy, listInstances } from '../read-study.ts';
import { type StoreContext, storeInstance } from '../store-instance.ts';
import { finish, requireInstances } from './edit-studies.ts';
import type { EditAuthor, EditRow, Selection } from './edit-types.ts';
import { inEdit } from './in-edit.ts';
import { loadStudy } from './load-study.ts';
import {
  makeRejectionNote,
  type RejectionTitle,
  readRejectionNote,
  rejectionTitles,
} from './rejection-note.ts';
import * as repo from './repo.ts';
import * as edits from './repo-edits.ts';

const noteLimitBytes = 32 * 1024 * 1024;

/** A note that names more becomes too large to be read back within the limits of a header. */
const mostInNote = 10_000;

type RejectAsk = { studyInstanceUid: string; selection: Selection; title: RejectionTitle };

/** The notes are stored first, like any object; a crash before the edit leaves them to be applied when the study settles. */
export async function rejectObjects(
  ctx: StoreContext & Pick<Context, 'clock'>,
  ask: RejectAsk,
  author: EditAuthor,
): Promise<EditRow> {
  const study = await getStudy(ctx.db, { studyInstanceUid: ask.studyInstanceUid });
  const chosen = await repo.selectInstancesOf(ctx.db, study.id, ask.selection);
  if (chosen.length === 0) throw new AppError('request.not_found');
  const notes: string[] = [];
  for (let at = 0; at < chosen.length; at += mostInNote) {
    const objects = chosen.slice(at, at + mostInNote).map((one) => ({
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
    notes.push(note.sopInstanceUid);
  }
  const [first = '', ...further] = notes;
  const uids = chosen.map((one) => one.sop_instance_uid);
  const note = { sopInstanceUid: first, further, title: ask.title, sopInstanceUids: uids };
  const edit = await inEdit(ctx, (tx) => reject(tx, study.id, note, author));
  return edit ?? required(await edits.selectEditOfNote(ctx.db, first));
}

/** The same without a note, for a look at what it would do. */
export async function rejectIn(tx: Tx, ask: RejectAsk, author: EditAuthor): Promise<EditRow> {
  const study = await loadStudy(tx, ask.studyInstanceUid);
  const chosen = await requireInstances(tx, study.id, ask.selection);
  const uids = chosen.map((one) => one.sop_instance_uid);
  const note = { sopInstanceUid: newUid(), further: [], title: ask.title, sopInstanceUids: uids };
  return required((await reject(tx, study.id, note, author)) ?? undefined);
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
    const asNamed = { ...note, sopInstanceUid: instance.sop_instance_uid };
    const edit = await inEdit(ctx, (tx) => reject(tx, instance.study_id, asNamed, author));
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

type AppliedNote = {
  title: RejectionTitle;
  sopInstanceUid: string;
  /** More notes of the same rejection. */
  further?: readonly string[];
  sopInstanceUids: readonly string[];
};

/** null: this note has been applied before, perhaps taken back since. */
async function reject(
  tx: Tx,
  studyId: string,
  note: AppliedNote,
  author: EditAuthor,
): Promise<EditRow | null> {
  await repo.lockStudies(tx, [studyId]);
  if ((await edits.selectEditOfNote(tx, note.sopInstanceUid)) !== undefined) return null;
  const { further = [] } = note;
  const uids = [...note.sopInstanceUids, note.sopInstanceUid, ...further];
  const wanted = new Set(uids);
  const chosen = (await repo.selectInstancesOf(tx, studyId, {})).filter((one) =>
    wanted.has(one.sop_instance_uid),
  );
  const edit = await edits.insertEdit(tx, {
    kind: 'reject',
    studyId,
    otherStudyId: null,
    before: { instances: note.sopInstanceUids.length },
    after: { instances: 0, title: note.title },
    noteSopInstanceUid: note.sopInstanceUid,
    ...author,
  });
  await edits.insertNotes(tx, edit.id, further);
  await edits.insertRejected(tx, edit.id, uids);
  await repo.hideInstances(
    tx,
    chosen.map((one) => one.id),
    { reason: 'rejected', editId: edit.id },
  );
  await finish(tx, [studyId]);
  return edit;
}

function required(edit: EditRow | undefined): EditRow {
  if (edit === undefined) throw new AppError('request.not_found');
  return edit;
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
