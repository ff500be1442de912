// QIDO-RS searches (PS3.18 §10.6): which keys each level matches, and the attributes it answers (tables 10.6.3-3 to
// 10.6.3-5). Rights are the edge's matter.
import type { DicomJson, JsonElement, JsonValue } from '@yunying/dicom';
import type { Db } from '../../db/index.ts';
import { instancePath, jsonPersonName } from './instance-metadata.ts';
import * as repo from './repo-search.ts';
import { type AskedKey, type MatchKind, readSearch, type Search } from './search-keys.ts';

export type Found = { items: DicomJson[]; ignored: string[]; keys: string[] };

const studyKeys: Record<string, MatchKind> = {
  PatientName: 'name',
  PatientID: 'text',
  PatientBirthDate: 'date',
  PatientSex: 'text',
  AccessionNumber: 'text',
  StudyDate: 'date',
  StudyTime: 'date',
  StudyID: 'text',
  StudyDescription: 'text',
  ReferringPhysicianName: 'text',
  ModalitiesInStudy: 'text',
  StudyInstanceUID: 'uid',
};
const studyColumns = {
  PatientID: 'patient_id',
  PatientBirthDate: 'patient_birth_date',
  PatientSex: 'patient_sex',
  AccessionNumber: 'accession_number',
  StudyDate: 'study_date',
  StudyTime: 'study_time',
  StudyID: 'study_id',
  StudyDescription: 'study_description',
  ReferringPhysicianName: 'referring_physician_name',
  StudyInstanceUID: 'study_instance_uid',
} as const;
const seriesKeys: Record<string, MatchKind> = {
  Modality: 'text',
  SeriesInstanceUID: 'uid',
  SeriesNumber: 'text',
  SeriesDescription: 'text',
  SeriesDate: 'date',
  BodyPartExamined: 'text',
};
const seriesColumns = {
  Modality: 'modality',
  SeriesInstanceUID: 'series_instance_uid',
  SeriesNumber: 'series_number',
  SeriesDescription: 'series_description',
  SeriesDate: 'series_date',
  BodyPartExamined: 'body_part_examined',
} as const;
const instanceKeys: Record<string, MatchKind> = {
  SOPClassUID: 'uid',
  SOPInstanceUID: 'uid',
  InstanceNumber: 'text',
  ContentDate: 'date',
};
const instanceColumns = {
  SOPClassUID: 'sop_class_uid',
  SOPInstanceUID: 'sop_instance_uid',
  InstanceNumber: 'instance_number',
  ContentDate: 'content_date',
} as const;

export async function searchStudies(db: Db, query: unknown, base: string): Promise<Found> {
  const search = readSearch(query, studyKeys);
  const one = (keyword: string) => search.keys.find((key) => key.keyword === keyword)?.condition ?? null;
  const studies = await repo.selectFoundStudies(
    db,
    {
      columns: columnsOf(search.keys, studyColumns),
      patientName: one('PatientName'),
      modality: one('ModalitiesInStudy'),
    },
    search,
  );
  return found(
    search,
    studies.map((study) => studyJson(study, base)),
  );
}

export async function searchSeries(
  db: Db,
  studyId: string,
  query: unknown,
  study: { uid: string; base: string },
): Promise<Found> {
  const search = readSearch(query, seriesKeys);
  const rows = await repo.selectFoundSeries(db, studyId, columnsOf(search.keys, seriesColumns), search);
  return found(
    search,
    rows.map((row) => seriesJson(row, study)),
  );
}

export async function searchInstances(
  db: Db,
  of: { studyId: string; seriesInstanceUid?: string },
  query: unknown,
  base: string,
): Promise<Found> {
  const search = readSearch(query, instanceKeys);
  const rows = await repo.selectFoundInstances(db, of, columnsOf(search.keys, instanceColumns), search);
  return found(
    search,
    rows.map((row) => instanceJson(row, base)),
  );
}

function columnsOf<C extends string>(keys: readonly AskedKey[], columns: Readonly<Record<string, C>>) {
  return keys.flatMap(({ keyword, condition }) => {
    const column = columns[keyword];
    return column === undefined ? [] : [{ column, condition }];
  });
}

function found(search: Search, items: DicomJson[]): Found {
  return { items, ignored: search.ignored, keys: search.keys.map((key) => key.keyword) };
}

function studyJson(study: repo.FoundStudy, base: string): DicomJson {
  return {
    '00080005': of('CS', 'ISO_IR 192'),
    '00080020': of('DA', study.study_date),
    '00080030': of('TM', study.study_time),
    '00080050': of('SH', study.accession_number),
    '00080056': of('CS', 'ONLINE'),
    '00080061': of('CS', ...(study.found_modalities ?? '').split('\\')),
    '00080090': of(
      'PN',
      study.referring_physician_name === null ? null : jsonPersonName(study.referring_physician_name),
    ),
    '00081030': of('LO', study.study_description),
    '00081190': of('UR', `${base}/dicom-web/studies/${study.study_instance_uid}`),
    '00100010': of('PN', jsonPersonName(study.patient_name_dicom)),
    '00100020': of('LO', study.patient_id === '-' ? null : study.patient_id),
    '00100021': of('LO', study.issuer_of_patient_id),
    '00100030': of('DA', study.patient_birth_date),
    '00100040': of('CS', study.patient_sex),
    '0020000D': of('UI', study.study_instance_uid),
    '00200010': of('SH', study.study_id),
    '00201206': of('IS', study.found_series),
    '00201208': of('IS', study.found_instances),
  };
}

function seriesJson(series: repo.FoundSeries, study: { uid: string; base: string }): DicomJson {
  return {
    '00080005': of('CS', 'ISO_IR 192'),
    '00080021': of('DA', series.series_date),
    '00080031': of('TM', series.series_time),
    '00080056': of('CS', 'ONLINE'),
    '00080060': of('CS', series.modality),
    '0008103E': of('LO', series.series_description),
    '00081190': of('UR', `${study.base}/dicom-web/studies/${study.uid}/series/${series.series_instance_uid}`),
    '00180015': of('CS', series.body_part_examined),
    '0020000D': of('UI', study.uid),
    '0020000E': of('UI', series.series_instance_uid),
    '00200011': of('IS', series.series_number),
    '00201209': of('IS', series.found_instances),
  };
}

type FoundInstance = Awaited<ReturnType<typeof repo.selectFoundInstances>>[number];

function instanceJson(instance: FoundInstance, base: string): DicomJson {
  return {
    '00080005': of('CS', 'ISO_IR 192'),
    '00080016': of('UI', instance.sop_class_uid),
    '00080018': of('UI', instance.sop_instance_uid),
    '00080056': of('CS', 'ONLINE'),
    '00080060': of('CS', instance.modality),
    '00081190': of('UR', `${base}${instancePath(instance)}`),
    '00083002': of('UI', instance.transfer_syntax_uid),
    '0020000D': of('UI', instance.study_instance_uid),
    '0020000E': of('UI', instance.series_instance_uid),
    '00200013': of('IS', instance.instance_number),
    '00280008': of('IS', instance.number_of_frames > 1 ? instance.number_of_frames : null),
    '00280010': of('US', instance.rows),
    '00280011': of('US', instance.columns),
    '00280101': of('US', instance.bits_stored),
  };
}

/** Attributes that are asked for and not known are there without a value (PS3.18 §10.6.3.3). */
function of(vr: string, ...values: (JsonValue | null)[]): JsonElement {
  const known = values.filter((value) => value !== null && value !== '');
  return known.length === 0 ? { vr } : { vr, Value: known };
}
