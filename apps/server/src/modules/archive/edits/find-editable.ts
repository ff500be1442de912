// Studies as the console finds and shows them before an edit, and the history of edits. What is said of the patient is
// masked here; as it is only by revealStudy and revealEdit, which their routes audit.
import type { EditProgress, InstanceToEdit, StudyEdit, StudyFound, StudyToEdit } from '@yunying/api';
import type { Db } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { getAccountNames } from '../../accounts/index.ts';
import { maskIdentity, maskName } from '../../mpi/index.ts';
import type { StudyRow } from '../archive-types.ts';
import { getSeries, getStudy, listInstances, listSeries } from '../read-study.ts';
import { attributesOfSeries, attributesOfStudy } from './attributes.ts';
import type { Attributes } from './edit-types.ts';
import { maskAttributes } from './mask-attributes.ts';
import * as listing from './repo-console.ts';
import * as edits from './repo-edits.ts';

const mostHistory = 100;
const mostCounted = 1000;

type PageAsk = { limit: number; cursor: string | null };

/**
 * By Study Instance UID, Accession Number or Patient ID, exactly; without text the newest. What is hidden is found by
 * its history only.
 */
export async function findStudies(db: Db, text: string, { limit, cursor }: PageAsk) {
  const rows = await listing.selectStudiesBy(db, { text, beforeId: cursor, limit: limit + 1 });
  const count = await listing.countStudiesBy(db, text, mostCounted + 1);
  const items = rows.slice(0, limit);
  return {
    items: items.map(toFound),
    nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
    total: Math.min(count, mostCounted),
    totalIsFloor: count > mostCounted,
  };
}

export async function getEditable(db: Db, studyInstanceUid: string): Promise<StudyToEdit> {
  const study = await getStudy(db, { studyInstanceUid });
  const series = await listSeries(db, study.id);
  const history = await edits.selectEdits(db, { studyId: study.id, limit: mostHistory });
  return {
    ...toFound(study),
    attributes: maskAttributes(attributesOfStudy(study)),
    series: series.map((one) => ({
      seriesInstanceUid: one.series_instance_uid,
      modality: one.modality,
      instanceCount: one.instance_count,
      attributes: attributesOfSeries(one),
      thumbnailUrl: pictureUrl(studyInstanceUid, one.series_instance_uid),
    })),
    history: await toStudyEdits(db, history),
  };
}

export async function listEditableInstances(
  db: Db,
  at: { studyInstanceUid: string; seriesInstanceUid: string },
): Promise<InstanceToEdit[]> {
  const study = await getStudy(db, at);
  const series = await getSeries(db, study.id, at.seriesInstanceUid);
  const instances = await listInstances(db, { studyId: study.id, seriesId: series.id });
  return instances.map((one) => ({
    id: one.id,
    sopInstanceUid: one.sop_instance_uid,
    instanceNumber: one.instance_number,
    kind: one.kind,
    frameCount: one.number_of_frames,
    thumbnailUrl: pictureUrl(at.studyInstanceUid, at.seriesInstanceUid, one.sop_instance_uid),
  }));
}

export async function revealStudy(db: Db, studyInstanceUid: string): Promise<{ attributes: Attributes }> {
  return { attributes: attributesOfStudy(await getStudy(db, { studyInstanceUid })) };
}

export async function revealEdit(db: Db, id: string): Promise<StudyEdit> {
  const [row] = await edits.selectEdits(db, { id, limit: 1 });
  const [edit] = await toStudyEdits(db, row === undefined ? [] : [row], (all) => all);
  if (edit === undefined) throw new AppError('request.not_found');
  return edit;
}

export async function listEdits(db: Db, { limit, cursor }: PageAsk) {
  const rows = await edits.selectEdits(db, { limit: limit + 1, beforeId: cursor });
  const items = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
  return { items: await toStudyEdits(db, items), nextCursor, total: await listing.countEdits(db) };
}

/** How far the archive has followed an edit: counted, linked and announced again. */
export async function getEditProgress(db: Db, id: string): Promise<EditProgress> {
  const [row] = await edits.selectEdits(db, { id, limit: 1 });
  const [edit] = await toStudyEdits(db, row === undefined ? [] : [row]);
  if (row === undefined || edit === undefined) throw new AppError('request.not_found');
  const ids = [row.study_id, ...(row.other_study_id === null ? [] : [row.other_study_id])];
  const studies = await Promise.all(ids.map((one) => getStudy(db, { id: one })));
  return {
    edit,
    done: studies.every((study) => study.settled_at !== null),
    studies: studies.map((study) => ({
      studyInstanceUid: study.study_instance_uid,
      settled: study.settled_at !== null,
      hidden: study.hidden_at !== null,
      instanceCount: study.instance_count,
      linkState: study.link_state,
      linkReason: study.link_reason,
    })),
  };
}

function toFound(study: StudyRow): StudyFound {
  return {
    id: study.id,
    studyInstanceUid: study.study_instance_uid,
    patientName: maskName(study.patient_name),
    patientId: study.patient_id === '-' ? '' : maskIdentity(study.patient_id),
    patientSex: study.patient_sex,
    accessionNumber: study.accession_number,
    studyDate: study.study_date,
    description: study.study_description,
    modalities: (study.modalities ?? '').split('\\').filter((one) => one !== ''),
    seriesCount: study.series_count,
    instanceCount: study.instance_count,
    linkState: study.link_state,
    linkReason: study.link_reason,
    settled: study.settled_at !== null,
    receivedAt: study.received_at.toISOString(),
  };
}

function pictureUrl(study: string, series: string, instance?: string): string {
  const of = `/api/study-edits/studies/${study}/series/${series}`;
  return instance === undefined ? `${of}/thumbnail` : `${of}/instances/${instance}/thumbnail`;
}

type EditWithUids = Awaited<ReturnType<typeof edits.selectEdits>>[number];

async function toStudyEdits(
  db: Db,
  rows: readonly EditWithUids[],
  show: (attributes: Attributes) => Attributes = maskAttributes,
): Promise<StudyEdit[]> {
  const staff = rows.flatMap((row) => [row.made_by, row.undone_by ?? '']).map(accountOf);
  const names = await getAccountNames(
    db,
    staff.filter((id) => id !== null),
  );
  const nameOf = (by: string) => names.get(accountOf(by) ?? '') ?? by;
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    studyInstanceUid: row.study_instance_uid,
    otherStudyInstanceUid: row.other_study_instance_uid,
    before: show(JSON.parse(row.before) as Attributes),
    after: show(JSON.parse(row.after) as Attributes),
    reason: row.reason,
    madeBy: row.made_by,
    madeByName: nameOf(row.made_by),
    madeAt: row.made_at.toISOString(),
    undoneBy: row.undone_by,
    undoneByName: row.undone_by === null ? null : nameOf(row.undone_by),
    undoneAt: row.undone_at?.toISOString() ?? null,
    superseded: row.superseded,
  }));
}

function accountOf(by: string): string | null {
  return /^staff:(\d{1,19})$/.exec(by)?.[1] ?? null;
}
