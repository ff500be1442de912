// Reads objects of the test corpus into frame bytes and PixelDescriptions with an independent parser, so that these
// tests do not depend on our own Part 10 reader. For tests and measurements only.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { DataSet, Element } from 'dicom-parser';
import dicomParser from 'dicom-parser';
import { nativeFrameRange } from '../native-frame.ts';
import type { LutTable, PaletteChannel, PixelDescription } from '../pixel-description.ts';
import type { SplitFrames } from '../split-frames.ts';
import { splitFrames } from '../split-frames.ts';

const root = resolve(import.meta.dirname, '../../../..');
export const corpusRoot = resolve(root, process.env.YUNYING_CORPUS ?? '../shared/corpus');
export const corpusAbsent = !existsSync(join(corpusRoot, 'MANIFEST.tsv'));

export type CorpusFrame = { bytes: Uint8Array; bitOffset: number };
export type CorpusObject = {
  description: PixelDescription;
  numberOfFrames: number;
  split?: SplitFrames;
  pixelAspect: number;
  frame(index: number): CorpusFrame;
};

/** Every DICOM file below `folder`, by path relative to the corpus, sorted. */
export function corpusFiles(folder: string): string[] {
  const found: string[] = [];
  const walk = (at: string) => {
    for (const name of readdirSync(join(corpusRoot, at))) {
      const path = join(at, name);
      if (statSync(join(corpusRoot, path)).isDirectory()) walk(path);
      else found.push(path);
    }
  };
  walk(folder);
  return found.sort();
}

export function parseCorpusFile(path: string): DataSet {
  return dicomParser.parseDicom(readFileSync(join(corpusRoot, path)), {
    inflater: (bytes: Uint8Array, position: number) =>
      Buffer.concat([bytes.subarray(0, position), inflateRawSync(bytes.subarray(position))]),
  });
}

/** undefined when the file has no pixel data (or is not DICOM). */
export function readCorpusObject(path: string): CorpusObject | undefined {
  let set: DataSet;
  try {
    set = parseCorpusFile(path);
  } catch {
    return undefined;
  }
  return readObject(set);
}

function readObject(set: DataSet): CorpusObject | undefined {
  const element = set.elements.x7fe00010;
  const float = set.elements.x7fe00008 ?? set.elements.x7fe00009;
  const rows = set.uint16('x00280010');
  if ((element ?? float) === undefined || rows === undefined) return undefined;
  const description = describe(set, float !== undefined);
  const numberOfFrames = set.intString('x00280008') ?? 1;
  const pixelAspect = aspect(set);
  if (element?.encapsulatedPixelData === true) {
    const split = splitElement(set, element, numberOfFrames);
    const frame = (index: number) => {
      const parts = (split.frames[index] ?? []).map((r) =>
        set.byteArray.subarray(r.offset, r.offset + r.length),
      );
      return { bytes: new Uint8Array(Buffer.concat(parts)), bitOffset: 0 };
    };
    return { description, numberOfFrames, split, pixelAspect, frame };
  }
  const frame = (index: number) => {
    const range = nativeFrameRange(description, index);
    const from = (element?.dataOffset ?? 0) + range.offset;
    const end = Math.min(from + range.length, (element?.dataOffset ?? 0) + (element?.length ?? 0));
    return { bytes: set.byteArray.subarray(from, end), bitOffset: range.bitOffset };
  };
  return { description, numberOfFrames, pixelAspect, frame };
}

function splitElement(set: DataSet, element: Element, numberOfFrames: number): SplitFrames {
  const fragments = (element.fragments ?? []).map((f) => ({ offset: f.position, length: f.length }));
  const extended = set.elements.x7fe00001 && set.elements.x7fe00002;
  return splitFrames({
    fragments,
    numberOfFrames,
    basicOffsetTable: element.basicOffsetTable ?? [],
    ...(extended
      ? { extendedOffsetTable: { offsets: u64(set, 'x7fe00001'), lengths: u64(set, 'x7fe00002') } }
      : {}),
    peek: (offset, length) => set.byteArray.subarray(offset, offset + length),
  });
}

function u64(set: DataSet, tag: string): number[] {
  const e = set.elements[tag];
  if (e === undefined) return [];
  const view = new DataView(set.byteArray.buffer, set.byteArray.byteOffset + e.dataOffset, e.length);
  return Array.from({ length: e.length >> 3 }, (_, i) => Number(view.getBigUint64(8 * i, true)));
}

function describe(set: DataSet, floatPixels: boolean): PixelDescription {
  const bitsAllocated = set.uint16('x00280100') ?? 0;
  const bitsStored = set.uint16('x00280101') ?? bitsAllocated;
  const signed = set.uint16('x00280103') === 1;
  const planar = set.uint16('x00280006');
  const slope = set.floatString('x00281053') ?? functional(set, 'x00289145')?.floatString('x00281053');
  const intercept = set.floatString('x00281052') ?? functional(set, 'x00289145')?.floatString('x00281052');
  const voi = functional(set, 'x00289132');
  const centre = floats(set, 'x00281050') ?? (voi && floats(voi, 'x00281050'));
  const width = floats(set, 'x00281051') ?? (voi && floats(voi, 'x00281051'));
  const padding = signed ? set.int16('x00280120') : set.uint16('x00280120');
  const voiLut = set.elements.x00283010?.items?.[0]?.dataSet;
  const modalityLut = set.elements.x00283000?.items?.[0]?.dataSet;
  const palette = readPalette(set, signed);
  return {
    transferSyntaxUid: set.string('x00020010') ?? '1.2.840.10008.1.2',
    rows: set.uint16('x00280010') ?? 0,
    columns: set.uint16('x00280011') ?? 0,
    samplesPerPixel: set.uint16('x00280002') ?? 1,
    bitsAllocated: floatPixels ? 32 : bitsAllocated,
    bitsStored,
    highBit: set.uint16('x00280102') ?? bitsStored - 1,
    pixelRepresentation: signed ? 1 : 0,
    photometricInterpretation: set.string('x00280004') ?? '',
    ...(planar === undefined ? {} : { planarConfiguration: planar }),
    ...(slope === undefined ? {} : { rescaleSlope: slope }),
    ...(intercept === undefined ? {} : { rescaleIntercept: intercept }),
    ...(centre && width ? { windowCenter: centre, windowWidth: width } : {}),
    ...(padding === undefined ? {} : { padding }),
    ...(voiLut ? { voiLut: readLut(voiLut, signed) } : {}),
    ...(modalityLut ? { modalityLut: readLut(modalityLut, signed) } : {}),
    ...(palette ? { palette } : {}),
    ...(set.elements.x7fe00010?.vr === 'OW' ? { pixelDataVr: 'OW' as const } : {}),
    ...(floatPixels ? { floatPixels: true } : {}),
  };
}

/** First item of a functional group macro, per-frame or shared. */
function functional(set: DataSet, tag: string): DataSet | undefined {
  for (const groups of ['x52009230', 'x52009229']) {
    const found = set.elements[groups]?.items?.[0]?.dataSet?.elements[tag]?.items?.[0]?.dataSet;
    if (found) return found;
  }
  return undefined;
}

function floats(set: DataSet, tag: string): number[] | undefined {
  const list = set.string(tag)?.split('\\').map(Number).filter(Number.isFinite);
  return list && list.length > 0 ? list : undefined;
}

function aspect(set: DataSet): number {
  const measures = functional(set, 'x00289110');
  const spacing =
    floats(set, 'x00280030') ?? (measures && floats(measures, 'x00280030')) ?? floats(set, 'x00280034');
  const ratio = (spacing?.[0] ?? 1) / (spacing?.[1] ?? 1);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

function readLut(item: DataSet, signed: boolean): LutTable {
  return lutFrom(item, 'x00283002', 'x00283006', signed);
}

function lutFrom(set: DataSet, descriptorTag: string, dataTag: string, signed: boolean): LutTable {
  const e = set.elements[dataTag];
  const first = signed ? set.int16(descriptorTag, 1) : set.uint16(descriptorTag, 1);
  return {
    descriptor: [set.uint16(descriptorTag, 0) ?? 0, first ?? 0, set.uint16(descriptorTag, 2) ?? 16],
    values: e ? set.byteArray.slice(e.dataOffset, e.dataOffset + e.length) : new Uint8Array(0),
  };
}

export function readPalette(
  set: DataSet,
  signed: boolean,
): Record<'r' | 'g' | 'b', PaletteChannel> | undefined {
  if (!set.elements.x00281101) return undefined;
  const channel = (n: number): PaletteChannel => {
    const segmented = set.elements[`x0028122${n}`] !== undefined;
    return {
      ...lutFrom(set, `x0028110${n}`, `x002812${segmented ? 2 : 0}${n}`, signed),
      ...(segmented ? { segmented } : {}),
    };
  };
  return { r: channel(1), g: channel(2), b: channel(3) };
}
