// Frames and pictures made while somebody waits: media not prepared yet, another size or window, decoded octets of a
// compressed object. Equal requests under way share one call of the codec; what was made is kept for a little while.
// When too many wait the answer is media.busy, so that a flood of requests cannot pile up pixels.
import { createHash } from 'node:crypto';
import { CodecError, type FrameRequest, type RenderOptions } from '@yunying/codec';
import { BoundedCache } from '../../bounded-cache.ts';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { PlacedInstance } from '../archive/index.ts';
import { type FrameSource, openFrameSource } from '../archive/index.ts';
import { type Finish, type FinishFormat, finishPicture } from './finish-picture.ts';
import { littleEndianSyntax } from './frame-form.ts';
import type { Located } from './locate-instance.ts';
import type { Picture } from './picture.ts';
import { htj2kMediaType, windowFor } from './prepare-image.ts';
import type { RenderWish } from './render-query.ts';

export type MakeContext = Pick<Context, 'blobs' | 'codec'>;

const mostWaiting = 64;
const usualFrameMs = 100;
const keptBytes = 64 * 1024 ** 2;
const keepMs = 60_000;

type Workshop = {
  sources: BoundedCache<Promise<FrameSource>>;
  made: BoundedCache<Picture>;
  underWay: Map<string, Promise<Picture>>;
};
const workshops = new WeakMap<MakeContext['codec'], Workshop>();

function workshopOf(codec: MakeContext['codec']): Workshop {
  const known = workshops.get(codec);
  if (known !== undefined) return known;
  const workshop: Workshop = {
    sources: new BoundedCache(32),
    made: new BoundedCache(keptBytes),
    underWay: new Map(),
  };
  workshops.set(codec, workshop);
  return workshop;
}

/** `frame`: 1 is the first. */
export function makeHtj2k(ctx: MakeContext, instance: PlacedInstance, frame: number): Promise<Picture> {
  return makeOnce(ctx, `htj2k ${instance.sop_instance_uid} ${frame}`, async () => {
    const request = await readFrame(ctx, instance, frame);
    const { htj2k, refused } = await ctx.codec.prepareFrame({ ...request, want: { htj2k: true } });
    if (htj2k === undefined) throw notRenderable(refused.htj2k?.message);
    return { mediaType: htj2kMediaType, bytes: htj2k.codestream };
  });
}

export function makeDecoded(ctx: MakeContext, instance: PlacedInstance, frame: number): Promise<Picture> {
  return makeOnce(ctx, `decoded ${instance.sop_instance_uid} ${frame}`, async () => {
    const { bytes } = await ctx.codec.decodeToRaw(await readFrame(ctx, instance, frame));
    return { mediaType: `application/octet-stream; transfer-syntax=${littleEndianSyntax}`, bytes };
  });
}

/** The frame's bytes as received, fragments joined. */
export function readOriginal(ctx: MakeContext, instance: PlacedInstance, frame: number): Promise<Picture> {
  return makeOnce(ctx, `original ${instance.sop_instance_uid} ${frame}`, async () => {
    const { bytes } = await readFrame(ctx, instance, frame);
    return { mediaType: 'application/octet-stream', bytes };
  });
}

export type Wanted = Pick<RenderOptions, 'quality' | 'maxBytes' | 'enlarge' | 'invert'> & {
  format: FinishFormat;
  window?: RenderWish['window'];
  /** The picture fits into it and keeps its shape; absent: the frame's own size. */
  viewport?: { width: number; height: number };
  /** What is done to the frame at its own size; the viewport then holds for what comes of it. */
  finish?: Finish;
};

export function makePicture(
  ctx: MakeContext,
  { instance, seriesWindow }: Pick<Located, 'instance' | 'seriesWindow'>,
  frame: number,
  wanted: Wanted,
): Promise<Picture> {
  return makeOnce(
    ctx,
    `picture ${instance.sop_instance_uid} ${frame} ${JSON.stringify(wanted)}`,
    async () => {
      const { viewport, finish, format, window, ...rest } = wanted;
      const { attributes } = await sourceOf(ctx, instance);
      const request = withWindowShape(await readFrame(ctx, instance, frame), window);
      const isFinished = finish !== undefined || format === 'gif';
      const preview: RenderOptions = {
        ...windowFor(request.description, seriesWindow),
        ...rest,
        ...(window === undefined || window.shape !== undefined
          ? {}
          : { window: { center: window.center, width: window.width } }),
        format: isFinished ? 'png' : format,
        pixelAspect: attributes.pixelAspect,
        longSidePx: longSide(request, attributes.pixelAspect, isFinished ? undefined : viewport),
      };
      if (window?.shape !== undefined) delete preview.window; // the description says it
      const { preview: picture, refused } = await ctx.codec.prepareFrame({ ...request, want: { preview } });
      if (picture === undefined) throw notRenderable(refused.preview?.message);
      if (!isFinished) return { mediaType: `image/${picture.format}`, bytes: picture.bytes };
      const { columns: width, rows: height } = request.description;
      const bytes = await finishPicture(
        picture.bytes,
        { width, height },
        { ...finish, ...(viewport === undefined ? {} : { viewport }) },
        { format, quality: wanted.quality ?? 80 },
      );
      return { mediaType: `image/${format}`, bytes };
    },
  );
}

/** Windows other than linear are said by VOI LUT Function (PS3.3 C.11.2.1.3). */
function withWindowShape(request: FrameRequest, window: Wanted['window']): FrameRequest {
  if (window?.shape === undefined) return request;
  const { voiLut: _unused, ...description } = request.description;
  return {
    ...request,
    description: {
      ...description,
      windowCenter: [window.center],
      windowWidth: [window.width],
      voiLutFunction: window.shape === 'sigmoid' ? 'SIGMOID' : 'LINEAR_EXACT',
    },
  };
}

const longestSidePx = 8192;

/** The long side of the largest picture that fits the viewport. */
function longSide({ description }: FrameRequest, aspect: number, viewport: Wanted['viewport']): number {
  const width = description.columns / Math.min(1, aspect);
  const height = description.rows * Math.max(1, aspect);
  const long = Math.max(width, height);
  const scale = viewport === undefined ? 1 : Math.min(viewport.width / width, viewport.height / height);
  return Math.max(1, Math.min(longestSidePx, Math.round(long * scale)));
}

/** Milliseconds from frame to frame of a cine. */
export async function frameDelayMs(ctx: MakeContext, instance: PlacedInstance): Promise<number> {
  const { frameTimeMs } = (await sourceOf(ctx, instance)).attributes;
  return Math.max(20, Math.round(frameTimeMs ?? usualFrameMs));
}

async function makeOnce(
  ctx: MakeContext,
  key: string,
  make: () => Promise<{ mediaType: string; bytes: Uint8Array }>,
): Promise<Picture> {
  const { made, underWay } = workshopOf(ctx.codec);
  const known = made.get(key) ?? underWay.get(key);
  if (known !== undefined) return known;
  if (underWay.size >= mostWaiting) throw new AppError('media.busy');
  const making = make().then(
    ({ mediaType, bytes }): Picture => {
      const tag = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
      const picture = { mediaType, bytes, sizeBytes: bytes.length, etag: `"${tag}"` };
      made.set(key, picture, { weight: bytes.length, keepMs });
      return picture;
    },
    (error: unknown) => {
      throw asAppError(error);
    },
  );
  underWay.set(key, making);
  try {
    return await making;
  } finally {
    underWay.delete(key);
  }
}

async function readFrame(ctx: MakeContext, instance: PlacedInstance, frame: number): Promise<FrameRequest> {
  return (await sourceOf(ctx, instance)).read(frame);
}

function sourceOf(ctx: MakeContext, instance: PlacedInstance): Promise<FrameSource> {
  const { sources } = workshopOf(ctx.codec);
  const known = sources.get(instance.sop_instance_uid);
  if (known !== undefined) return known;
  const opening = openFrameSource(ctx, instance);
  // A deflated object is held inflated: few of them may stay.
  const weight = instance.pixel_layout?.includes('"deflated"') === true ? 16 : 1;
  sources.set(instance.sop_instance_uid, opening, { weight, keepMs });
  opening.catch(() => sources.delete(instance.sop_instance_uid));
  return opening;
}

function asAppError(error: unknown): unknown {
  if (!(error instanceof CodecError)) return error;
  const details = { reason: error.code };
  switch (error.code) {
    case 'unsupported-syntax':
    case 'unsupported-pixels':
      return new AppError('media.not_renderable', { reason: error.message }, { cause: error });
    case 'closed':
    case 'limit':
    case 'timeout':
      return new AppError('media.busy', details, { cause: error });
    default:
      return new AppError('media.frame_damaged', { reason: error.message }, { cause: error });
  }
}

function notRenderable(reason: string | undefined): AppError {
  return new AppError('media.not_renderable', reason === undefined ? {} : { reason });
}
