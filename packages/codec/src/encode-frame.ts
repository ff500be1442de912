// Samples -> one frame in a lossless transfer syntax: RLE, JPEG lossless, JPEG-LS, JPEG 2000, HTJ2K. Whatever the
// encoder, its bytes are decoded again and compared before anyone sees them. The near-lossless and lossy syntaxes
// (.81 .91 .203) are written lossless, which they allow (PS3.5 A.4.3, A.4.4, A.4.9), unless loss is asked for by a
// ratio: then encode-lossy.ts has them, and JPEG baseline and extended.
import { CodecError } from './codec-error.ts';
import { usesComponentTransform } from './codestream-heads.ts';
import { decodeFrame } from './decode-frame.ts';
import { encodeHtj2k } from './encode-htj2k.ts';
import { encodeLossy, type LossyTarget } from './encode-lossy.ts';
import { encodeRle } from './encode-rle.ts';
import { encodeJpegLossless } from './jpeg/encode-lossless.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { checkDescription, containerBytes, sampleCount } from './pixel-description.ts';
import type { FrameRequest } from './prepare-frame.ts';
import { decodeOptions } from './prepare-frame.ts';
import { encodeJpeg2000, encodeJpegLs } from './wasm-encode.ts';

/** `description` says what the encoded frame holds, in the terms of the Image Pixel module. */
export type EncodedFrame = {
  bytes: Uint8Array;
  description: PixelDescription;
  /** Of lossy ones: by how much a sample is off at most; null when colour was shared. */
  maxError?: number | null;
};
export type EncodeRequest = FrameRequest & { to: string; lossy?: LossyTarget };

type Encoder = (pixels: Samples, d: PixelDescription) => Uint8Array | Promise<Uint8Array>;

const jpegRoot = '1.2.840.10008.1.2.4.';
const htj2k: Encoder = async (pixels, d) => (await encodeHtj2k(pixels, d, { verify: false })).codestream;
const encoders = new Map<string, Encoder>([
  ['1.2.840.10008.1.2.5', encodeRle],
  [`${jpegRoot}57`, encodeJpegLossless],
  [`${jpegRoot}70`, encodeJpegLossless],
  [`${jpegRoot}80`, encodeJpegLs],
  [`${jpegRoot}81`, encodeJpegLs],
  [`${jpegRoot}90`, encodeJpeg2000],
  [`${jpegRoot}91`, encodeJpeg2000],
  [`${jpegRoot}201`, htj2k],
  [`${jpegRoot}202`, htj2k],
  [`${jpegRoot}203`, htj2k],
]);

/** Whether frames can be written in this compressed transfer syntax. */
export function canEncode(transferSyntaxUid: string): boolean {
  return encoders.has(transferSyntaxUid);
}

/** Decodes a stored frame, colour as it is stored, and writes it in `to`. */
export async function encodeStored(request: EncodeRequest): Promise<EncodedFrame> {
  if (request.description.bitsAllocated === 1)
    throw new CodecError('unsupported-pixels', 'cells of one bit are not compressed');
  const options = { ...decodeOptions(request), colour: 'stored' as const };
  const { pixels, description } = await decodeFrame(request.bytes, request.description, options);
  return request.lossy === undefined
    ? encodeFrame(pixels, description, request.to)
    : encodeLossy(pixels, withoutSubsampling(description), request.to, request.lossy);
}

/** `pixels` and `description` as decodeFrame gave them. */
export async function encodeFrame(
  pixels: Samples,
  description: PixelDescription,
  to: string,
): Promise<EncodedFrame> {
  const encode = encoders.get(to);
  if (encode === undefined)
    throw new CodecError('unsupported-syntax', `frames are not written in transfer syntax ${to}`);
  checkDescription(description);
  if (
    pixels.length !== sampleCount(description) ||
    pixels.BYTES_PER_ELEMENT !== containerBytes(description.bitsAllocated)
  )
    throw new CodecError('bad-description', `${pixels.length} samples do not fit the description`);
  const d = withoutSubsampling(description);
  const bytes = await encode(pixels, d);
  const encoded = { bytes, description: describeEncoded(bytes, d, to) };
  await verify(encoded, pixels);
  return encoded;
}

/** Decoding has given each pixel its own chroma (PS3.3 C.7.6.3.1.2). */
function withoutSubsampling(d: PixelDescription): PixelDescription {
  return /^YBR_(FULL|PARTIAL)_42[02]$/.test(d.photometricInterpretation)
    ? { ...d, photometricInterpretation: 'YBR_FULL' }
    : d;
}

function describeEncoded(bytes: Uint8Array, d: PixelDescription, to: string): PixelDescription {
  const isWavelet = /\.4\.(9[01]|20[123])$/.test(to);
  const transformed = isWavelet && d.samplesPerPixel === 3 && usesComponentTransform(bytes);
  if (transformed && d.photometricInterpretation !== 'RGB')
    throw new CodecError(
      'unsupported-pixels',
      `${d.photometricInterpretation} has no place under a colour transform`,
    );
  return {
    ...d,
    transferSyntaxUid: to,
    photometricInterpretation: transformed ? 'YBR_RCT' : d.photometricInterpretation,
  };
}

async function verify(encoded: EncodedFrame, pixels: Samples): Promise<void> {
  const back = await decodeFrame(encoded.bytes, encoded.description, { colour: 'stored' });
  const bytes = (samples: Samples) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  if (Buffer.compare(bytes(back.pixels), bytes(pixels)) !== 0)
    throw new CodecError('verify-failed', 'the encoded frame does not decode to its source');
}
