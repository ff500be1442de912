// A decoded frame -> an 8-bit picture for film and thumbnails: window baked, palette applied, pixels made square,
// long side limited, quality lowered until the byte budget holds. Encoding and resizing by libvips (sharp).
import sharp from 'sharp';
import { asCodecError, CodecError } from './codec-error.ts';
import type { GreyOptions } from './grey-pipeline.ts';
import { greyToBytes } from './grey-pipeline.ts';
import { readLookUpTable } from './look-up-table.ts';
import type { PaletteChannel, PixelDescription, Samples } from './pixel-description.ts';
import { checkDescription, sampleCount } from './pixel-description.ts';
import type { SampleStats } from './sample-stats.ts';

export type RenderOptions = GreyOptions & {
  longSidePx: number;
  format: 'webp' | 'jpeg' | 'png';
  /** 1-100, 80 unless told; the first try when `maxBytes` is set. */
  quality?: number;
  maxBytes?: number;
  /** Height of a pixel divided by its width: Pixel Spacing [0] / [1], or Pixel Aspect Ratio [0] / [1]. */
  pixelAspect?: number;
  /** Pictures smaller than half the long side are drawn up to it, smoothly; without it they keep their size. */
  enlarge?: boolean;
};

export type Picture = {
  bytes: Uint8Array;
  width: number;
  height: number;
  format: RenderOptions['format'];
  quality: number;
};

type Raster = { bytes: Uint8Array; width: number; height: number; channels: 1 | 3 };

/** `pixels` and `description` as decodeFrame gave them; `stats` of them when the caller has them. */
export async function renderFrame(
  pixels: Samples,
  description: PixelDescription,
  options: RenderOptions,
  stats?: SampleStats,
): Promise<Picture> {
  checkDescription(description);
  if (pixels.length !== sampleCount(description)) {
    throw new CodecError(
      'bad-description',
      `${pixels.length} samples do not fill the ${description.columns}x${description.rows} frame`,
    );
  }
  const raster = toRaster(pixels, description, options, stats);
  const size = pictureSize(raster, options);
  try {
    const small = await resize(raster, size);
    return await encodeWithin(small, options);
  } catch (error) {
    throw asCodecError(error, 'encode-failed', 'picture');
  }
}

export function toRaster(
  pixels: Samples,
  d: PixelDescription,
  options: GreyOptions,
  stats?: SampleStats,
): Raster {
  const shape = { width: d.columns, height: d.rows };
  if (d.photometricInterpretation === 'PALETTE COLOR')
    return { ...shape, channels: 3, bytes: paletteToBytes(pixels, d, options) };
  if (d.samplesPerPixel === 1)
    return { ...shape, channels: 1, bytes: greyToBytes(pixels, d, options, stats) };
  if (d.samplesPerPixel !== 3) {
    throw new CodecError(
      'unsupported-pixels',
      `${d.samplesPerPixel} samples per pixel (${d.photometricInterpretation}) are not renderable`,
    );
  }
  return { ...shape, channels: 3, bytes: colourToBytes(pixels, d, options.invert === true) };
}

function colourToBytes(pixels: Samples, d: PixelDescription, invert: boolean): Uint8Array {
  const out = new Uint8Array(pixels.length);
  const flip = invert ? 255 : 0;
  const scale = 2 ** (d.bitsStored - 8);
  for (let i = 0; i < pixels.length; i++) out[i] = Math.floor((pixels[i] ?? 0) / scale) ^ flip;
  return out;
}

function paletteToBytes(pixels: Samples, d: PixelDescription, options: GreyOptions): Uint8Array {
  if (d.palette === undefined)
    throw new CodecError('bad-description', 'PALETTE COLOR without palette look-up tables (0028,1201-1203)');
  const out = new Uint8Array(pixels.length * 3);
  const flip = options.invert === true ? 255 : 0;
  const { r, g, b } = d.palette;
  for (const [offset, channel] of [r, g, b].entries()) {
    const { entries, first } = channelBytes(channel, d);
    const last = entries.length - 1;
    for (let i = 0; i < pixels.length; i++) {
      const index = (pixels[i] ?? 0) - first;
      out[3 * i + offset] = (entries[Math.max(0, Math.min(last, index))] ?? 0) ^ flip;
    }
  }
  return out;
}

function channelBytes(channel: PaletteChannel, d: PixelDescription): { entries: Uint8Array; first: number } {
  const table = readLookUpTable(channel);
  const shift = Math.max(0, table.bits - 8);
  // The first mapped value has the pixels' sign, whatever VR the descriptor was read with.
  const first = d.pixelRepresentation === 1 && table.first > 32767 ? table.first - 65536 : table.first;
  return { entries: Uint8Array.from(table.entries, (value) => value >> shift), first };
}

function pictureSize(raster: Raster, options: RenderOptions): { width: number; height: number } {
  const aspect = options.pixelAspect ?? 1;
  const square = aspect > 0.01 && aspect < 100 ? aspect : 1;
  const width = square < 1 ? raster.width / square : raster.width;
  const height = square < 1 ? raster.height : raster.height * square;
  const fit = options.longSidePx / Math.max(width, height);
  // Up to twofold the browser enlarges as well, with fewer bytes; beyond that its bilinear steps show.
  const scale = fit > 2 && options.enlarge === true ? fit : Math.min(1, fit);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

async function resize(raster: Raster, size: { width: number; height: number }): Promise<Raster> {
  const { width, height, channels } = raster;
  if (size.width === width && size.height === height) return raster;
  const { data } = await sharp(raster.bytes, { raw: { width, height, channels }, limitInputPixels: false })
    .resize(size.width, size.height, { fit: 'fill', kernel: size.width > width ? 'mitchell' : 'lanczos3' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...size, channels, bytes: data };
}

/** Quality falls to 30, then the picture shrinks; noise-filled frames get there in a few steps. */
async function encodeWithin(raster: Raster, options: RenderOptions): Promise<Picture> {
  let current = raster;
  let quality = options.quality ?? 80;
  for (;;) {
    const bytes = await encode(current, options.format, { quality, small: options.maxBytes !== undefined });
    const fits = options.maxBytes === undefined || bytes.length <= options.maxBytes;
    const smallest = Math.max(current.width, current.height) <= 32;
    if (fits || (quality <= 30 && smallest)) {
      return { bytes, width: current.width, height: current.height, format: options.format, quality };
    }
    if (quality > 30 && options.format !== 'png') {
      quality = Math.max(30, quality - 15);
    } else {
      const width = Math.max(1, Math.round(current.width * 0.8));
      current = await resize(current, { width, height: Math.max(1, Math.round(current.height * 0.8)) });
      if (smallest) quality = 30;
    }
  }
}

/** Grey stays grey: libvips would make three channels of it. `small`: bytes count for more than time. */
async function encode(
  raster: Raster,
  format: RenderOptions['format'],
  { quality, small }: { quality: number; small: boolean },
): Promise<Uint8Array> {
  const { width, height, channels } = raster;
  const image = sharp(raster.bytes, { raw: { width, height, channels }, limitInputPixels: false });
  if (channels === 1 && format !== 'webp') image.toColourspace('b-w');
  switch (format) {
    case 'webp':
      return new Uint8Array(await image.webp({ quality, effort: 2 }).toBuffer());
    case 'jpeg':
      return new Uint8Array(await image.jpeg({ quality, optimiseCoding: small }).toBuffer());
    case 'png':
      return new Uint8Array(await image.png({ compressionLevel: 6 }).toBuffer());
  }
}
