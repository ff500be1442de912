// What a query may ask for: every attribute that has a column or can be computed from columns, with its level and the
// way its values are compared (PS3.4 tables C.6-1 to C.6-5; PS3.18 tables 10.6.1-5, 10.6.3-3 to 10.6.3-5). Any other
// attribute of the dictionary is compared with, and read from, the stored objects (stored-match.ts).
import { keywordOf, toTag, vrOf } from '@yunying/dicom';
import type { MatchKind } from './conditions.ts';

export type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';
export const levels: readonly Level[] = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'];

export type Attribute = { tag: string; keyword: string; vr: string; level: Level; match: MatchKind | null };

const table: Record<Level, Record<string, MatchKind | null>> = {
  PATIENT: {
    PatientName: 'name',
    PatientID: 'id',
    IssuerOfPatientID: 'id',
    PatientBirthDate: 'date',
    PatientSex: 'code',
    NumberOfPatientRelatedStudies: null,
    NumberOfPatientRelatedSeries: null,
    NumberOfPatientRelatedInstances: null,
  },
  STUDY: {
    StudyInstanceUID: 'uid',
    StudyDate: 'date',
    StudyTime: 'time',
    AccessionNumber: 'id',
    StudyID: 'id',
    StudyDescription: 'text',
    ReferringPhysicianName: 'person',
    ModalitiesInStudy: 'code',
    SOPClassesInStudy: 'uid',
    NumberOfStudyRelatedSeries: null,
    NumberOfStudyRelatedInstances: null,
  },
  SERIES: {
    SeriesInstanceUID: 'uid',
    Modality: 'code',
    SeriesNumber: 'number',
    SeriesDescription: 'text',
    SeriesDate: 'date',
    SeriesTime: 'time',
    BodyPartExamined: 'code',
    Laterality: 'code',
    ProtocolName: 'text',
    Manufacturer: 'text',
    StationName: 'id',
    FrameOfReferenceUID: 'uid',
    NumberOfSeriesRelatedInstances: null,
  },
  IMAGE: {
    SOPInstanceUID: 'uid',
    SOPClassUID: 'uid',
    InstanceNumber: 'number',
    ContentDate: 'date',
    ContentTime: 'time',
    NumberOfFrames: 'number',
    Rows: 'number',
    Columns: 'number',
    BitsStored: 'number',
    PhotometricInterpretation: 'code',
    AvailableTransferSyntaxUID: 'uid',
  },
};

export const attributes: ReadonlyMap<string, Attribute> = new Map(
  levels.flatMap((level) =>
    Object.entries(table[level]).map(([keyword, match]): [string, Attribute] => {
      const tag = toTag(keyword);
      return [tag, { tag, keyword, vr: vrOf(tag), level, match }];
    }),
  ),
);

/** The unique key of each level. */
export const uniqueKey: Record<Level, string> = {
  PATIENT: toTag('PatientID'),
  STUDY: toTag('StudyInstanceUID'),
  SERIES: toTag('SeriesInstanceUID'),
  IMAGE: toTag('SOPInstanceUID'),
};

export function isAbove(level: Level, other: Level): boolean {
  return levels.indexOf(level) < levels.indexOf(other);
}

export function nameOfTag(tag: string): string {
  return keywordOf(tag) ?? tag;
}
