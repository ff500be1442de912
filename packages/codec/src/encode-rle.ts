// DICOM RLE (PS3.5 Annex G), the way in: one PackBits segment per byte plane, most significant byte first, each
// colour sample's planes in turn. Runs do not cross rows (G.3.1). Segments have even length.
import { CodecError } from './codec-error.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';

const headerBytes = 64;
const mostSegments = 15;
const longestRun = 128;

export function encodeRle(pixels: Samples, d: PixelDescription): Uint8Array {
  const sampleBytes = pixels.BYTES_PER_ELEMENT;
  const planes = d.samplesPerPixel * sampleBytes;
  if (planes > mostSegments) throw new CodecError('unsupported-pixels', `RLE of ${planes} byte planes`);
  const raw = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const count = d.rows * d.columns;
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, planes, true);
  const parts: Uint8Array[] = [header];
  let at = headerBytes;
  const plane = new Uint8Array(count);
  for (let index = 0; index < planes; index++) {
    const sample = Math.floor(index / sampleBytes);
    const from = sample * sampleBytes + (sampleBytes - 1 - (index % sampleBytes));
    for (let i = 0; i < count; i++) plane[i] = raw[i * planes + from] ?? 0;
    const segment = packSegment(plane, d.columns);
    view.setUint32(4 + 4 * index, at, true);
    parts.push(segment);
    at += segment.length;
  }
  return new Uint8Array(Buffer.concat(parts, at));
}

function packSegment(plane: Uint8Array, columns: number): Uint8Array {
  // The worst case is one control byte for every 128 literals of each row.
  const rows = plane.length / columns;
  const out = new Uint8Array(plane.length + rows * (Math.ceil(columns / longestRun) + 1) + 2);
  let at = 0;
  for (let start = 0; start < plane.length; start += columns) {
    at = packRow(plane, { from: start, to: start + columns }, out, at);
  }
  return out.subarray(0, at + (at % 2));
}

function packRow(
  plane: Uint8Array,
  row: { from: number; to: number },
  out: Uint8Array,
  start: number,
): number {
  let at = start;
  let literal = row.from;
  const flush = (end: number) => {
    while (literal < end) {
      const length = Math.min(longestRun, end - literal);
      out[at++] = length - 1;
      out.set(plane.subarray(literal, literal + length), at);
      at += length;
      literal += length;
    }
  };
  let i = row.from;
  while (i < row.to) {
    const value = plane[i];
    let end = i + 1;
    while (end < row.to && end - i < longestRun && plane[end] === value) end++;
    // A run of two inside literals costs as much as it saves.
    if (end - i >= 3) {
      flush(i);
      out[at++] = 257 - (end - i);
      out[at++] = value ?? 0;
      literal = end;
    }
    i = end;
  }
  flush(row.to);
  return at;
}
