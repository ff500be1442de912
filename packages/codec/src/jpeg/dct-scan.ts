// Entropy decoding of DCT scans into coefficients: sequential (ISO 10918-1 F.2) and progressive (G.1, G.2), any
// precision. Coefficients are kept in natural order, one Int16 block of 64 per 8x8 cell.
import { CodecError } from '../codec-error.ts';
import { BitReader } from './bit-reader.ts';
import type { Scan, ScanPart } from './segments.ts';
import { requireTable } from './segments.ts';

export type Plane = {
  h: number;
  v: number;
  quantId: number;
  /** Blocks that hold image samples, and blocks per row in the buffer (padded to whole MCUs). */
  blocksWide: number;
  blocksHigh: number;
  stride: number;
  coefs: Int16Array;
  predictor: number;
};

export const zigzag = Uint8Array.of(
  0,
  1,
  8,
  16,
  9,
  2,
  3,
  10,
  17,
  24,
  32,
  25,
  18,
  11,
  4,
  5,
  12,
  19,
  26,
  33,
  40,
  48,
  41,
  34,
  27,
  20,
  13,
  6,
  7,
  14,
  21,
  28,
  35,
  42,
  49,
  56,
  57,
  50,
  43,
  36,
  29,
  22,
  15,
  23,
  30,
  37,
  44,
  51,
  58,
  59,
  52,
  45,
  38,
  31,
  39,
  46,
  53,
  60,
  61,
  54,
  47,
  55,
  62,
  63,
);

type BlockDecoder = (plane: Plane, part: ScanPart, at: number) => void;
type Run = { left: number };

/** Decodes one scan into the planes' coefficients; returns the byte position after it. */
export function decodeDctScan(
  bytes: Uint8Array,
  scan: Scan,
  planes: Plane[],
  mcus: { wide: number; high: number; progressive: boolean },
): number {
  const bits = new BitReader(bytes, scan.at);
  const run: Run = { left: 0 };
  const decodeBlock = chooseBlockDecoder(bits, scan, mcus.progressive, run);
  const used = scan.parts.map((part) => ({ part, plane: planeOf(planes, part, scan) }));
  const single = used.length === 1 ? used[0] : undefined;
  const wide = single === undefined ? mcus.wide : single.plane.blocksWide;
  const total = single === undefined ? mcus.wide * mcus.high : wide * single.plane.blocksHigh;
  for (const { plane } of used) plane.predictor = 0;
  for (let mcu = 0; mcu < total; mcu++) {
    if (scan.restartInterval > 0 && mcu > 0 && mcu % scan.restartInterval === 0) {
      bits.restart();
      run.left = 0;
      for (const { plane } of used) plane.predictor = 0;
    }
    const row = Math.floor(mcu / wide);
    const column = mcu % wide;
    if (single !== undefined) {
      decodeBlock(single.plane, single.part, (row * single.plane.stride + column) * 64);
      continue;
    }
    for (const { part, plane } of used) {
      for (let y = 0; y < plane.v; y++) {
        for (let x = 0; x < plane.h; x++) {
          decodeBlock(plane, part, ((row * plane.v + y) * plane.stride + column * plane.h + x) * 64);
        }
      }
    }
  }
  bits.align();
  return bits.at;
}

function planeOf(planes: Plane[], part: ScanPart, scan: Scan): Plane {
  const plane = planes[part.component];
  if (plane === undefined)
    throw new CodecError('corrupt', `scan at byte ${scan.at} comes before its frame header`);
  return plane;
}

function chooseBlockDecoder(bits: BitReader, scan: Scan, progressive: boolean, run: Run): BlockDecoder {
  if (!progressive) return (plane, part, at) => decodeSequential(bits, scan, plane, part, at);
  if (scan.se > 63 || scan.ss > scan.se || scan.al > 13 || (scan.ss > 0 && scan.parts.length > 1)) {
    throw new CodecError('corrupt', `progressive scan at byte ${scan.at} has a bad spectral selection`);
  }
  if (scan.ss === 0 && scan.ah === 0) return (plane, part, at) => decodeDcFirst(bits, scan, plane, part, at);
  if (scan.ss === 0) {
    return (plane, _part, at) => {
      if (bits.read(1) === 1) plane.coefs[at] = (plane.coefs[at] ?? 0) | (1 << scan.al);
    };
  }
  if (scan.ah === 0) return (plane, part, at) => decodeAcFirst(bits, scan, run, plane, part, at);
  return (plane, part, at) => decodeAcRefine(bits, scan, run, plane, part, at);
}

function decodeSequential(bits: BitReader, scan: Scan, plane: Plane, part: ScanPart, at: number): void {
  const { coefs } = plane;
  const dc = requireTable(part.dc, 'DC Huffman', scan);
  const ac = requireTable(part.ac, 'AC Huffman', scan);
  plane.predictor += bits.readSigned(bits.decode(dc) & 15);
  coefs[at] = plane.predictor;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.decode(ac);
    const size = symbol & 15;
    const skip = symbol >> 4;
    if (size === 0) {
      if (skip < 15) break;
      k += 15;
      continue;
    }
    k += skip;
    if (k > 63) throw new CodecError('corrupt', `coefficient run past the block near byte ${bits.at}`);
    coefs[at + (zigzag[k] ?? 0)] = bits.readSigned(size);
  }
}

function decodeDcFirst(bits: BitReader, scan: Scan, plane: Plane, part: ScanPart, at: number): void {
  const dc = requireTable(part.dc, 'DC Huffman', scan);
  plane.predictor += bits.readSigned(bits.decode(dc) & 15);
  plane.coefs[at] = plane.predictor << scan.al;
}

function decodeAcFirst(
  bits: BitReader,
  scan: Scan,
  run: Run,
  plane: Plane,
  part: ScanPart,
  at: number,
): void {
  if (run.left > 0) {
    run.left--;
    return;
  }
  const ac = requireTable(part.ac, 'AC Huffman', scan);
  for (let k = scan.ss; k <= scan.se; k++) {
    const symbol = bits.decode(ac);
    const size = symbol & 15;
    const skip = symbol >> 4;
    if (size === 0) {
      if (skip < 15) {
        run.left = (1 << skip) - 1 + bits.read(skip);
        break;
      }
      k += 15;
      continue;
    }
    k += skip;
    if (k > 63) throw new CodecError('corrupt', `coefficient run past the block near byte ${bits.at}`);
    plane.coefs[at + (zigzag[k] ?? 0)] = bits.readSigned(size) << scan.al;
  }
}

/** G.1.2.3: correction bits for coefficients already non-zero are interleaved with newly non-zero ones. */
function decodeAcRefine(
  bits: BitReader,
  scan: Scan,
  run: Run,
  plane: Plane,
  part: ScanPart,
  at: number,
): void {
  const ac = requireTable(part.ac, 'AC Huffman', scan);
  const one = 1 << scan.al;
  let k = scan.ss;
  if (run.left === 0) {
    for (; k <= scan.se; k++) {
      const symbol = bits.decode(ac);
      let skip = symbol >> 4;
      let value = 0;
      if ((symbol & 15) === 0) {
        if (skip < 15) {
          run.left = (1 << skip) + bits.read(skip);
          break;
        }
      } else {
        value = bits.read(1) === 1 ? one : -one;
      }
      for (; k <= scan.se; k++) {
        const z = at + (zigzag[k] ?? 0);
        if ((plane.coefs[z] ?? 0) !== 0) correct(bits, plane.coefs, z, one);
        else if (skip-- === 0) {
          if (value !== 0) plane.coefs[z] = value;
          break;
        }
      }
    }
  }
  if (run.left > 0) {
    for (; k <= scan.se; k++) {
      const z = at + (zigzag[k] ?? 0);
      if ((plane.coefs[z] ?? 0) !== 0) correct(bits, plane.coefs, z, one);
    }
    run.left--;
  }
}

function correct(bits: BitReader, coefs: Int16Array, z: number, one: number): void {
  const value = coefs[z] ?? 0;
  if (bits.read(1) === 1 && (value & one) === 0) coefs[z] = value + (value > 0 ? one : -one);
}
