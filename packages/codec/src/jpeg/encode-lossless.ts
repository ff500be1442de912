// Lossless JPEG, process 14 selection value 1 (ISO 10918-1 Annex H): differences to the left neighbour, 2 to 16 bits,
// one interleaved scan and one Huffman table built for this picture (K.2). Serves 1.2.840.10008.1.2.4.57 and .70.
import { CodecError } from '../codec-error.ts';
import type { PixelDescription, Samples } from '../pixel-description.ts';
import { BitWriter, jpegSegment } from './bit-writer.ts';
import { codesOf, type HuffmanCode, optimalCode } from './huffman-code.ts';

const symbolCount = 17;

export function encodeJpegLossless(pixels: Samples, d: PixelDescription): Uint8Array {
  if (d.bitsStored > 16 || pixels.BYTES_PER_ELEMENT > 2)
    throw new CodecError('unsupported-pixels', `lossless JPEG of ${d.bitsStored} bits, 16 is the most`);
  // Readers choose the cell's width by the precision, so words with few bits stored are coded as 9.
  const precision = Math.max(d.bitsStored, pixels.BYTES_PER_ELEMENT === 2 ? 9 : 2);
  const differences = takeDifferences(pixels, d, precision);
  const frequencies = new Float64Array(symbolCount);
  for (const difference of differences) {
    const category = categoryOf(difference);
    frequencies[category] = (frequencies[category] ?? 0) + 1;
  }
  const code = optimalCode(frequencies);
  const coded = writeBits(differences, code);
  return new Uint8Array(Buffer.concat([writeHead(d, precision, code), coded, Buffer.of(0xff, 0xd9)]));
}

/** Modulo 65536 as signed words (H.1.2.1); samples are the cells' bit patterns, whatever their sign. */
function takeDifferences(pixels: Samples, d: PixelDescription, precision: number): Int16Array {
  const mask = 2 ** precision - 1;
  const { columns, rows, samplesPerPixel: step } = d;
  const line = columns * step;
  const out = new Int16Array(rows * line);
  for (let row = 0; row < rows; row++) {
    const start = row * line;
    for (let i = 0; i < line; i++) {
      const at = start + i;
      const before = i >= step ? at - step : at - line;
      const predicted = before < 0 ? 1 << (precision - 1) : (pixels[before] ?? 0) & mask;
      out[at] = ((pixels[at] ?? 0) & mask) - predicted;
    }
  }
  return out;
}

function categoryOf(difference: number): number {
  return difference === -32768 ? 16 : 32 - Math.clz32(Math.abs(difference));
}

function writeBits(differences: Int16Array, code: HuffmanCode): Uint8Array {
  const { codes, lengths } = codesOf(code, symbolCount);
  const bits = new BitWriter(differences.length);
  for (const difference of differences) {
    const category = categoryOf(difference);
    bits.put(codes[category] ?? 0, lengths[category] ?? 0);
    if (category > 0 && category < 16) {
      const pattern = difference < 0 ? difference - 1 : difference;
      bits.put(pattern & ((1 << category) - 1), category);
    }
  }
  return bits.finish();
}

function writeHead(d: PixelDescription, precision: number, code: HuffmanCode): Buffer {
  const n = d.samplesPerPixel;
  const ids = n === 3 && d.photometricInterpretation === 'RGB' ? [82, 71, 66] : [1, 2, 3, 4].slice(0, n);
  const frame = [precision, d.rows >> 8, d.rows & 255, d.columns >> 8, d.columns & 255, n];
  for (const id of ids) frame.push(id, 0x11, 0);
  const scan = [n];
  for (const id of ids) scan.push(id, 0);
  scan.push(1, 0, 0);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xc3, frame),
    jpegSegment(0xc4, [0, ...code.counts, ...code.symbols]),
    jpegSegment(0xda, scan),
  ]);
}
