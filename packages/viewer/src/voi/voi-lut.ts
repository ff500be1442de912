// A VOI LUT (PS3.3 C.11.2.1.1): a table of grey values instead of a window, as mammography and projection radiography
// carry it. Used when the object names no window, which is also how film pictures are made.
import { type BinarySource, binaryOf, itemsOf, type JsonItem, numbersOf } from '../geometry/dicom-json.ts';
import type { Voi } from '../types.ts';

export type VoiLut = { first: number; count: number; bits: number; source: BinarySource };

/** Grey values 0–255 of the rescaled values first, first + 1, … */
export type VoiCurve = { first: number; greys: Uint8ClampedArray };

export function voiLutOf(item: JsonItem): VoiLut | null {
  const lut = itemsOf(item, '00283010')[0];
  const [count, first, bits] = lut === undefined ? [] : (numbersOf(lut, '00283002') ?? []);
  const source = lut === undefined ? null : binaryOf(lut, '00283006');
  if (source === null || count === undefined || first === undefined || bits === undefined) return null;
  if (!(bits >= 8 && bits <= 16) || count < 0 || count > 65_536) return null;
  return { first, count: count === 0 ? 65_536 : count, bits, source };
}

/** Null for a table without entries. Eight-bit entries are packed in bytes, or stand in words all the same. */
export function voiCurve({ first, count, bits }: VoiLut, bytes: Uint8Array): VoiCurve | null {
  const isPacked = bits === 8 && bytes.length < 2 * count;
  const length = Math.min(count, isPacked ? bytes.length : bytes.length >> 1);
  if (length < 2) return null;
  const entries = Array.from({ length }, (_, at) =>
    isPacked ? (bytes[at] ?? 0) : (bytes[2 * at] ?? 0) | ((bytes[2 * at + 1] ?? 0) << 8),
  );
  // Some devices write 8-bit values into tables that are said to be wider.
  const isNarrow = bits <= 8 || entries.every((value) => value <= 255);
  const top = isNarrow ? 255 : 2 ** bits - 1;
  return { first, greys: Uint8ClampedArray.from(entries, (value) => (value * 255) / top) };
}

/** The window that spans the table, for readouts and as the start of a drag. */
export function windowOfCurve({ first, greys }: VoiCurve): Voi {
  return { center: first + greys.length / 2, width: greys.length };
}
