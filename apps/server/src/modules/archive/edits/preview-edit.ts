// What an edit would do, by doing it: the edit and the settling of its studies run in one transaction that is always
// rolled back, so that a preview can never say something else than the edit does. Nothing of it is kept: no row, no
// event, no job. Callers: the preview route.
import type { EditAsk, EditedExam, EditPreview, StudyStanding } from '@yunying/api';
import type { Context } from '../../../context.ts';
import type { Db, Tx } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { getExams } from '../../orders/index.ts';
import type { StudyRow } from '../archive-types.ts';
import { selectStudyById, selectStudyByUid } from '../repo.ts';
import { settleStudy } from '../settle-study.ts';
import { editAttributesIn, mergeIn, moveIn, splitIn } from './edit-studies.ts';
import type { Attributes, EditAuthor, EditRow, Selection } from './edit-types.ts';
import { hideIn } from './hide-objects.ts';
import { maskAttributes } from './mask-attributes.ts';
import { rejectIn } from './reject-objects.ts';
import * as listing from './repo-console.ts';
import * as edits from './repo-edits.ts';
import { undoIn } from './undo-edit.ts';

/** How many reports an exam has: reports are a level above the archive. */
export type CountReports = (db: Db, examId: string) => Promise<number>;

type Seen = { uid: string; isNew: boolean; before: StudyStanding | null; after: StudyStanding | null };
type Found = { edit: EditRow; objectCount: number; seen: Seen[] };

/** Thrown to roll back; carries what was found. */
class RolledBack extends Error {
  override readonly name = 'RolledBack';
  readonly found: Found;
  constructor(found: Found) {
    super('a preview is never committed');
    this.found = found;
  }
}

const author: EditAuthor = { madeBy: 'system', reason: 'preview' };

/** `revealed`: attributes of the patient as they are; the route audits it. */
export async function previewEdit(
  ctx: Pick<Context, 'db'>,
  ask: EditAsk,
  ports: { countReports: CountReports },
  revealed = false,
): Promise<EditPreview> {
  const { edit, objectCount, seen } = await tryOut(ctx, ask);
  const standing = async (of: StudyStanding | null): Promise<StudyStanding | null> => {
    if (of === null || of.exam === null) return of;
    return { ...of, exam: { ...of.exam, reportCount: await ports.countReports(ctx.db, of.exam.id) } };
  };
  const studies: EditPreview['studies'] = [];
  for (const { uid, isNew, before, after } of seen) {
    studies.push({
      studyInstanceUid: isNew ? null : uid,
      before: await standing(before),
      after: await standing(after),
    });
  }
  return {
    objectCount,
    changes: changesOf(edit, ask, revealed),
    studies,
  };
}

async function tryOut(ctx: Pick<Context, 'db'>, ask: EditAsk): Promise<Found> {
  try {
    return await ctx.db.transaction().execute(async (tx): Promise<Found> => {
      const before = await standingsBefore(tx, ask);
      const edit = await perform(tx, ask);
      const ids = [edit.study_id, ...(edit.other_study_id === null ? [] : [edit.other_study_id])];
      for (const id of ids) await settleStudy(tx, id, 0);
      const seen: Seen[] = [];
      for (const id of ids) {
        const study = await requireRow(tx, id);
        const uid = study.study_instance_uid;
        const isNew = !before.has(uid);
        seen.push({ uid, isNew, before: before.get(uid) ?? null, after: await standingOf(tx, study) });
      }
      throw new RolledBack({ edit, objectCount: await countObjects(tx, edit, seen), seen });
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.found;
    throw error;
  }
}

function perform(tx: Tx, ask: EditAsk): Promise<EditRow> {
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) throw new AppError('request.invalid', { way: ask.way });
    return value;
  };
  const { seriesInstanceUids, sopInstanceUids, seriesInstanceUid } = ask;
  const selection: Selection = {
    ...(seriesInstanceUids === undefined ? {} : { seriesInstanceUids }),
    ...(sopInstanceUids === undefined ? {} : { sopInstanceUids }),
  };
  const study = () => ({ studyInstanceUid: need(ask.studyInstanceUid) });
  switch (ask.way) {
    case 'merge':
      return mergeIn(tx, { from: need(ask.from), into: need(ask.into) }, author);
    case 'split':
      return splitIn(tx, { ...study(), selection }, author);
    case 'move':
      return moveIn(tx, { ...study(), patient: need(ask.patient) }, author);
    case 'attributes': {
      const of = seriesInstanceUid === undefined ? study() : { ...study(), seriesInstanceUid };
      return editAttributesIn(tx, { ...of, attributes: need(ask.attributes) }, author);
    }
    case 'reject':
      return rejectIn(tx, { ...study(), selection, title: need(ask.title) }, author);
    case 'hide':
      return hideIn(tx, { ...study(), selection }, author);
    case 'undo':
      return undoIn(tx, need(ask.editId), author.madeBy);
  }
}

async function standingsBefore(tx: Tx, ask: EditAsk): Promise<Map<string, StudyStanding | null>> {
  const uids = [ask.from, ask.into, ask.studyInstanceUid].filter((uid) => uid !== undefined);
  const rows: StudyRow[] = [];
  for (const uid of uids) {
    const row = await selectStudyByUid(tx, uid);
    if (row !== undefined) rows.push(row);
  }
  const edit = ask.editId === undefined ? undefined : await edits.selectEdit(tx, ask.editId);
  for (const id of [edit?.study_id, edit?.other_study_id]) {
    if (id != null) rows.push(await requireRow(tx, id));
  }
  const standings = new Map<string, StudyStanding | null>();
  for (const row of rows) standings.set(row.study_instance_uid, await standingOf(tx, row));
  return standings;
}

async function standingOf(tx: Tx, study: StudyRow): Promise<StudyStanding | null> {
  if (study.hidden_at !== null) return null;
  const { instances, series } = await listing.countVisible(tx, study.id);
  return {
    instanceCount: instances,
    seriesCount: series,
    linkState: study.link_state,
    linkReason: study.link_reason,
    exam: study.exam_id === null ? null : await examOf(tx, study.exam_id),
  };
}

async function examOf(tx: Tx, id: string): Promise<EditedExam | null> {
  const [exam] = await getExams(tx, [id]);
  if (exam === undefined) return null;
  const { examId, itemName, accessionNumber, origin, published } = exam;
  return { id: examId, itemName, accessionNumber, fromOrder: origin !== 'study', published, reportCount: 0 };
}

async function requireRow(tx: Tx, id: string): Promise<StudyRow> {
  const row = await selectStudyById(tx, id);
  if (row === undefined) throw new AppError('request.not_found');
  return row;
}

/** Objects that leave corrected, elsewhere, or not at all. */
async function countObjects(tx: Tx, edit: EditRow, seen: readonly Seen[]): Promise<number> {
  const before = JSON.parse(edit.before) as { instances?: number; SeriesInstanceUID?: string };
  if (before.instances !== undefined) return before.instances;
  const [study] = seen;
  const [was, is] = [study?.before?.instanceCount ?? 0, study?.after?.instanceCount ?? 0];
  if (edit.kind === 'merge') return Math.abs(was - is);
  if (before.SeriesInstanceUID === undefined) return is;
  return (await listing.countVisible(tx, edit.study_id, before.SeriesInstanceUID)).instances;
}

const notAttributes = [
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'instances',
  'level',
  'title',
  'seriesInstanceUids',
  'sopInstanceUids',
];

/** Attributes that differ. What the person wrote a moment ago is shown as it was written. */
function changesOf(edit: EditRow, ask: EditAsk, revealed: boolean): EditPreview['changes'] {
  const isUndo = ask.way === 'undo';
  const isOwn = ask.way === 'move' || ask.way === 'attributes';
  const [was, becomes] = (isUndo ? [edit.after, edit.before] : [edit.before, edit.after]).map(
    (text) => JSON.parse(text ?? '{}') as Attributes,
  );
  if (was === undefined || becomes === undefined) return [];
  const before = revealed ? was : maskAttributes(was);
  const after = revealed || isOwn ? becomes : maskAttributes(becomes);
  return Object.keys(becomes)
    .filter(
      (keyword) => !notAttributes.includes(keyword) && (was[keyword] ?? '') !== (becomes[keyword] ?? ''),
    )
    .map((keyword) => ({ keyword, before: before[keyword] ?? null, after: after[keyword] ?? null }));
}
