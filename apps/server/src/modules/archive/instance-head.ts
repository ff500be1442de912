// What the archive remembers of an object beside its bytes: the columns of study, series and instance, read from
// the parsed data set (PS3.3 C.7). Values are kept as received but trimmed and cut to a sane length; what is not
// there is null. Text is decoded with the declared or, where that lies, the detected character set.
import {
  type Dataset,
  getNumber,
  getPersonName,
  getString,
  hasElement,
  mediaStorageDirectoryUid,
  sopClass,
  transferSyntax,
} from '@yunying/dicom';
import { nameKeys, namePinyin } from '../mpi/index.ts';
import { Rejection } from './rejection.ts';

export type InstanceHead = {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  patient: {
    patientId: string | null;
    issuerOfPatientId: string | null;
    /** As people write it: 韦小妹, Buc Jérôme. */
    name: string;
    nameDicom: string;
    sex: string | null;
    birthDate: string | null;
  };
  study: {
    accessionNumber: string | null;
    studyId: string | null;
    date: string | null;
    time: string | null;
    description: string | null;
    referringPhysicianName: string | null;
    institutionName: string | null;
  };
  series: {
    modality: string | null;
    number: number | null;
    description: string | null;
    bodyPartExamined: string | null;
    laterality: string | null;
    date: string | null;
    time: string | null;
    protocolName: string | null;
    manufacturer: string | null;
    stationName: string | null;
    frameOfReferenceUid: string | null;
  };
  instance: {
    number: number | null;
    kind: string;
    numberOfFrames: number;
    rows: number | null;
    columns: number | null;
    samplesPerPixel: number;
    bitsAllocated: number;
    bitsStored: number | null;
    photometricInterpretation: string | null;
    imagePosition: string | null;
    imageOrientation: string | null;
    sliceLocation: string | null;
    contentDate: string | null;
    contentTime: string | null;
  };
};

const uidForm = /^[0-9]+(\.[0-9]+)*$/;
const colorPaletteStorage = '1.2.840.10008.5.1.4.39.1';
const pixelTags = ['7FE00010', '7FE00008', '7FE00009'];

/** Throws a Rejection when the object cannot have a place in the archive. */
export function readInstanceHead(dataset: Dataset, transferSyntaxUid: string): InstanceHead {
  const sopClassUid = uid(dataset, 'SOPClassUID') ?? '';
  if (sopClassUid === mediaStorageDirectoryUid || hasElement(dataset, '00041220'))
    throw new Rejection('dicomdir');
  requireStorageClass(sopClassUid);
  const missing = ['SOPClassUID', 'SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID'].filter(
    (keyword) => uid(dataset, keyword) === null,
  );
  if (missing.length > 0) {
    throw sopClassUid === colorPaletteStorage
      ? new Rejection('color-palette')
      : new Rejection('missing-uid', missing.join(', '));
  }
  return {
    studyInstanceUid: requireUid(dataset, 'StudyInstanceUID'),
    seriesInstanceUid: requireUid(dataset, 'SeriesInstanceUID'),
    sopInstanceUid: requireUid(dataset, 'SOPInstanceUID'),
    sopClassUid: requireUid(dataset, 'SOPClassUID'),
    transferSyntaxUid,
    patient: readPatient(dataset),
    study: {
      accessionNumber: text(dataset, 'AccessionNumber', 64),
      studyId: text(dataset, 'StudyID', 64),
      date:
        text(dataset, 'StudyDate', 16) ?? text(dataset, 'SeriesDate', 16) ?? text(dataset, 'ContentDate', 16),
      time: text(dataset, 'StudyTime', 32),
      description: text(dataset, 'StudyDescription', 256),
      referringPhysicianName: personName(dataset, 'ReferringPhysicianName').written,
      institutionName: text(dataset, 'InstitutionName', 128),
    },
    series: readSeries(dataset),
    instance: readInstance(dataset, sopClassUid, transferSyntaxUid),
  };
}

/** The table of the standard, and private classes by rule: anything not under the standard's root may be stored. */
function requireStorageClass(sopClassUid: string): void {
  if (sopClassUid === '' || sopClass(sopClassUid) !== undefined) return;
  const isStandard = sopClassUid.startsWith('1.2.840.10008.');
  if (isStandard && !sopClassUid.startsWith('1.2.840.10008.5.1.4.1.1.')) throw new Rejection('not-storage');
}

function readPatient(dataset: Dataset): InstanceHead['patient'] {
  const name = personName(dataset, 'PatientName');
  return {
    patientId: text(dataset, 'PatientID', 64),
    issuerOfPatientId: text(dataset, 'IssuerOfPatientID', 64),
    name: name.written ?? '',
    nameDicom: name.asReceived,
    sex: text(dataset, 'PatientSex', 16),
    birthDate: text(dataset, 'PatientBirthDate', 16),
  };
}

function readSeries(dataset: Dataset): InstanceHead['series'] {
  return {
    modality: text(dataset, 'Modality', 16),
    number: integer(dataset, 'SeriesNumber'),
    description: text(dataset, 'SeriesDescription', 256),
    bodyPartExamined: text(dataset, 'BodyPartExamined', 64),
    laterality: text(dataset, 'Laterality', 16),
    date: text(dataset, 'SeriesDate', 16),
    time: text(dataset, 'SeriesTime', 32),
    protocolName: text(dataset, 'ProtocolName', 256),
    manufacturer: text(dataset, 'Manufacturer', 128),
    stationName: text(dataset, 'StationName', 64),
    frameOfReferenceUid: text(dataset, 'FrameOfReferenceUID', 64),
  };
}

function readInstance(
  dataset: Dataset,
  sopClassUid: string,
  transferSyntaxUid: string,
): InstanceHead['instance'] {
  const hasPixels = pixelTags.some((tag) => hasElement(dataset, tag));
  const announced = integer(dataset, 'NumberOfFrames');
  return {
    number: integer(dataset, 'InstanceNumber'),
    kind: kindOf(sopClassUid, transferSyntaxUid, hasPixels),
    numberOfFrames: hasPixels ? Math.max(1, announced ?? 1) : 0,
    rows: integer(dataset, 'Rows'),
    columns: integer(dataset, 'Columns'),
    samplesPerPixel: integer(dataset, 'SamplesPerPixel') ?? 1,
    bitsAllocated: integer(dataset, 'BitsAllocated') ?? 16,
    bitsStored: integer(dataset, 'BitsStored'),
    photometricInterpretation: text(dataset, 'PhotometricInterpretation', 32),
    imagePosition: text(dataset, 'ImagePositionPatient', 128),
    imageOrientation: text(dataset, 'ImageOrientationPatient', 256),
    sliceLocation: text(dataset, 'SliceLocation', 32),
    contentDate: text(dataset, 'ContentDate', 16) ?? text(dataset, 'AcquisitionDate', 16),
    contentTime: text(dataset, 'ContentTime', 32) ?? text(dataset, 'AcquisitionTime', 32),
  };
}

const videoCodecs: ReadonlySet<string> = new Set(['mpeg2', 'mpeg4', 'hevc', 'smpte-2110']);

function kindOf(sopClassUid: string, transferSyntaxUid: string, hasPixels: boolean): string {
  const codec = transferSyntax(transferSyntaxUid)?.codec;
  if (hasPixels && codec !== undefined && videoCodecs.has(codec)) return 'video';
  const known = sopClass(sopClassUid)?.kind;
  // Video classes also hold motion JPEG, which is frames like any other multi-frame image.
  if (hasPixels && (known === undefined || known === 'video')) return 'image';
  return known ?? 'other';
}

function uid(dataset: Dataset, keyword: string): string | null {
  const value = text(dataset, keyword, 128);
  return value === null ? null : value.replace(/\s+/g, '');
}

function requireUid(dataset: Dataset, keyword: string): string {
  const value = uid(dataset, keyword) ?? '';
  if (value.length > 64 || !uidForm.test(value)) throw new Rejection('bad-uid', keyword);
  return value;
}

/** Trimmed, without control characters (PostgreSQL refuses NUL), cut; null when empty or unreadable. */
function text(dataset: Dataset, keyword: string, limit: number): string | null {
  return tidy(
    readable(() => getString(dataset, keyword)),
    limit,
  );
}

function tidy(value: string | null | undefined, limit: number): string | null {
  const clean = (value ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, limit);
  return clean === '' ? null : clean.replace(/[\ud800-\udbff]$/, '');
}

function integer(dataset: Dataset, keyword: string): number | null {
  const value = readable(() => getNumber(dataset, keyword));
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  const whole = Math.trunc(value);
  return Math.abs(whole) > 2_147_483_647 ? null : whole;
}

/** A single value that cannot be read does not stop the object from being stored. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function personName(dataset: Dataset, keyword: string): { written: string | null; asReceived: string } {
  const groups = readable(() => getPersonName(dataset, keyword));
  if (groups === null || groups === undefined) return { written: null, asReceived: '' };
  const alphabetic = tidy(groups.alphabetic, 200) ?? '';
  const ideographic = tidy(groups.ideographic, 200) ?? '';
  const phonetic = tidy(groups.phonetic, 200) ?? '';
  const asReceived = [alphabetic, ideographic, phonetic].join('=').replace(/=+$/, '');
  return { written: tidy(writtenName(ideographic !== '' ? ideographic : alphabetic), 128), asReceived };
}

const east = /[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]|[\ud840-\ud8ff][\udc00-\udfff]/;

/** 王^小东 is written 王小东; Buc^Jérôme is written Buc Jérôme. Prefix and suffix are left out. */
function writtenName(group: string): string {
  const [family = '', given = '', middle = ''] = group.split('^').map((part) => part.trim());
  return [family, given, middle].filter((part) => part !== '').join(east.test(group) ? '' : ' ');
}

/**
 * Every form the name may be asked by, in lower case, between bars: |王小东|wangxiaodong|wxd|wang xiaodong|.
 * Made once per study: pinyin costs more than the rest of the head.
 */
export function searchText(written: string, asReceived: string): string {
  const groups = asReceived.split('=').map(normalizeNamePattern);
  const forms = new Set(
    [
      normalizeNamePattern(written),
      ...groups,
      ...nameKeys(written),
      ...namePinyin(written).initials.split(' '),
    ].filter((form) => form !== ''),
  );
  return forms.size === 0 ? '' : `|${[...forms].join('|').slice(0, 2000)}|`;
}

/** WANG^Xiao Dong and "wang xiao dong" are the same question. */
export function normalizeNamePattern(name: string): string {
  const spaced = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\^\s|]+/g, ' ')
    .trim();
  return east.test(spaced) ? spaced.replace(/ /g, '') : spaced;
}
