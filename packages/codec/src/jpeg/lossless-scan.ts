// Lossless JPEG, processes 14 and 14 SV1 (ISO 10918-1 Annex H): Huffman-coded differences to one of seven
// predictors, 2 to 16 bits. Samples are written interleaved; components must not be subsampled.
import { CodecError } from '../codec-error.ts';
import type { HuffmanTable } from './bit-reader.ts';
import { BitReader } from './bit-reader.ts';
import type { Scan } from './segments.ts';
import { requireTable } from './segments.ts';

export type LosslessImage = {
  columns: number;
  rows: number;
  components: number;
  bits: number;
  samples: Uint16Array;
};

/** Decodes one scan into `image.samples`; returns the byte position after it. */
export function decodeLosslessScan(bytes: Uint8Array, scan: Scan, image: LosslessImage): number {
  if (scan.ss < 1 || scan.ss > 7 || scan.al >= image.bits) {
    throw new CodecError(
      'corrupt',
      `lossless scan at byte ${scan.at} has predictor ${scan.ss}, point transform ${scan.al}`,
    );
  }
  const bits = new BitReader(bytes, scan.at);
  const { samples, columns, rows, components } = image;
  const lineStride = columns * components;
  const parts = scan.parts.map((p) => ({ offset: p.component, table: requireTable(p.dc, 'Huffman', scan) }));
  const start = 1 << (image.bits - scan.al - 1);
  let untilRestart = scan.restartInterval;
  let firstRow = true;
  let freshStart = true;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (scan.restartInterval > 0 && untilRestart === 0) {
        bits.restart();
        untilRestart = scan.restartInterval;
        firstRow = true;
        freshStart = true;
      }
      untilRestart--;
      for (const part of parts) {
        const at = row * lineStride + column * components + part.offset;
        const left = samples[at - components] ?? 0;
        let predicted: number;
        if (freshStart) predicted = start;
        else if (firstRow) predicted = left;
        else if (column === 0) predicted = samples[at - lineStride] ?? 0;
        else
          predicted = predict(
            scan.ss,
            left,
            samples[at - lineStride] ?? 0,
            samples[at - lineStride - components] ?? 0,
          );
        samples[at] = predicted + readDifference(bits, part.table);
      }
      freshStart = false;
    }
    firstRow = false;
  }
  bits.align();
  if (scan.al > 0) shiftUp(image, parts, scan.al);
  return bits.at;
}

function readDifference(bits: BitReader, table: HuffmanTable): number {
  const size = bits.decode(table);
  if (size < 16) return bits.readSigned(size);
  if (size === 16) return 32768;
  throw new CodecError('corrupt', `difference of ${size} bits near byte ${bits.at}`);
}

function predict(selection: number, a: number, b: number, c: number): number {
  switch (selection) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

function shiftUp(image: LosslessImage, parts: { offset: number }[], by: number): void {
  const { samples, components } = image;
  for (const { offset } of parts) {
    for (let i = offset; i < samples.length; i += components) samples[i] = (samples[i] ?? 0) << by;
  }
}
