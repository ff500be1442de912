// Which attributes may be edited at which level, what a value may look like (PS3.5 §6.2), and how the columns of the
// rows follow. Columns are read from a data set made of the edited values, by the very reader that reads arrivals.
import { createDataset, setCharset, setValue } from '@yunying/dicom';
import type { Updateable } from 'kysely';
import type { Schema } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import type { SeriesRow, StudyRow } from '../archive-types.ts';
import { readInstanceHead, searchText } from '../instance-head.ts';
import type { Attributes } from './edit-types.ts';

const date = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;
const time = /^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/;
const line = (most: number) => new RegExp(`^[^\\\\\\p{Cc}]{1,${most}}$`, 'u');

export const patientForms: Readonly<Record<string, RegExp>> = {
  PatientName: line(192),
  PatientID: line(64),
  IssuerOfPatientID: line(64),
  PatientSex: /^[MFO]$/,
  PatientBirthDate: date,
};
export const studyForms: Readonly<Record<string, RegExp>> = {
  ...patientForms,
  AccessionNumber: line(16),
  StudyID: line(16),
  StudyDate: date,
  StudyTime: time,
  StudyDescription: line(64),
  ReferringPhysicianName: line(128),
};
export const seriesForms: Readonly<Record<string, RegExp>> = {
  SeriesNumber: /^-?\d{1,9}$/,
  SeriesDescription: line(64),
  BodyPartExamined: /^[A-Z0-9_ ]{1,16}$/,
  Laterality: /^[LR]$/,
  ProtocolName: line(64),
};

/** Throws edit.bad_value naming the attribute, never the value. */
export function requireForms(attributes: Attributes, forms: Readonly<Record<string, RegExp>>): void {
  for (const [keyword, value] of Object.entries(attributes)) {
    const form = forms[keyword];
    if (form === undefined || (value !== null && !form.test(value)))
      throw new AppError('archive.edit_bad_value', { attribute: keyword });
  }
}

/** What the study row says of its objects, as an edit would write it. '' empties an attribute that has to be there. */
export function attributesOfStudy(row: StudyRow): Attributes {
  return {
    PatientName: row.patient_name_dicom,
    PatientID: row.patient_id === '-' ? '' : row.patient_id,
    IssuerOfPatientID: row.issuer_of_patient_id,
    PatientSex: row.patient_sex ?? '',
    PatientBirthDate: row.patient_birth_date ?? '',
    AccessionNumber: row.accession_number ?? '',
    StudyID: row.study_id ?? '',
    StudyDate: row.study_date ?? '',
    StudyTime: row.study_time ?? '',
    StudyDescription: row.study_description,
    ReferringPhysicianName: row.referring_physician_name ?? '',
  };
}

export function attributesOfSeries(row: SeriesRow): Attributes {
  return {
    SeriesNumber: row.series_number === null ? null : String(row.series_number),
    SeriesDescription: row.series_description,
    BodyPartExamined: row.body_part_examined,
    Laterality: row.laterality,
    ProtocolName: row.protocol_name,
  };
}

/** The columns that follow these attributes, and no others. */
export function studyColumns(attributes: Attributes): Updateable<Schema['study']> {
  const { patient, study } = headOf(attributes);
  const of: Record<string, Updateable<Schema['study']>> = {
    PatientName: {
      patient_name: patient.name,
      patient_name_dicom: patient.nameDicom,
      patient_name_search: searchText(patient.name, patient.nameDicom),
    },
    PatientID: { patient_id: patient.patientId ?? '-' },
    IssuerOfPatientID: { issuer_of_patient_id: patient.issuerOfPatientId },
    PatientSex: { patient_sex: patient.sex },
    PatientBirthDate: { patient_birth_date: patient.birthDate },
    AccessionNumber: { accession_number: study.accessionNumber },
    StudyID: { study_id: study.studyId },
    StudyDate: { study_date: study.date },
    StudyTime: { study_time: study.time },
    StudyDescription: { study_description: study.description },
    ReferringPhysicianName: { referring_physician_name: study.referringPhysicianName },
  };
  return Object.assign({}, ...Object.keys(attributes).map((keyword) => of[keyword]));
}

export function seriesColumns(attributes: Attributes): Updateable<Schema['series']> {
  const { series } = headOf(attributes);
  const of: Record<string, Updateable<Schema['series']>> = {
    SeriesNumber: { series_number: series.number },
    SeriesDescription: { series_description: series.description },
    BodyPartExamined: { body_part_examined: series.bodyPartExamined },
    Laterality: { laterality: series.laterality },
    ProtocolName: { protocol_name: series.protocolName },
  };
  return Object.assign({}, ...Object.keys(attributes).map((keyword) => of[keyword]));
}

const rawData = '1.2.840.10008.5.1.4.1.1.66';

function headOf(attributes: Attributes) {
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  const identity = {
    SOPClassUID: rawData,
    SOPInstanceUID: '1',
    StudyInstanceUID: '1',
    SeriesInstanceUID: '1',
  };
  for (const [keyword, value] of Object.entries({ ...attributes, ...identity })) {
    if (value !== null) setValue(dataset, keyword, value);
  }
  return readInstanceHead(dataset, '1.2.840.10008.1.2.1');
}
