// Encoding through the WebAssembly codecs: JPEG-LS (CharLS) and JPEG 2000 (OpenJPEG), lossless. What an encoder made
// is believed only after encode-frame.ts has decoded it again.
import { CodecError } from './codec-error.ts';
import { decompositionsFor } from './encode-htj2k.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import type { FrameFacts } from './wasm-modules.ts';
import { withWasm } from './wasm-modules.ts';

const interleavedBySample = 2;
const rpcl = 2;

export async function encodeJpegLs(pixels: Samples, d: PixelDescription): Promise<Uint8Array> {
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
      encoder.setNearLossless(0);
      encoder.setInterleaveMode(d.samplesPerPixel > 1 ? interleavedBySample : 0);
      encoder.encode();
      return new Uint8Array(encoder.getEncodedBuffer()); // the build answers a clamped array
    } finally {
      encoder.delete();
    }
  });
}

export async function encodeJpeg2000(pixels: Samples, d: PixelDescription): Promise<Uint8Array> {
  const facts = factsOf(pixels, d, 'JPEG 2000', 1);
  if (facts.isSigned === true && pixels.BYTES_PER_ELEMENT === 1)
    throw new CodecError(
      'unsupported-pixels',
      'JPEG 2000 of signed bytes is not made: OpenJPEG reads them unsigned',
    );
  return withWasm('jpeg2000Encoder', 'JPEG 2000 encoder', (m) => {
    const encoder = new m.J2KEncoder();
    try {
      encoder.getDecodedBuffer(facts).set(bytesOf(pixels));
      encoder.setQuality(true, 0);
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
