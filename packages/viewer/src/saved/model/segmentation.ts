// Segmentations (PS3.3 A.51, C.8.20): binary, fractional and label maps; which frame holds which segment, and where it lies.
// Overlapping segments have frames of their own, so several may lie on one image.
import { binaryOf, itemsOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { cielabToRgb, colorAt, type Rgb } from './cielab.ts';
import { distanceTo, isParallel, type PatientPlane, patientPlane } from './patient-plane.ts';
import type { ImageRef } from './saved-types.ts';

export type Segment = { number: number; label: string; rgb: Rgb };
export type SegmentFrame = {
  index: number;
  /** null: a label map, whose pixels are segment numbers. */
  segment: number | null;
  plane: PatientPlane | null;
  sources: ImageRef[];
};
export type Segmentation = {
  type: 'binary' | 'fractional' | 'labelmap';
  rows: number;
  columns: number;
  frameCount: number;
  bitsAllocated: number;
  mostValue: number;
  frameOfReferenceUid: string | null;
  segments: Segment[];
  frames: SegmentFrame[];
  pixelUri: string | null;
};

const labelMapStorage = '1.2.840.10008.5.1.4.1.1.66.7';
const mostFrames = 20_000;
const mostPixels = 512 * 1024 ** 2;

export function readSegmentation(json: JsonItem): Segmentation | null {
  const rows = numberOf(json, '00280010') ?? 0;
  const columns = numberOf(json, '00280011') ?? 0;
  const frameCount = numberOf(json, '00280008') ?? 1;
  if (!(rows > 0 && columns > 0) || frameCount > mostFrames || rows * columns * frameCount > mostPixels)
    return null;
  const isLabelMap = textOf(json, '00080016') === labelMapStorage || textOf(json, '00620001') === 'LABELMAP';
  const type = isLabelMap ? 'labelmap' : textOf(json, '00620001') === 'FRACTIONAL' ? 'fractional' : 'binary';
  const pixels = binaryOf(json, '7FE00010');
  return {
    type,
    rows,
    columns,
    frameCount,
    bitsAllocated: numberOf(json, '00280100') ?? 1,
    mostValue: numberOf(json, '0062000E') ?? 255,
    frameOfReferenceUid: textOf(json, '00200052'),
    segments: readSegments(json),
    frames: readFrames(json, frameCount, isLabelMap),
    pixelUri: pixels?.kind === 'uri' ? pixels.uri : null,
  };
}

function readSegments(json: JsonItem): Segment[] {
  const segments: Segment[] = [];
  for (const item of itemsOf(json, '00620002')) {
    const number = numberOf(item, '00620004');
    if (number === null || number === 0) continue;
    const [type] = itemsOf(item, '0062000F');
    const label = textOf(item, '00620005') ?? (type === undefined ? null : textOf(type, '00080104'));
    const rgb = cielabToRgb(numbersOf(item, '0062000D')) ?? colorAt(segments.length);
    segments.push({ number, label: label ?? String(number), rgb });
  }
  return segments;
}

function readFrames(json: JsonItem, frameCount: number, isLabelMap: boolean): SegmentFrame[] {
  const shared = itemsOf(json, '52009229')[0];
  const perFrame = itemsOf(json, '52009230');
  const frames: SegmentFrame[] = [];
  for (let index = 0; index < frameCount; index += 1) {
    const own = perFrame[index];
    const group = (sequence: string): JsonItem | undefined =>
      [own, shared]
        .map((one) => (one === undefined ? undefined : itemsOf(one, sequence)[0]))
        .find((one) => one !== undefined);
    const identification = group('0062000A');
    const segment = identification === undefined ? null : numberOf(identification, '0062000B');
    if (!isLabelMap && segment === null) continue;
    const measures = group('00289110');
    const position = group('00209113');
    const orientation = group('00209116');
    const derivations = [own, shared].flatMap((one) => (one === undefined ? [] : itemsOf(one, '00089124')));
    frames.push({
      index,
      segment: isLabelMap ? null : segment,
      plane: patientPlane(
        position === undefined ? null : numbersOf(position, '00200032'),
        orientation === undefined ? null : numbersOf(orientation, '00200037'),
        measures === undefined ? null : numbersOf(measures, '00280030'),
      ),
      sources: derivations.flatMap((one) => itemsOf(one, '00082112')).flatMap(sourcesOf),
    });
  }
  return frames;
}

function sourcesOf(item: JsonItem): ImageRef[] {
  const sopInstanceUid = textOf(item, '00081155');
  if (sopInstanceUid === null) return [];
  return (numbersOf(item, '00081160') ?? [1]).map((frameNumber) => ({ sopInstanceUid, frameNumber }));
}

export type Target = ImageRef & {
  plane: PatientPlane | null;
  frameOfReferenceUid: string | null;
  rows: number;
  columns: number;
  /** Half the distance to the next slice, or what stands for it, mm. */
  reachMm: number;
};

/** The frames that lie on an image: by what they were made from, else by their place in the patient. */
export function framesOn(segmentation: Segmentation, target: Target): SegmentFrame[] {
  const named = segmentation.frames.filter((frame) => frame.sources.some((source) => isSame(source, target)));
  if (named.length > 0) return named.filter((frame) => canDraw(segmentation, frame, target));
  const { plane, frameOfReferenceUid } = target;
  if (plane === null || frameOfReferenceUid === null) return [];
  if (segmentation.frameOfReferenceUid !== frameOfReferenceUid) return [];
  return segmentation.frames.filter(
    (frame) =>
      frame.plane !== null &&
      isParallel(frame.plane, plane) &&
      Math.abs(distanceTo(plane, frame.plane.position)) < target.reachMm,
  );
}

function isSame(a: ImageRef, b: ImageRef): boolean {
  return a.sopInstanceUid === b.sopInstanceUid && a.frameNumber === b.frameNumber;
}

/** Both know their place in one patient, or the pixels are the image's pixels. */
function canDraw({ rows, columns }: Segmentation, frame: SegmentFrame, target: Target): boolean {
  if (frame.plane !== null && target.plane !== null) return isParallel(frame.plane, target.plane);
  return rows === target.rows && columns === target.columns;
}

/** One frame as coverage 0–255, or as segment numbers for a label map. */
export function framePixels(segmentation: Segmentation, bytes: Uint8Array, index: number): Uint16Array {
  const { rows, columns, frameCount, bitsAllocated, type, mostValue } = segmentation;
  const size = rows * columns;
  const pixels = new Uint16Array(size);
  if (bitsAllocated === 1 && bytes.length < size * frameCount) {
    // Frames follow each other bit by bit (C.7.6.3.1.1); a decoder gives each its own whole bytes.
    const isAligned =
      bytes.length >= frameCount * Math.ceil(size / 8) &&
      size % 8 !== 0 &&
      bytes.length > Math.ceil((size * frameCount) / 8) + 1;
    const start = isAligned ? index * Math.ceil(size / 8) * 8 : index * size;
    for (let at = 0; at < size; at += 1) {
      const bit = start + at;
      pixels[at] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? 255 : 0;
    }
    return pixels;
  }
  const wide = bitsAllocated === 16;
  for (let at = 0; at < size; at += 1) {
    const place = (index * size + at) * (wide ? 2 : 1);
    const value = wide ? (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8) : (bytes[place] ?? 0);
    if (type === 'labelmap') pixels[at] = value;
    else if (type === 'fractional') pixels[at] = Math.round((Math.min(value, mostValue) / mostValue) * 255);
    else pixels[at] = value === 0 ? 0 : 255;
  }
  return pixels;
}
