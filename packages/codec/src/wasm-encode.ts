// Encoding through the WebAssembly codecs: JPEG-LS (CharLS) and JPEG 2000 (OpenJPEG), lossless. What an encoder made
// is believed only after encode-frame.ts has decoded it again.
import { CodecError } from './codec-error.ts';
import { decompositionsFor } from './encode-htj2k.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import type { FrameFacts } from './wasm-modules.ts';
import { withWasm } from './wasm-modules.ts';

const interleavedBySample = 2;
const rpcl = 2;

/** `near`: by how much a sample may differ after decoding, 0 for lossless. */
export async function encodeJpegLs(pixels: Samples, d: PixelDescription, near = 0): Promise<Uint8Array> {
  const facts = factsOf(pixels, d, 'JPEG-LS', 2);
  // Cells are bit patterns without a sign in JPEG-LS.
  const mask = 2 ** facts.bitsPerSample - 1;
  const cells =
    pixels.BYTES_PER_ELEMENT === 2 ? new Uint16Array(pixels.length) : new Uint8Array(pixels.length);
  for (let i = 0; i < cells.length; i++) cells[i] = (pixels[i] ?? 0) & mask;
  return withWasm('jpegLsEncoder', 'JPEG-LS encoder', (m) => {
    const encoder = new m.JpegLSEncoder();
    try {
      encoder.getDecodedBuffer({ ...facts, isSigned: false }).set(bytesOf(cells));
      encoder.setNearLossless(near);
      encoder.setInterleaveMode(d.samplesPerPixel > 1 ? interleavedBySample : 0);
      encoder.encode();
      return new Uint8Array(encoder.getEncodedBuffer()); // the build answers a clamped array
    } finally {
      encoder.delete();
    }
  });
}

export function encodeJpeg2000(pixels: Samples, d: PixelDescription): Promise<Uint8Array> {
  return runJpeg2000(pixels, d, true);
}

const leastWordBits = 9;
const mostGuardShift = 5;

/** The most halvings that lossy JPEG 2000 has. */
export function mostHalvings(d: PixelDescription): number {
  return Math.max(0, d.bitsStored - leastWordBits) + mostGuardShift;
}

/**
 * Irreversible JPEG 2000 whose quantisation steps are 2^halvings samples. This build of OpenJPEG takes no rate and
 * always quantises by one sample. So the samples are brought nearer to their middle before, and after it the codestream
 * is told that its steps are wider: the decoder multiplies what was divided here (ISO 15444-1 E.1). Words lose depth,
 * which SIZ then gives back; what goes beyond is written into the exponents of QCD.
 */
export async function encodeJpeg2000Lossy(
  pixels: Samples,
  d: PixelDescription,
  halvings: number,
): Promise<Uint8Array> {
  const { bitsPerSample: bits, isSigned } = factsOf(pixels, d, 'JPEG 2000', 1);
  const narrowed = pixels.BYTES_PER_ELEMENT === 1 ? 0 : Math.min(halvings, bits - leastWordBits);
  const [from, to] = isSigned === true ? [0, 0] : [2 ** (bits - 1), 2 ** (bits - narrowed - 1)];
  const near = pixels.slice();
  const by = 2 ** -halvings;
  const most = 2 ** (bits - narrowed - (isSigned === true ? 1 : 0)) - 1;
  for (let i = 0; i < near.length; i++)
    near[i] = Math.min(most, to + Math.round(((near[i] ?? 0) - from) * by));
  const codestream = await runJpeg2000(near, { ...d, bitsStored: bits - narrowed }, false);
  for (let component = 0; component < d.samplesPerPixel; component++)
    codestream[42 + 3 * component] = (isSigned === true ? 0x80 : 0) | (bits - 1);
  widenSteps(codestream, halvings - narrowed);
  return codestream;
}

/** Exponents go down, guard bits up by the same number, so that the count of bit-planes stays what was coded (E.1.1). */
function widenSteps(codestream: Uint8Array, by: number): void {
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const [qcd, sot] = [0xff5c, 0xff90];
  for (let at = 2; at + 4 < view.byteLength && view.getUint16(at) !== sot; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint16(at) !== qcd) continue;
    const style = view.getUint8(at + 4);
    const guard = (style >> 5) + by;
    const end = at + 2 + view.getUint16(at + 2);
    if ((style & 31) !== 2 || guard > 7)
      throw new CodecError('encode-failed', `JPEG 2000 quantisation ${style} cannot be widened`);
    view.setUint8(at + 4, (guard << 5) | 2);
    for (let step = at + 5; step + 1 < end; step += 2) {
      const value = view.getUint16(step);
      const exponent = (value >> 11) - by;
      if (exponent < 0) throw new CodecError('encode-failed', 'JPEG 2000 quantisation step is too wide');
      view.setUint16(step, (exponent << 11) | (value & 0x7ff));
    }
    return;
  }
  throw new CodecError('encode-failed', 'JPEG 2000 codestream without quantisation');
}

async function runJpeg2000(pixels: Samples, d: PixelDescription, reversible: boolean): Promise<Uint8Array> {
  const facts = factsOf(pixels, d, 'JPEG 2000', 1);
  if (facts.isSigned === true && pixels.BYTES_PER_ELEMENT === 1)
    throw new CodecError(
      'unsupported-pixels',
      'JPEG 2000 of signed bytes is not made: OpenJPEG reads them unsigned',
    );
  if (d.samplesPerPixel > 1 && pixels.BYTES_PER_ELEMENT > 1)
    throw new CodecError(
      'unsupported-pixels',
      'JPEG 2000 of colour in words is not made: this build of OpenJPEG reads past its buffer',
    );
  return withWasm('jpeg2000Encoder', 'JPEG 2000 encoder', (m) => {
    const encoder = new m.J2KEncoder();
    try {
      encoder.getDecodedBuffer(facts).set(bytesOf(pixels));
      encoder.setQuality(reversible, reversible ? 0 : 1); // of irreversible ones, the number of layers
      // OpenJPEG refuses more halvings than the shorter side has.
      const halvings = Math.floor(Math.log2(Math.min(d.rows, d.columns)));
      encoder.setDecompositions(Math.min(decompositionsFor(d), halvings));
      encoder.setProgressionOrder(rpcl);
      encoder.encode();
      return new Uint8Array(encoder.getEncodedBuffer()); // the build answers a clamped array
    } finally {
      encoder.delete();
    }
  });
}

function factsOf(pixels: Samples, d: PixelDescription, label: string, fewestBits: number): FrameFacts {
  if (d.bitsStored > 16 || pixels.BYTES_PER_ELEMENT > 2)
    throw new CodecError(
      'unsupported-pixels',
      `${label} of ${d.bitsStored} bits is not made, 16 is the most`,
    );
  if (d.samplesPerPixel !== 1 && d.samplesPerPixel !== 3)
    throw new CodecError(
      'unsupported-pixels',
      `${label} of ${d.samplesPerPixel} samples per pixel is not made`,
    );
  return {
    width: d.columns,
    height: d.rows,
    // The codecs take the cell's width from the depth.
    bitsPerSample: Math.max(d.bitsStored, pixels.BYTES_PER_ELEMENT === 2 ? 9 : fewestBits),
    componentCount: d.samplesPerPixel,
    isSigned: d.pixelRepresentation === 1,
    isUsingColorTransform: d.samplesPerPixel === 3 && d.photometricInterpretation === 'RGB',
  };
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
