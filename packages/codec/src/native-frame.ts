// Uncompressed pixel cells (PS3.5 §8.1, Annex D): little and big endian words, and bit-packed cells (1-bit masks and
// the retired 12-bit packing), which run LSB first and may start inside a byte in multi-frame objects.
import { CodecError } from './codec-error.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { normaliseSamples, sampleCount } from './pixel-description.ts';

export type NativeRange = { offset: number; length: number; bitOffset: number };

/** Where frame `index` (0-based) lies inside uncompressed Pixel Data. */
export function nativeFrameRange(d: PixelDescription, index: number): NativeRange {
  const bits = nativeSampleCount(d) * d.bitsAllocated;
  const unit = hasSwappedBytes(d) ? 16 : 8;
  const start = bits * index;
  const first = Math.floor(start / unit) * unit;
  const offset = first / 8;
  return { offset, length: (Math.ceil((start + bits) / unit) * unit) / 8 - offset, bitOffset: start - first };
}

/** Big endian OW holds cells narrower than a word pairwise swapped (PS3.5 §7.3); OB does not. */
function hasSwappedBytes(d: PixelDescription): boolean {
  return d.transferSyntaxUid === '1.2.840.10008.1.2.2' && d.pixelDataVr === 'OW' && d.bitsAllocated < 16;
}

/** YBR_FULL_422 stores two luma and one pair of chroma per two pixels (PS3.3 C.7.6.3.1.2). */
export function nativeSampleCount(d: PixelDescription): number {
  if (d.photometricInterpretation === 'YBR_FULL_422' && d.samplesPerPixel === 3) {
    return d.rows * Math.ceil(d.columns / 2) * 4;
  }
  return sampleCount(d);
}

export function readNativeSamples(
  stored: Uint8Array,
  d: PixelDescription,
  order: { bigEndian: boolean; bitOffset: number },
): Samples {
  const count = nativeSampleCount(d);
  const needed = Math.ceil((order.bitOffset + count * d.bitsAllocated) / 8);
  if (stored.length < needed) {
    throw new CodecError('corrupt', `pixel data ends at byte ${stored.length}, the frame needs ${needed}`);
  }
  const bytes = hasSwappedBytes(d)
    ? new Uint8Array(words16(stored, stored.length >> 1, true).buffer)
    : stored;
  switch (d.bitsAllocated) {
    case 1:
      return unpackMask(bytes, count, order.bitOffset);
    case 8:
      return normaliseSamples(bytes.subarray(order.bitOffset / 8, order.bitOffset / 8 + count), d);
    case 16:
      return normaliseSamples(words16(bytes, count, order.bigEndian), d);
    case 32:
      return normaliseSamples(words32(bytes, count, order.bigEndian), d);
    default:
      return normaliseSamples(unpackBits(bytes, count, d.bitsAllocated, order.bitOffset), d);
  }
}

function unpackMask(bytes: Uint8Array, count: number, bitOffset: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0, bit = bitOffset; i < count; i++, bit++) out[i] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  return out;
}

function words16(bytes: Uint8Array, count: number, bigEndian: boolean): Uint16Array {
  if (!bigEndian && bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  const copy = new Uint8Array(bytes.subarray(0, count * 2));
  if (bigEndian) Buffer.from(copy.buffer).swap16();
  return new Uint16Array(copy.buffer);
}

function words32(bytes: Uint8Array, count: number, bigEndian: boolean): Uint32Array {
  const copy = new Uint8Array(bytes.subarray(0, count * 4));
  if (bigEndian) Buffer.from(copy.buffer).swap32();
  return new Uint32Array(copy.buffer);
}

function unpackBits(bytes: Uint8Array, count: number, bits: number, bitOffset: number): Uint32Array {
  if (bits > 24)
    throw new CodecError('unsupported-pixels', `BitsAllocated (0028,0100) of ${bits} is not supported`);
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const start = bitOffset + i * bits;
    const at = start >> 3;
    const word =
      (bytes[at] ?? 0) +
      (bytes[at + 1] ?? 0) * 2 ** 8 +
      (bytes[at + 2] ?? 0) * 2 ** 16 +
      (bytes[at + 3] ?? 0) * 2 ** 24;
    out[i] = Math.floor(word / 2 ** (start & 7)) % 2 ** bits;
  }
  return out;
}
