// DICOM RLE (PS3.5 Annex G): up to 15 PackBits segments, one per byte plane, most significant byte first,
// each colour sample's planes in turn. Output length is fixed by the description, so a bomb cannot grow.
import { CodecError } from './codec-error.ts';
import { readNativeSamples } from './native-frame.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { containerBytes, normaliseSamples } from './pixel-description.ts';

/** Samples come out interleaved (colour by pixel), whatever Planar Configuration says: RLE planes carry no order. */
export function decodeRle(bytes: Uint8Array, d: PixelDescription): Samples {
  if (d.bitsAllocated === 1) return decodeBitPacked(bytes, d);
  if (d.bitsAllocated % 8 !== 0) {
    throw new CodecError(
      'unsupported-pixels',
      `RLE with BitsAllocated (0028,0100) of ${d.bitsAllocated} is not supported`,
    );
  }
  const sampleBytes = containerBytes(d.bitsAllocated);
  const planes = d.samplesPerPixel * sampleBytes;
  const pixelCount = d.rows * d.columns;
  const offsets = readHeader(bytes, planes);
  const raw = new Uint8Array(pixelCount * planes);
  for (let plane = 0; plane < planes; plane++) {
    const sample = Math.floor(plane / sampleBytes);
    const byte = plane % sampleBytes;
    const target = sample * sampleBytes + (sampleBytes - 1 - byte);
    const from = offsets[plane] ?? 0;
    const to = offsets[plane + 1] ?? bytes.length;
    unpackSegment(bytes, { from, to, plane }, raw, { target, stride: planes, count: pixelCount });
  }
  switch (sampleBytes) {
    case 1:
      return normaliseSamples(raw, d);
    case 2:
      return normaliseSamples(new Uint16Array(raw.buffer), d);
    case 4:
      return normaliseSamples(new Uint32Array(raw.buffer), d);
  }
}

/** Binary masks are packed first and run-length coded as bytes (one segment). */
function decodeBitPacked(bytes: Uint8Array, d: PixelDescription): Samples {
  const offsets = readHeader(bytes, 1);
  const packed = new Uint8Array(Math.ceil((d.rows * d.columns) / 8));
  const segment = { from: offsets[0] ?? 64, to: bytes.length, plane: 0 };
  unpackSegment(bytes, segment, packed, { target: 0, stride: 1, count: packed.length });
  return readNativeSamples(packed, d, { bigEndian: false, bitOffset: 0 });
}

function readHeader(bytes: Uint8Array, planes: number): number[] {
  if (bytes.length < 64)
    throw new CodecError('corrupt', `RLE header needs 64 bytes, frame has ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 64);
  const segments = view.getUint32(0, true);
  if (segments !== planes) {
    throw new CodecError(
      'corrupt',
      `RLE header at byte 0 has ${segments} segments, the pixels need ${planes}`,
    );
  }
  const offsets: number[] = [];
  let last = 63;
  for (let i = 0; i < segments; i++) {
    const offset = view.getUint32(4 + 4 * i, true);
    if (offset <= last || offset >= bytes.length) {
      throw new CodecError('corrupt', `RLE segment ${i} starts at byte ${offset} of ${bytes.length}`);
    }
    offsets.push(offset);
    last = offset;
  }
  return offsets;
}

function unpackSegment(
  bytes: Uint8Array,
  segment: { from: number; to: number; plane: number },
  out: Uint8Array,
  to: { target: number; stride: number; count: number },
): void {
  let at = segment.from;
  let left = to.count;
  let target = to.target;
  while (left > 0) {
    if (at + 1 >= segment.to) {
      throw new CodecError(
        'corrupt',
        `RLE segment ${segment.plane} ends at byte ${at} with ${left} pixels missing`,
      );
    }
    const control = bytes[at++] ?? 128;
    if (control < 128) {
      const run = Math.min(control + 1, left, segment.to - at);
      for (let i = 0; i < run; i++, target += to.stride) out[target] = bytes[at + i] ?? 0;
      at += control + 1;
      left -= run;
    } else if (control > 128) {
      const run = Math.min(257 - control, left);
      const value = bytes[at++] ?? 0;
      for (let i = 0; i < run; i++, target += to.stride) out[target] = value;
      left -= run;
    }
  }
}
