// Reading what the archive holds, for edges and for the levels above. `get` throws request.not_found,
// `find` answers null or an empty list.
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type {
  InstanceRow,
  MediaState,
  PlacedInstance,
  SeriesRow,
  StudyMediaState,
  StudyRow,
} from './archive-types.ts';
import * as repo from './repo.ts';

export async function findStudy(db: Db | Tx, studyInstanceUid: string): Promise<StudyRow | null> {
  const row = await repo.selectStudyByUid(db, studyInstanceUid);
  return row === undefined || row.hidden_at !== null ? null : row;
}

/** By its UID what is hidden is not there; by its row id it is, for jobs that began before. */
export async function getStudy(
  db: Db | Tx,
  study: { id: string } | { studyInstanceUid: string },
): Promise<StudyRow> {
  if ('id' in study) {
    const row = await repo.selectStudyById(db, study.id);
    if (row === undefined) throw new AppError('request.not_found');
    return row;
  }
  const row = await findStudy(db, study.studyInstanceUid);
  if (row === null) throw new AppError('request.not_found');
  return row;
}

export function findStudiesOfExam(db: Db | Tx, examId: string): Promise<StudyRow[]> {
  return repo.selectStudiesOfExam(db, examId);
}

/** In order of Series Number, then of arrival. */
export function listSeries(db: Db | Tx, studyId: string): Promise<SeriesRow[]> {
  return repo.selectSeriesOfStudy(db, studyId);
}

export async function getSeries(db: Db | Tx, studyId: string, seriesInstanceUid: string): Promise<SeriesRow> {
  const row = await repo.selectSeriesByUid(db, studyId, seriesInstanceUid);
  if (row === undefined) throw new AppError('request.not_found');
  return row;
}

/** In order of Instance Number, then of UID. */
export function listInstances(
  db: Db | Tx,
  of: { studyId: string; seriesId?: string },
): Promise<PlacedInstance[]> {
  return repo.selectInstances(db, of);
}

export async function getInstance(
  db: Db | Tx,
  at: { studyInstanceUid: string; seriesInstanceUid?: string; sopInstanceUid: string },
): Promise<PlacedInstance> {
  const row = await repo.selectInstanceByUid(db, at.sopInstanceUid);
  const misplaced =
    row === undefined ||
    row.study_instance_uid !== at.studyInstanceUid ||
    (at.seriesInstanceUid !== undefined && row.series_instance_uid !== at.seriesInstanceUid);
  if (misplaced) throw new AppError('request.not_found');
  return row;
}

/** Where an instance is now; null while an edit hides it. */
export async function findPlace(
  db: Db | Tx,
  instanceId: string,
): Promise<Pick<PlacedInstance, 'study_instance_uid' | 'series_instance_uid'> | null> {
  return (await repo.selectPlace(db, instanceId)) ?? null;
}

export function listInstancesAwaitingMedia(db: Db | Tx, studyId: string): Promise<PlacedInstance[]> {
  return repo.selectInstancesAwaitingMedia(db, studyId);
}

/** The media module's verdict on one instance; `error` is a sentence without names. */
export function setInstanceMedia(
  db: Db | Tx,
  instanceId: InstanceRow['id'],
  state: MediaState,
  error: string | null = null,
): Promise<void> {
  return repo.updateInstanceMedia(db, instanceId, state, error);
}

export function setStudyMedia(db: Db | Tx, studyId: StudyRow['id'], state: StudyMediaState): Promise<void> {
  return repo.updateStudyMedia(db, studyId, state);
}
