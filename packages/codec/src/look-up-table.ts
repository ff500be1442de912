// Look-up tables of a DICOM object as plain arrays: palette channels, discrete or segmented (PS3.3 C.7.9.2), and the
// Modality and VOI LUT data (C.11.1, C.11.2). Tables are small but come from outside, so expansion is bounded.
import { CodecError } from './codec-error.ts';
import type { LutTable, PaletteChannel } from './pixel-description.ts';

export type LookUpTable = { first: number; bits: number; entries: Uint16Array };

export function readLookUpTable(table: PaletteChannel | LutTable): LookUpTable {
  const [count, first, bits] = table.descriptor;
  const length = count === 0 ? 65536 : count;
  if (bits !== 8 && bits !== 16 && !(bits > 8 && bits < 16)) {
    throw new CodecError('bad-description', `look-up table descriptor says ${bits} bits per entry`);
  }
  const segmented = 'segmented' in table && table.segmented === true;
  const entries = segmented
    ? expandSegments(table.values, length, bits)
    : readEntries(table.values, length, bits);
  return { first, bits: effectiveBits(entries, bits, segmented), entries };
}

/** Entries of 8 bits are either packed in bytes or, against the standard's letter, one per word. */
function readEntries(values: Uint8Array, length: number, bits: number): Uint16Array {
  if (bits === 8 && values.length < 2 * length)
    return padded(Uint16Array.from(values.subarray(0, length)), length);
  return padded(words(values).subarray(0, length), length);
}

function padded(read: Uint16Array, length: number): Uint16Array {
  if (read.length === 0) throw new CodecError('corrupt', 'look-up table has no entries');
  if (read.length === length) return read;
  const out = new Uint16Array(length).fill(read.at(-1) ?? 0);
  out.set(read);
  return out;
}

function words(values: Uint8Array): Uint16Array {
  const out = new Uint16Array(values.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = (values[2 * i] ?? 0) | ((values[2 * i + 1] ?? 0) << 8);
  return out;
}

/** Some devices write 8-bit colours into 16-bit tables; a table that never leaves the low byte is one of those. */
function effectiveBits(entries: Uint16Array, bits: number, segmented: boolean): number {
  if (bits <= 8 || segmented) return bits;
  return entries.some((value) => value > 255) ? bits : 8;
}

function expandSegments(values: Uint8Array, length: number, bits: number): Uint16Array {
  const codes = bits === 8 ? Uint16Array.from(values) : words(values);
  const out = new Uint16Array(length);
  const state = { codes, out, filled: 0, wide: bits !== 8 };
  runSegments(state, 0, codes.length, Number.POSITIVE_INFINITY);
  if (state.filled === 0) throw new CodecError('corrupt', 'segmented look-up table has no entries');
  return out.fill(out[state.filled - 1] ?? 0, state.filled);
}

type Expansion = { codes: Uint16Array; out: Uint16Array; filled: number; wide: boolean };

/** Runs segments from word `at`; an indirect segment (opcode 2) repeats earlier ones, but never nests. */
function runSegments(state: Expansion, start: number, end: number, limit: number): void {
  const { codes } = state;
  let at = start;
  for (let done = 0; at + 1 < end && done < limit && state.filled < state.out.length; done++) {
    const opcode = codes[at] ?? 0;
    const count = codes[at + 1] ?? 0;
    if (opcode === 0) {
      for (let i = 0; i < count; i++) emit(state, codes[at + 2 + i] ?? 0);
      at += 2 + count;
    } else if (opcode === 1) {
      emitRamp(state, count, codes[at + 2] ?? 0);
      at += 3;
    } else if (opcode === 2 && limit === Number.POSITIVE_INFINITY) {
      runSegments(state, segmentOffset(state, at), at, count);
      at += state.wide ? 4 : 6;
    } else {
      throw new CodecError('corrupt', `segmented look-up table has opcode ${opcode} at entry ${at}`);
    }
  }
}

function emit(state: Expansion, value: number): void {
  if (state.filled < state.out.length) state.out[state.filled++] = value;
}

function emitRamp(state: Expansion, count: number, target: number): void {
  const from = state.out[state.filled - 1] ?? target;
  for (let i = 1; i <= count; i++) emit(state, Math.round(from + ((target - from) * i) / count));
}

/** Byte offset of the first repeated segment, least significant part first (C.7.9.2.2.3). */
function segmentOffset(state: Expansion, at: number): number {
  const part = (i: number) => state.codes[at + 2 + i] ?? 0;
  if (state.wide) return (part(0) + part(1) * 65536) / 2;
  return part(0) + part(1) * 2 ** 8 + part(2) * 2 ** 16 + part(3) * 2 ** 24;
}
