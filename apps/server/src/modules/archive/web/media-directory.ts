// The file-set that a study becomes on a medium (PS3.10 §8, PS3.11): names of files and the tree of directory records
// PATIENT, STUDY, SERIES and one per object (PS3.3 F.4, F.5). Pure: rows in, names and records out.
import { type DirectoryRecord, encodeDicomdir, sopClass } from '@yunying/dicom';
import type { PlacedInstance, SeriesRow, StudyRow } from '../archive-types.ts';

export type MediaFile = { instance: PlacedInstance; path: string[] };

/** IMAGES/S0000001/I0000001: 8 signs at most, in the order of series and instances. */
export function nameFiles(instances: readonly PlacedInstance[]): MediaFile[] {
  const counts = new Map<string, { series: number; files: number }>();
  return instances.map((instance) => {
    const count = counts.get(instance.series_id) ?? { series: counts.size + 1, files: 0 };
    count.files += 1;
    counts.set(instance.series_id, count);
    return { instance, path: ['IMAGES', numbered('S', count.series), numbered('I', count.files)] };
  });
}

function numbered(letter: string, number: number): string {
  return `${letter}${String(number).padStart(7, '0')}`;
}

export function makeDicomdir(
  study: StudyRow,
  series: readonly SeriesRow[],
  files: readonly MediaFile[],
): Uint8Array {
  const bySeries = Map.groupBy(files, (file) => file.instance.series_id);
  const seriesRecords = series.flatMap((row): DirectoryRecord[] => {
    const own = bySeries.get(row.id);
    return own === undefined ? [] : [seriesRecord(row, own)];
  });
  const studyRecord: DirectoryRecord = {
    type: 'STUDY',
    keys: {
      StudyDate: study.study_date ?? '',
      StudyTime: study.study_time ?? '',
      AccessionNumber: study.accession_number ?? '',
      StudyDescription: study.study_description ?? '',
      StudyInstanceUID: study.study_instance_uid,
      StudyID: study.study_id ?? '',
    },
    children: seriesRecords,
  };
  const patient: DirectoryRecord = {
    type: 'PATIENT',
    keys: {
      PatientName: study.patient_name_dicom === '' ? study.patient_name : study.patient_name_dicom,
      PatientID: study.patient_id,
      PatientBirthDate: study.patient_birth_date ?? '',
      PatientSex: study.patient_sex ?? '',
    },
    children: [studyRecord],
  };
  return encodeDicomdir('YUNYING', [patient]);
}

function seriesRecord(row: SeriesRow, files: readonly MediaFile[]): DirectoryRecord {
  return {
    type: 'SERIES',
    keys: {
      Modality: row.modality ?? 'OT',
      SeriesInstanceUID: row.series_instance_uid,
      SeriesNumber: String(row.series_number ?? 0),
      SeriesDescription: row.series_description ?? '',
    },
    children: files.map(({ instance, path }, index) => ({
      type: recordType(instance),
      keys: {
        InstanceNumber: String(instance.instance_number ?? index + 1),
        ...(instance.content_date === null ? {} : { ContentDate: instance.content_date }),
        ...(instance.content_time === null ? {} : { ContentTime: instance.content_time }),
      },
      file: {
        path,
        sopClassUid: instance.sop_class_uid,
        sopInstanceUid: instance.sop_instance_uid,
        transferSyntaxUid: instance.transfer_syntax_uid,
      },
    })),
  };
}

/** Directory Record Type by SOP class (PS3.3 table F.4-1); what has none of its own is an IMAGE or PRIVATE. */
function recordType(instance: PlacedInstance): string {
  const { kind, name } = sopClass(instance.sop_class_uid) ?? { kind: 'other', name: '' };
  switch (kind) {
    case 'sr':
      return 'SR DOCUMENT';
    case 'key-object':
      return 'KEY OBJECT DOC';
    case 'presentation':
      return 'PRESENTATION';
    case 'waveform':
      return 'WAVEFORM';
    case 'document':
      return 'ENCAP DOC';
    case 'registration':
      return 'REGISTRATION';
    case 'rt':
      return rtRecordType(name);
    case 'other':
      if (name.startsWith('RawData')) return 'RAW DATA';
      if (name.startsWith('MRSpectroscopy')) return 'SPECTROSCOPY';
      return instance.number_of_frames > 0 ? 'IMAGE' : 'RAW DATA';
    default:
      return 'IMAGE';
  }
}

function rtRecordType(name: string): string {
  if (name.startsWith('RTDose')) return 'RT DOSE';
  if (name.startsWith('RTStructure')) return 'RT STRUCTURE SET';
  if (name.includes('Record')) return 'RT TREAT RECORD';
  if (name.includes('Plan')) return 'RT PLAN';
  return 'IMAGE';
}
