// Lossless HTJ2K renditions for progressive viewing: 1.2.840.10008.1.2.4.202 (RPCL), 64x64 blocks, TLM, one tile-part
// per resolution, so that the first prefixLengths[r] bytes decode to resolution r. Every codestream is decoded again
// and compared with its source before it is handed out, unless the caller turns that off.
import { CodecError } from './codec-error.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { checkDescription, containerBytes, sampleCount } from './pixel-description.ts';
import { readPrefixLengths } from './prefix-lengths.ts';
import { decodeHtj2k } from './wasm-decode.ts';
import type { FrameFacts } from './wasm-modules.ts';
import { withWasm } from './wasm-modules.ts';

export const htj2kLosslessRpcl = '1.2.840.10008.1.2.4.202';

export type Htj2kRendition = {
  codestream: Uint8Array;
  /** prefixLengths[0] holds the smallest resolution, the last entry is the whole codestream. */
  prefixLengths: number[];
};

const rpcl = 2;

/** `pixels` and `description` as decodeFrame gave them. */
export async function encodeHtj2k(
  pixels: Samples,
  description: PixelDescription,
  options: { verify?: boolean } = {},
): Promise<Htj2kRendition> {
  const codestream = await runEncoder(pixels, description, null);
  if (options.verify !== false) await verify(codestream, pixels, description);
  return { codestream, prefixLengths: readPrefixLengths(codestream) };
}

/** Irreversible (9/7, ICT for RGB): `step` is the quantisation step relative to the whole range of the samples. */
export function encodeHtj2kLossy(
  pixels: Samples,
  description: PixelDescription,
  step: number,
): Promise<Uint8Array> {
  return runEncoder(pixels, description, step);
}

/** `step` null: reversible. */
function runEncoder(pixels: Samples, d: PixelDescription, step: number | null): Promise<Uint8Array> {
  const facts = frameFacts(pixels, d);
  return withWasm('htj2k', 'HTJ2K encoder', (m) => {
    const encoder = new m.HTJ2KEncoder();
    try {
      const source = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
      encoder.getDecodedBuffer(facts).set(source);
      encoder.setQuality(step === null, step ?? 0);
      encoder.setDecompositions(decompositionsFor(d));
      encoder.setBlockDimensions({ width: 64, height: 64 });
      encoder.setProgressionOrder(rpcl);
      encoder.setTLMMarker(true);
      encoder.setTilePartDivisionsAtResolutions(true);
      encoder.encode();
      return encoder.getEncodedBuffer().slice();
    } finally {
      encoder.delete();
    }
  });
}

/**
 * Five halvings where the picture is large enough that the smallest stays at 8 pixels or more. Never none: with zero
 * decompositions the encoder loses low bits.
 */
export function decompositionsFor(d: { rows: number; columns: number }): number {
  const side = Math.min(d.rows, d.columns);
  return Math.max(1, Math.min(5, Math.floor(Math.log2(side / 8))));
}

function frameFacts(pixels: Samples, d: PixelDescription): FrameFacts {
  checkDescription(d);
  if (d.samplesPerPixel !== 1 && d.samplesPerPixel !== 3) {
    throw new CodecError('unsupported-pixels', `HTJ2K of ${d.samplesPerPixel} samples per pixel is not made`);
  }
  if (d.bitsStored > 16 || pixels.BYTES_PER_ELEMENT > 2) {
    throw new CodecError(
      'unsupported-pixels',
      `HTJ2K of ${d.bitsStored} bits in ${d.bitsAllocated} is not made, 16 is the most`,
    );
  }
  // The encoder reads colour as bytes: deeper colour came back scrambled when tried.
  if (d.samplesPerPixel === 3 && pixels.BYTES_PER_ELEMENT !== 1) {
    throw new CodecError(
      'unsupported-pixels',
      `HTJ2K of colour with ${d.bitsAllocated} bits per sample is not made`,
    );
  }
  if (pixels.length !== sampleCount(d) || pixels.BYTES_PER_ELEMENT !== containerBytes(d.bitsAllocated)) {
    throw new CodecError(
      'bad-description',
      `${pixels.length} samples do not fit ${d.columns}x${d.rows}x${d.samplesPerPixel}`,
    );
  }
  return {
    width: d.columns,
    height: d.rows,
    // The codec takes the sample's byte width from the depth, so 16-bit cells with few bits stored are coded as 9.
    bitsPerSample: Math.max(d.bitsStored, pixels.BYTES_PER_ELEMENT === 2 ? 9 : 1),
    componentCount: d.samplesPerPixel,
    isSigned: d.pixelRepresentation === 1,
    isUsingColorTransform: d.samplesPerPixel === 3 && d.photometricInterpretation === 'RGB',
  };
}

async function verify(codestream: Uint8Array, pixels: Samples, d: PixelDescription): Promise<void> {
  const { raw } = await decodeHtj2k(codestream, d);
  const same = Buffer.compare(
    new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength),
    new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
  );
  if (same !== 0) throw new CodecError('verify-failed', 'HTJ2K codestream does not decode to its source');
}
