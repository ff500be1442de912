// Samples -> one frame in a lossy transfer syntax, as near to a wanted ratio as the encoder can steer: JPEG baseline
// and extended, near-lossless JPEG-LS, irreversible JPEG 2000 and HTJ2K. What an encoder made is decoded again, and the
// greatest error is told. Never for indices (palettes, masks) and never without being asked for.
import { CodecError } from './codec-error.ts';
import { usesComponentTransform } from './codestream-heads.ts';
import { decodeFrame } from './decode-frame.ts';
import { encodeHtj2kLossy } from './encode-htj2k.ts';
import { DctEncoder } from './jpeg/encode-dct.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { newSamples } from './pixel-description.ts';
import { encodeJpeg2000Lossy, encodeJpegLs, mostHalvings } from './wasm-encode.ts';

/** Uncompressed bytes of the samples divided by compressed bytes. */
export type LossyTarget = { ratio: number };
export type LossyFrame = {
  bytes: Uint8Array;
  description: PixelDescription;
  ratio: number;
  /** The greatest difference of a sample, null where colour was taken apart and its sharing makes it meaningless. */
  maxError: number | null;
};

/** Encodes with one setting; a greater number is a coarser picture. */
type Lossy = {
  encode(setting: number): Promise<Uint8Array> | Uint8Array;
  settings: { least: number; most: number; whole: boolean };
  description: PixelDescription;
  /** How far a sample may be off by the setting, when the syntax promises it. */
  promise?(setting: number): number;
};

const root = '1.2.840.10008.1.2.4.';
/** Lossy Image Compression Method (0028,2114), defined terms of PS3.3 C.7.6.1.1.5.1. */
const methods = new Map([
  [`${root}50`, 'ISO_10918_1'],
  [`${root}51`, 'ISO_10918_1'],
  [`${root}81`, 'ISO_14495_1'],
  [`${root}91`, 'ISO_15444_1'],
  [`${root}203`, 'ISO_15444_15'],
]);
const tries = 9;
/** Of smaller pictures the headers are the most: no setting reaches a ratio, so the finest is taken. */
const smallBytes = 4096;

export function canEncodeLossy(transferSyntaxUid: string): boolean {
  return methods.has(transferSyntaxUid);
}

export function lossyMethod(transferSyntaxUid: string): string | null {
  return methods.get(transferSyntaxUid) ?? null;
}

/** `pixels` and `d` as decodeFrame gave them, colour not subsampled. */
export async function encodeLossy(
  pixels: Samples,
  d: PixelDescription,
  to: string,
  target: LossyTarget,
): Promise<LossyFrame> {
  if (!(target.ratio > 1 && target.ratio <= 1000))
    throw new CodecError('bad-description', `a ratio of ${target.ratio} is not between 1 and 1000`);
  requirePicture(d);
  const lossy = prepare(pixels, d, to);
  const wanted = pixels.byteLength < smallBytes ? Number.POSITIVE_INFINITY : pixels.byteLength / target.ratio;
  const { bytes, setting } = await search(lossy, wanted);
  const description = describe(bytes, { ...lossy.description, transferSyntaxUid: to });
  const maxError = await checkError(bytes, description, pixels, lossy.promise?.(setting) ?? null);
  return { bytes, description, ratio: pixels.byteLength / bytes.length, maxError };
}

function requirePicture(d: PixelDescription): void {
  const { photometricInterpretation: model, samplesPerPixel } = d;
  if (model === 'PALETTE COLOR' || d.bitsStored === 1)
    throw new CodecError(
      'unsupported-pixels',
      `${model} of ${d.bitsStored} bits is not compressed with loss`,
    );
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3)
    throw new CodecError(
      'unsupported-pixels',
      `${samplesPerPixel} samples per pixel are not compressed with loss`,
    );
}

function prepare(pixels: Samples, d: PixelDescription, to: string): Lossy {
  switch (to) {
    case `${root}50`:
      return dct(pixels, d, 8);
    case `${root}51`:
      return dct(pixels, d, d.bitsStored <= 8 && d.bitsAllocated === 8 ? 8 : 12);
    case `${root}81`:
      return nearLossless(pixels, d);
    case `${root}91`:
      return {
        encode: (setting) => encodeJpeg2000Lossy(pixels, d, setting),
        settings: { least: 0, most: Math.min(mostHalvings(d), d.bitsStored - 2), whole: true },
        description: d,
      };
    case `${root}203`:
      return {
        encode: (setting) => encodeHtj2kLossy(pixels, d, setting),
        settings: { least: 1e-5, most: 0.25, whole: false },
        description: d,
      };
    default:
      throw new CodecError('unsupported-syntax', `frames are not written with loss in transfer syntax ${to}`);
  }
}

/** PS3.5 table 8.2.1-1: 8 bits, or 12 in a word, without a sign; colour as YBR_FULL_422 and in 8 bits only. */
function dct(pixels: Samples, d: PixelDescription, precision: 8 | 12): Lossy {
  const isColour = d.samplesPerPixel === 3;
  const fits = precision === 8 ? d.bitsAllocated === 8 : d.bitsStored <= 12 && pixels.BYTES_PER_ELEMENT === 2;
  if (!fits || d.pixelRepresentation === 1 || (isColour && precision !== 8)) {
    const sign = d.pixelRepresentation === 1 ? 'signed ' : '';
    throw new CodecError(
      'unsupported-pixels',
      `JPEG of ${sign}${isColour ? 'colour' : 'samples'} with ${d.bitsStored} bits in ${d.bitsAllocated} is not made`,
    );
  }
  if (isColour && !/^(RGB|YBR_FULL)$/.test(d.photometricInterpretation))
    throw new CodecError('unsupported-pixels', `JPEG of ${d.photometricInterpretation} is not made`);
  const encoder = new DctEncoder(pixels, d, precision);
  return {
    encode: (setting) => encoder.encode(setting),
    settings: { least: 0.02, most: precision === 8 ? 15 : 200, whole: false },
    description: {
      ...d,
      bitsStored: precision,
      highBit: precision - 1,
      ...(isColour ? { photometricInterpretation: 'YBR_FULL_422', planarConfiguration: 0 } : {}),
    },
  };
}

function nearLossless(pixels: Samples, d: PixelDescription): Lossy {
  const span = 2 ** d.bitsStored;
  // Beyond a fiftieth of the range the picture is no diagnostic one any more, whatever ratio was wished for.
  const most = Math.max(1, Math.min(255, Math.floor(span / 50)));
  let encode = (near: number) => encodeJpegLs(pixels, d, near);
  if (d.pixelRepresentation === 1) {
    // Cells are patterns without a sign: a value at the end of the range would come back at the other end.
    const clamped = newSamples(pixels.length, d.bitsAllocated, true);
    encode = (near) => {
      const [low, high] = [-span / 2 + near, span / 2 - 1 - near];
      for (let i = 0; i < pixels.length; i++) clamped[i] = Math.min(high, Math.max(low, pixels[i] ?? 0));
      return encodeJpegLs(clamped, d, near);
    };
  }
  return {
    encode,
    settings: { least: 1, most, whole: true },
    description: d,
    promise: (near) => (d.pixelRepresentation === 1 ? 2 * near : near),
  };
}

/** The finest setting that reaches the wanted size; the coarsest when none does. */
async function search(lossy: Lossy, wantedBytes: number): Promise<{ bytes: Uint8Array; setting: number }> {
  const { whole } = lossy.settings;
  let { least, most } = lossy.settings;
  const run = async (setting: number) => ({ setting, bytes: await lossy.encode(setting) });
  const finest = await run(least);
  if (finest.bytes.length <= wantedBytes || least >= most) return finest;
  let best = await run(most);
  if (best.bytes.length > wantedBytes) return best;
  for (let n = 0; n < tries && (whole ? most - least > 1 : most / least > 1.02); n++) {
    const between = whole ? Math.floor((least + most) / 2) : Math.sqrt(least * most);
    const tried = await run(between);
    if (tried.bytes.length <= wantedBytes) {
      best = tried;
      most = between;
      if (tried.bytes.length > wantedBytes * 0.97) break;
    } else least = between;
  }
  return best;
}

function describe(bytes: Uint8Array, d: PixelDescription): PixelDescription {
  const isWavelet = /\.4\.(91|203)$/.test(d.transferSyntaxUid);
  if (!isWavelet || d.samplesPerPixel !== 3 || !usesComponentTransform(bytes)) return d;
  if (d.photometricInterpretation !== 'RGB')
    throw new CodecError(
      'unsupported-pixels',
      `${d.photometricInterpretation} has no place under a colour transform`,
    );
  return { ...d, photometricInterpretation: 'YBR_ICT' };
}

/** Catches an encoder that scrambled the picture: errors of a tenth of its range in the mean are no compression. */
async function checkError(
  bytes: Uint8Array,
  description: PixelDescription,
  pixels: Samples,
  promised: number | null,
): Promise<number | null> {
  const back = await decodeFrame(bytes, description, { colour: 'stored' });
  if (back.pixels.length !== pixels.length)
    throw new CodecError('verify-failed', 'the encoded frame has another number of samples');
  if (description.photometricInterpretation === 'YBR_FULL_422') return null;
  let [greatest, sum, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    const error = Math.abs(value - (back.pixels[i] ?? 0));
    greatest = Math.max(greatest, error);
    sum += error * error;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const mean = Math.sqrt(sum / pixels.length);
  if ((promised !== null && greatest > promised) || mean > Math.max(4, (high - low) / 10))
    throw new CodecError(
      'verify-failed',
      `the encoded frame is off by ${greatest}, ${mean.toFixed(1)} in the mean`,
    );
  return greatest;
}
