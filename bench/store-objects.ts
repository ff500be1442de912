// CT-like objects for the store benchmark, made on the spot: 512 × 512 × 16 bit, explicit little endian, about 0.5 MB,
// with a head of usual size. No patient is in them. The pixels are noise of a few kinds, the same every time; UIDs are
// new for each call, so that nobody can answer "duplicate".
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDataset,
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  newUid,
  setValue,
} from '@yunying/dicom';

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
const usualSide = 512;
const kinds = 8;

export type StoreObjects = {
  folders: string[];
  studyInstanceUids: string[];
  instances: number;
  bytes: number;
};

/** One folder per study, so that each sender process has its own. */
export function writeStudies(
  folder: string,
  studies: number,
  slices: number,
  side = usualSide,
): StoreObjects {
  const folders: string[] = [];
  const studyInstanceUids: string[] = [];
  let bytes = 0;
  for (let study = 0; study < studies; study += 1) {
    const place = join(folder, `study-${study}`);
    mkdirSync(place, { recursive: true });
    const uids = { study: newUid(), series: newUid() };
    for (let slice = 0; slice < slices; slice += 1) {
      const file = Buffer.concat([ctHead(uids, study, slice, side), pixels(slice % kinds, side)]);
      writeFileSync(join(place, `${String(slice).padStart(4, '0')}.dcm`), file);
      bytes += file.length;
    }
    folders.push(place);
    studyInstanceUids.push(uids.study);
  }
  return { folders, studyInstanceUids, instances: studies * slices, bytes };
}

function ctHead(uids: { study: string; series: string }, study: number, slice: number, side: number): Buffer {
  const sopInstanceUid = newUid();
  const dataset = createDataset();
  const values: Record<string, string | number> = {
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
    SOPClassUID: ctImageStorage,
    SOPInstanceUID: sopInstanceUid,
    StudyDate: '20260302',
    SeriesDate: '20260302',
    StudyTime: '090000',
    AccessionNumber: `BENCH${study}`,
    Modality: 'CT',
    Manufacturer: 'BENCH SYNTHETIC',
    InstitutionName: '合成数据第一医院',
    StudyDescription: '胸部CT平扫',
    SeriesDescription: '肺窗 1.25mm',
    PatientName: 'Bench^Study=基准^测试',
    PatientID: `BENCH-${study}`,
    PatientBirthDate: '19700315',
    PatientSex: 'M',
    BodyPartExamined: 'CHEST',
    SliceThickness: '1.25',
    KVP: '120',
    ProtocolName: '胸部常规',
    ConvolutionKernel: 'B70f',
    PatientPosition: 'HFS',
    StudyInstanceUID: uids.study,
    SeriesInstanceUID: uids.series,
    StudyID: String(study),
    SeriesNumber: '2',
    InstanceNumber: String(slice + 1),
    ImagePositionPatient: `-180\\-180\\${(-400 + slice * 1.25).toFixed(2)}`,
    ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
    FrameOfReferenceUID: `${uids.study}.1`,
    SliceLocation: (-400 + slice * 1.25).toFixed(2),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: side,
    Columns: side,
    PixelSpacing: '0.703125\\0.703125',
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    WindowCenter: '-600\\40',
    WindowWidth: '1500\\400',
    RescaleIntercept: '-1024',
    RescaleSlope: '1',
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  const pixelHeader = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
  pixelHeader.writeUInt32LE(side * side * 2, 8);
  const meta = encodeFileMeta({
    sopClassUid: ctImageStorage,
    sopInstanceUid,
    transferSyntaxUid: explicitVrLittleEndian,
  });
  return Buffer.concat([meta, encodeDataset(dataset, explicitVrLittleEndian), pixelHeader]);
}

const made = new Map<string, Buffer>();

/** A body-like disc with noise; a linear congruential generator gives the same picture every time. */
function pixels(kind: number, side: number): Buffer {
  const known = made.get(`${kind} ${side}`);
  if (known !== undefined) return known;
  const picture = new Uint16Array(side * side);
  let state = 20_260_302 + kind;
  for (let at = 0; at < picture.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const x = (at % side) - side / 2;
    const y = Math.floor(at / side) - side / 2;
    picture[at] = x * x + y * y > side * side * 0.2 ? 0 : 1000 + ((state >>> 24) & 63) + kind * 10;
  }
  const bytes = Buffer.from(picture.buffer);
  made.set(`${kind} ${side}`, bytes);
  return bytes;
}
