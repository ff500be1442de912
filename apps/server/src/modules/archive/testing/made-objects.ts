// Objects with made pictures for tests that need a certain kind of cell. Not part of the product.
import {
  createDataset,
  type Dataset,
  encodeDataset,
  explicitVrLittleEndian,
  getString,
  newUid,
  setValue,
  writePart10,
} from '@yunying/dicom';
import { storeInstance } from '../store-instance.ts';
import { type Rig, splitPart10 } from './rig.ts';

export const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

export type Made = {
  rows?: number;
  columns?: number;
  bits?: 8 | 12 | 16;
  modality?: string;
  frames?: number;
  studyInstanceUid?: string;
  seriesInstanceUid?: string;
  /** Last, so that it may change anything. */
  change?: (dataset: Dataset) => void;
};

/** Waves over most of the range. */
export function waves(rows: number, columns: number, bits: number, frames = 1): Uint16Array<ArrayBuffer> {
  return Uint16Array.from({ length: rows * columns * frames }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    return Math.floor(2 ** bits * (0.5 + 0.4 * Math.sin(x / 25) * Math.cos(y / 19)));
  });
}

/** A Part 10 file of a grey picture. */
export function madeObject(made: Made = {}): Buffer {
  const { rows = 64, columns = 96, bits = 12, frames = 1 } = made;
  const dataset = createDataset();
  const words = waves(rows, columns, bits, frames);
  const pixels = bits === 8 ? Uint8Array.from(words) : new Uint8Array(words.buffer);
  const values: [string, string | number | string[]][] = [
    ['ImageType', ['ORIGINAL', 'PRIMARY', 'AXIAL']],
    ['SOPClassUID', secondaryCapture],
    ['SOPInstanceUID', newUid()],
    ['Modality', made.modality ?? 'OT'],
    ['PatientID', 'T1'],
    ['StudyInstanceUID', made.studyInstanceUid ?? newUid()],
    ['SeriesInstanceUID', made.seriesInstanceUid ?? newUid()],
    ['SamplesPerPixel', 1],
    ['PhotometricInterpretation', 'MONOCHROME2'],
    ...(frames > 1 ? [['NumberOfFrames', frames] as [string, number]] : []),
    ['Rows', rows],
    ['Columns', columns],
    ['BitsAllocated', bits === 8 ? 8 : 16],
    ['BitsStored', bits],
    ['HighBit', bits - 1],
    ['PixelRepresentation', 0],
  ];
  for (const [keyword, value] of values) setValue(dataset, keyword, value);
  setValue(dataset, '7FE00010', pixels, bits === 8 ? 'OB' : 'OW');
  made.change?.(dataset);
  const about = {
    sopClassUid: secondaryCapture,
    sopInstanceUid: getString(dataset, 'SOPInstanceUID') ?? '',
    transferSyntaxUid: explicitVrLittleEndian,
  };
  return Buffer.from(writePart10(about, encodeDataset(dataset, explicitVrLittleEndian)));
}

/** Stores it as a modality would; answers the outcome and where it belongs. */
export async function storeMade(rig: Rig, file: Uint8Array) {
  const object = splitPart10(file);
  const body = async function* () {
    yield object.dataset;
  };
  const source = {
    kind: 'dimse',
    name: 'TEST',
    institutionId: null,
    onConflict: 'refuse',
    charset: null,
  } as const;
  const outcome = await storeInstance(rig.ctx, body(), source, object);
  return { ...object, outcome: outcome.outcome };
}
