// The edits of studies, each one transaction: rows move or change, corrections for the way out are written, the edit is
// remembered with what stood there before, and the studies open again so that they settle anew (counts, link to the
// exam, news). Bytes are never touched. See docs/adr/0010-files-of-record.md.
import { newUid } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import type { StudyRow } from '../archive-types.ts';
import {
  attributesOfSeries,
  attributesOfStudy,
  patientForms,
  requireForms,
  seriesColumns,
  seriesForms,
  studyColumns,
  studyForms,
} from './attributes.ts';
import type { Attributes, EditAuthor, EditRow, Selection } from './edit-types.ts';
import { inEdit } from './in-edit.ts';
import { loadStudies, loadStudy } from './load-study.ts';
import * as repo from './repo.ts';
import * as edits from './repo-edits.ts';

type EditContext = Pick<Context, 'db'>;

type MergeAsk = { from: string; into: string };
type SplitAsk = { studyInstanceUid: string; selection: Selection };
type MoveAsk = { studyInstanceUid: string; patient: Attributes };
type AttributesAsk = { studyInstanceUid: string; seriesInstanceUid?: string; attributes: Attributes };

/** All series of `from` go to `into`; its UID stays known, and what arrives under it later follows. */
export function mergeStudies(ctx: EditContext, uids: MergeAsk, author: EditAuthor): Promise<EditRow> {
  return inEdit(ctx, (tx) => mergeIn(tx, uids, author));
}

/** The chosen series, or instances of them, become a study of their own with the same attributes. */
export function splitStudy(ctx: EditContext, ask: SplitAsk, author: EditAuthor): Promise<EditRow> {
  return inEdit(ctx, (tx) => splitIn(tx, ask, author));
}

/** The patient's attributes; which person and exam that means is found again by the rules of linking. */
export function moveStudy(ctx: EditContext, ask: MoveAsk, author: EditAuthor): Promise<EditRow> {
  return inEdit(ctx, (tx) => moveIn(tx, ask, author));
}

/** Attributes of the study and its patient, or of one series. */
export function editAttributes(ctx: EditContext, ask: AttributesAsk, author: EditAuthor): Promise<EditRow> {
  return inEdit(ctx, (tx) => editAttributesIn(tx, ask, author));
}

export async function mergeIn(tx: Tx, uids: MergeAsk, author: EditAuthor): Promise<EditRow> {
  if (uids.from === uids.into) throw new AppError('archive.edit_same_study');
  const [from, into] = await loadStudies(tx, [uids.from, uids.into]);
  if (from.institution_id !== into.institution_id) throw new AppError('archive.edit_other_institution');
  const series = await repo.selectSeriesRows(tx, from.id);
  const corrected = { StudyInstanceUID: into.study_instance_uid, ...attributesOfStudy(into) };
  const edit = await edits.insertEdit(tx, {
    kind: 'merge',
    studyId: from.id,
    otherStudyId: into.id,
    before: { StudyInstanceUID: from.study_instance_uid, ...attributesOfStudy(from) },
    after: corrected,
    ...author,
  });
  const seriesIds = series.map((one) => one.id);
  await takeOver(tx, edit, seriesIds, into.id, corrected);
  await repo.updateStudy(tx, from.id, { merged_into_id: into.id });
  await repo.hideRow(tx, 'study', from.id, { reason: 'merged', editId: edit.id });
  await finish(tx, [from.id, into.id]);
  return edit;
}

export async function splitIn(tx: Tx, ask: SplitAsk, author: EditAuthor): Promise<EditRow> {
  const study = await loadStudy(tx, ask.studyInstanceUid);
  const chosen = await requireInstances(tx, study.id, ask.selection);
  const all = await repo.selectInstancesOf(tx, study.id, {});
  if (chosen.length === all.length) throw new AppError('archive.edit_nothing_left');
  const fresh = await insertLikeStudy(tx, study);
  const corrected = { StudyInstanceUID: fresh.uid, ...attributesOfStudy(study) };
  const byWhole = ask.selection.sopInstanceUids === undefined;
  const edit = await edits.insertEdit(tx, {
    kind: 'split',
    studyId: study.id,
    otherStudyId: fresh.id,
    before: { StudyInstanceUID: study.study_instance_uid, instances: chosen.length },
    after: { StudyInstanceUID: fresh.uid, instances: chosen.length },
    ...author,
  });
  const seriesIds = [...new Set(chosen.map((one) => one.series_id))];
  if (byWhole) await takeOver(tx, edit, seriesIds, fresh.id, corrected);
  else await takeInstances(tx, edit, { from: study.id, to: fresh.id, chosen, corrected });
  await finish(tx, [study.id, fresh.id]);
  return edit;
}

export async function moveIn(tx: Tx, ask: MoveAsk, author: EditAuthor): Promise<EditRow> {
  requireForms(ask.patient, patientForms);
  if (!ask.patient.PatientID) throw new AppError('archive.edit_bad_value', { attribute: 'PatientID' });
  const patient = { IssuerOfPatientID: null, PatientSex: '', PatientBirthDate: '', ...ask.patient };
  return changeStudy(tx, 'move-patient', ask.studyInstanceUid, patient, author);
}

export async function editAttributesIn(tx: Tx, ask: AttributesAsk, author: EditAuthor): Promise<EditRow> {
  const { studyInstanceUid, seriesInstanceUid, attributes } = ask;
  requireForms(attributes, seriesInstanceUid === undefined ? studyForms : seriesForms);
  if (seriesInstanceUid === undefined)
    return changeStudy(tx, 'attributes', studyInstanceUid, attributes, author);
  const study = await loadStudy(tx, studyInstanceUid);
  const series = (await repo.selectSeriesRows(tx, study.id)).find(
    (one) => one.series_instance_uid === seriesInstanceUid && one.hidden_at === null,
  );
  if (series === undefined) throw new AppError('request.not_found');
  const { before, after } = difference(attributesOfSeries(series), attributes);
  const edit = await edits.insertEdit(tx, {
    kind: 'attributes',
    studyId: study.id,
    otherStudyId: null,
    before: { ...before, SeriesInstanceUID: seriesInstanceUid },
    after: { ...after, SeriesInstanceUID: seriesInstanceUid },
    ...author,
  });
  await edits.insertCorrection(tx, edit.id, { series_id: series.id }, after);
  await repo.updateSeries(tx, series.id, seriesColumns(after));
  await finish(tx, [study.id]);
  return edit;
}

async function changeStudy(
  tx: Tx,
  kind: 'move-patient' | 'attributes',
  studyInstanceUid: string,
  attributes: Attributes,
  author: EditAuthor,
): Promise<EditRow> {
  const study = await loadStudy(tx, studyInstanceUid);
  const current = attributesOfStudy(study);
  const { before, after } = difference(current, keepPresent(attributes, current));
  const edit = await edits.insertEdit(tx, {
    kind,
    studyId: study.id,
    otherStudyId: null,
    before,
    after,
    ...author,
  });
  await edits.insertCorrection(tx, edit.id, { study_id: study.id }, after);
  await repo.updateStudy(tx, study.id, studyColumns(after));
  await finish(tx, [study.id]);
  return edit;
}

/** An attribute of type 2 is emptied, never taken away. */
function keepPresent(attributes: Attributes, current: Attributes): Attributes {
  const present = (keyword: string) => current[keyword] != null;
  return Object.fromEntries(
    Object.entries(attributes).map(([keyword, value]) => [keyword, value ?? (present(keyword) ? '' : null)]),
  );
}

/** Only what really changes. */
function difference(current: Attributes, wanted: Attributes): { before: Attributes; after: Attributes } {
  const before: Attributes = {};
  const after: Attributes = {};
  for (const [keyword, value] of Object.entries(wanted)) {
    if ((current[keyword] ?? '') === (value ?? '')) continue;
    before[keyword] = current[keyword] ?? null;
    after[keyword] = value;
  }
  if (Object.keys(after).length === 0) throw new AppError('archive.edit_nothing_changes');
  return { before, after };
}

/** Whole series with all that is in them, hidden instances too. */
export async function takeOver(
  tx: Tx,
  edit: Pick<EditRow, 'id'>,
  seriesIds: readonly string[],
  toStudyId: string,
  corrected: Attributes,
): Promise<void> {
  await repo.moveSeries(tx, seriesIds, toStudyId);
  for (const id of seriesIds) await edits.insertCorrection(tx, edit.id, { series_id: id }, corrected);
}

async function takeInstances(
  tx: Tx,
  edit: EditRow,
  move: {
    from: string;
    to: string;
    chosen: Awaited<ReturnType<typeof repo.selectInstancesOf>>;
    corrected: Attributes;
  },
): Promise<void> {
  const series = new Map((await repo.selectSeriesRows(tx, move.from)).map((row) => [row.id, row]));
  for (const [seriesId, instances] of Map.groupBy(move.chosen, (one) => one.series_id)) {
    const row = series.get(seriesId);
    if (row === undefined) throw new AppError('archive.edit_superseded');
    const uid = newUid();
    const copyId = await repo.insertSeriesCopy(tx, row, { studyId: move.to, uid });
    await edits.copyCorrections(tx, { from: seriesId, to: copyId });
    await edits.insertCorrection(
      tx,
      edit.id,
      { series_id: copyId },
      { ...move.corrected, SeriesInstanceUID: uid },
    );
    await repo.moveInstances(
      tx,
      { seriesId: copyId, studyId: move.to },
      instances.map((one) => one.id),
    );
    await edits.insertSplitSeries(tx, { editId: edit.id, seriesId: copyId, fromSeriesId: seriesId });
  }
}

async function insertLikeStudy(tx: Tx, study: StudyRow): Promise<{ id: string; uid: string }> {
  const uid = newUid();
  const id = await repo.insertStudy(tx, {
    study_instance_uid: uid,
    institution_id: study.institution_id,
    patient_id: study.patient_id,
    issuer_of_patient_id: study.issuer_of_patient_id,
    patient_name: study.patient_name,
    patient_name_dicom: study.patient_name_dicom,
    patient_name_search: study.patient_name_search,
    patient_sex: study.patient_sex,
    patient_birth_date: study.patient_birth_date,
    accession_number: study.accession_number,
    study_id: study.study_id,
    study_date: study.study_date,
    study_time: study.study_time,
    study_description: study.study_description,
    referring_physician_name: study.referring_physician_name,
  });
  return { id, uid };
}

/** The instances a selection means; one that names nothing is refused. */
export async function requireInstances(tx: Tx, studyId: string, selection: Selection) {
  const chosen = await repo.selectInstancesOf(tx, studyId, selection);
  if (chosen.length === 0) throw new AppError('request.not_found');
  return chosen;
}

/** At the end of every edit. */
export async function finish(tx: Tx, studyIds: readonly string[]): Promise<void> {
  for (const id of studyIds) await repo.hideEmpty(tx, id);
  await repo.reopenStudies(tx, studyIds);
}
