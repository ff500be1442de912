// Everything the archive wants of one stored frame, decoded once: HTJ2K rendition, preview, thumbnail, statistics and a
// digest of the pixels. A product that cannot be made (32-bit HTJ2K, four-channel preview) is named in `refused`; only
// a frame that does not decode fails as a whole.
import { createHash } from 'node:crypto';
import type { CodecErrorCode } from './codec-error.ts';
import { asCodecError } from './codec-error.ts';
import type { DecodeOptions } from './decode-frame.ts';
import { decodeFrame } from './decode-frame.ts';
import type { Htj2kRendition } from './encode-htj2k.ts';
import { encodeHtj2k } from './encode-htj2k.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import type { Picture, RenderOptions } from './render-frame.ts';
import { renderFrame } from './render-frame.ts';
import type { SampleStats } from './sample-stats.ts';
import { sampleStats } from './sample-stats.ts';

export type WantedProducts = {
  htj2k?: boolean;
  preview?: RenderOptions;
  thumbnail?: RenderOptions;
  pixelSha256?: boolean;
};

export type FrameRequest = {
  /** The frame's stored bytes. Over a SharedArrayBuffer they reach the worker without a copy. */
  bytes: Uint8Array;
  description: PixelDescription;
  bitOffset?: number;
};

export type PrepareRequest = FrameRequest & { want: WantedProducts };

export type Refusal = { code: CodecErrorCode; message: string };

export type PreparedFrame = {
  /** Layout of the decoded pixels, which the HTJ2K rendition has as well. */
  description: PixelDescription;
  stats: SampleStats;
  htj2k?: Htj2kRendition;
  preview?: Picture;
  thumbnail?: Picture;
  pixelSha256?: string;
  refused: { htj2k?: Refusal; preview?: Refusal; thumbnail?: Refusal };
};

export async function prepareFrame(request: PrepareRequest): Promise<PreparedFrame> {
  const { want } = request;
  const { pixels, description } = await decodeFrame(
    request.bytes,
    request.description,
    decodeOptions(request),
  );
  const prepared: PreparedFrame = { description, stats: sampleStats(pixels, description), refused: {} };
  if (want.pixelSha256 === true) prepared.pixelSha256 = pixelDigest(pixels);
  const { preview, thumbnail } = want;
  if (preview)
    await attempt(prepared, 'preview', () => renderFrame(pixels, description, preview, prepared.stats));
  if (thumbnail)
    await attempt(prepared, 'thumbnail', () => renderFrame(pixels, description, thumbnail, prepared.stats));
  if (want.htj2k === true) await attempt(prepared, 'htj2k', () => encodeHtj2k(pixels, description));
  return prepared;
}

export function decodeOptions(request: FrameRequest): DecodeOptions {
  return request.bitOffset === undefined ? {} : { bitOffset: request.bitOffset };
}

export function pixelDigest(pixels: Samples): string {
  return createHash('sha256')
    .update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
    .digest('hex');
}

async function attempt<K extends 'htj2k' | 'preview' | 'thumbnail'>(
  prepared: PreparedFrame,
  product: K,
  make: () => Promise<NonNullable<PreparedFrame[K]>>,
): Promise<void> {
  try {
    prepared[product] = await make();
  } catch (error) {
    const { code, message } = asCodecError(error, 'encode-failed', product);
    prepared.refused[product] = { code, message };
  }
}
