// Chooses where a frame, film or thumbnail comes from: the rendition when it is there and fits, else made now.
// Callers: media.routes.ts. Reasons when there is nothing to give: archive.no_frame (no such frame), media.no_picture
// (not an image), media.frame_damaged and media.not_renderable (the codec's verdict).
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { listInstances, type PixelLayout, type PlacedInstance, parsePixelLayout } from '../archive/index.ts';
import { inDisplayOrder, representative } from './display-order.ts';
import type { Finish } from './finish-picture.ts';
import type { FrameForm } from './frame-form.ts';
import { frameContentType } from './frame-form.ts';
import type { Located } from './locate-instance.ts';
import { type MakeContext, makeDecoded, makeHtj2k, makePicture, readOriginal } from './make-frame.ts';
import { type Picture, pieceOf } from './picture.ts';
import { filmLongSidePx, thumbnailLongSidePx } from './prepare-image.ts';
import type { RenderWish } from './render-query.ts';
import * as repo from './repo.ts';
import { isSlide } from './slide/open-slide.ts';
import { wholeOfSlide } from './slide/whole-of-slide.ts';
import { videoPlaceholder } from './video-placeholder.ts';

export type PictureFormat = 'webp' | 'jpeg' | 'png' | 'gif';

const frameEtag = (located: Located, form: string, frame: number): string =>
  `"${located.instance.id}-${located.instance.blob_id}-${form}-${frame}"`;

/** `frame`: 1 is the first. */
export async function openFrame(
  ctx: MakeContext,
  located: Located,
  frame: number,
  form: FrameForm,
): Promise<Picture> {
  const { instance, made } = located;
  requireFrame(located, frame);
  const mediaType = frameContentType(form, instance.transfer_syntax_uid);
  if (form === 'htj2k') {
    const picture = pieceOf(made.htj2k, frame - 1) ?? (await makeHtj2k(ctx, instance, frame));
    return { ...picture, mediaType };
  }
  if (form === 'lossy') {
    const picture = pieceOf(made.lossy, frame - 1);
    if (picture === null)
      throw new AppError('request.not_acceptable', { reason: 'there is no lossy preview' });
    return { ...picture, mediaType };
  }
  const etag = frameEtag(located, form, frame);
  const plain = plainFrame(located, frame);
  if (plain !== null)
    return { mediaType, etag, sizeBytes: plain.length, blobId: instance.blob_id, offset: plain.offset };
  const picture = await (form === 'decoded'
    ? makeDecoded(ctx, instance, frame)
    : readOriginal(ctx, instance, frame));
  return { ...picture, mediaType, etag };
}

/** Of instances that are remembered anyway. */
const plainLayouts = new WeakMap<Located['instance'], PixelLayout>();

/** Uncompressed little endian frames lie in the object as they are asked for. */
function plainFrame({ instance }: Located, frame: number): { offset: number; length: number } | null {
  if (instance.pixel_layout?.startsWith('{"kind":"native"') !== true) return null;
  const layout = plainLayouts.get(instance) ?? parsePixelLayout(instance.pixel_layout);
  if (layout?.kind !== 'native' || layout.bigEndian || layout.frameBits % 8 !== 0) return null;
  plainLayouts.set(instance, layout);
  const length = layout.frameBits / 8;
  const from = (frame - 1) * length;
  return from + length > layout.length ? null : { offset: layout.offset + from, length };
}

export async function openFilm(
  ctx: MakeContext,
  located: Located,
  frame: number,
  wish: RenderWish & { format: PictureFormat; invert?: boolean; finish?: Finish },
): Promise<Picture> {
  requireFrame(located, frame);
  const film = wish.format === 'webp' && isFilm(wish) ? pieceOf(located.made.film, frame - 1) : null;
  if (film !== null) return film;
  const { format, viewport, window, quality, region, srgb, invert, finish } = wish;
  const isFinished = region !== undefined || srgb === true || finish !== undefined;
  return makePicture(ctx, located, frame, {
    format,
    enlarge: isFilm(wish),
    ...(invert === true ? { invert } : {}),
    ...(isFinished
      ? {
          finish: {
            ...finish,
            ...(region === undefined ? {} : { region }),
            ...(srgb === true ? { srgb } : {}),
          },
        }
      : {}),
    ...(viewport === undefined ? {} : { viewport }),
    ...(window === undefined ? {} : { window }),
    ...(quality === undefined ? {} : { quality }),
  });
}

/** What was made beforehand is what every film page asks for. */
export function isFilm({ viewport, ...others }: RenderWish & { format?: PictureFormat }): boolean {
  const fits = viewport?.width === filmLongSidePx && viewport.height === filmLongSidePx;
  return fits && Object.keys(others).every((key) => key === 'format');
}

export async function openThumbnail(
  ctx: MakeContext,
  located: Located,
  wish: { format: PictureFormat; frame?: number; viewport?: RenderWish['viewport'] },
): Promise<Picture> {
  const { instance, made } = located;
  const { format, frame, viewport } = wish;
  const ready =
    format === 'webp' && frame === undefined && viewport === undefined ? pieceOf(made.thumbnail, 0) : null;
  if (ready !== null) return ready;
  const poster = instance.kind === 'video' && format === 'webp' ? pieceOf(made.thumbnail, 1) : null;
  if (poster !== null && frame === undefined) return poster;
  if (instance.kind === 'video') return videoPlaceholder(instance.transfer_syntax_uid, format);
  if (instance.number_of_frames === 0 || instance.kind !== 'image') throw new AppError('media.no_picture');
  const shown = frame ?? Math.ceil(instance.number_of_frames / 2);
  requireFrame(located, shown);
  const side = thumbnailLongSidePx;
  const size = {
    width: Math.min(512, viewport?.width ?? side),
    height: Math.min(512, viewport?.height ?? side),
  };
  return makePicture(ctx, located, shown, {
    format,
    viewport: size,
    enlarge: viewport === undefined,
    maxBytes: format === 'png' ? 64 * 1024 : 8 * 1024,
  });
}

/** The page of a document or waveform; 1 is the first. null: the object has no pages (yet). */
export function findPage({ made }: Located, page: number): Picture | null {
  return pieceOf(made['document-page'] ?? made['waveform-page'], page - 1);
}

export function requireFrame({ instance }: Located, frame: number): void {
  if (instance.number_of_frames === 0 || instance.kind === 'video') throw new AppError('media.no_picture');
  if (frame < 1 || frame > instance.number_of_frames)
    throw new AppError('archive.no_frame', { frame, frames: instance.number_of_frames });
}

/** The instance that stands for a series, or for the study: the middle of the series with the most frames. */
export async function findRepresentative(
  ctx: Pick<Context, 'db'>,
  of: { studyId: string; seriesInstanceUid?: string },
): Promise<{ series: string; instance: string } | null> {
  const all = await listInstances(ctx.db, { studyId: of.studyId });
  const own =
    of.seriesInstanceUid === undefined
      ? all
      : all.filter((one) => one.series_instance_uid === of.seriesInstanceUid);
  const images = own.filter((one) => one.kind === 'image' && one.media_state !== 'failed');
  const shown =
    images.length > 0 ? images : own.filter((one) => one.media_state === 'ready' || one.kind === 'video');
  const bySeries = [...Map.groupBy(shown, (one) => one.series_id).values()];
  const frames = (list: typeof shown) =>
    list.reduce((sum, one) => sum + Math.max(1, one.number_of_frames), 0);
  const largest = bySeries.reduce<typeof shown>(
    (best, list) => (frames(list) > frames(best) ? list : best),
    [],
  );
  const middle = await standsFor(ctx, of.studyId, largest);
  return middle === null ? null : { series: middle.series_instance_uid, instance: middle.sop_instance_uid };
}

async function standsFor(
  ctx: Pick<Context, 'db'>,
  studyId: string,
  series: readonly PlacedInstance[],
): Promise<PlacedInstance | null> {
  if (!series.some(isSlide)) return representative(inDisplayOrder(series));
  const made = await repo.selectOfStudy(ctx.db, studyId);
  const thumbnails = made.filter(({ kind }) => kind === 'thumbnail');
  return wholeOfSlide(series, ({ id }) => thumbnails.find((row) => row.instance_id === id)?.derived ?? null);
}
