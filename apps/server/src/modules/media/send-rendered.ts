// /rendered of an instance, of frames, of a series or study (PS3.18 §10.4.1.1.3): one picture, or several as
// multipart/related, or a cine as GIF; a presentation state shows the images it is for; a document comes as its first page
// or as PDF; a video as it was received. Words and presentation states are drawn for each request.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import sharp from 'sharp';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import {
  acceptOf,
  chooseMedia,
  type OutPart,
  sendBlob,
  sendStream,
  writeMultipart,
} from '../../http/media.ts';
import {
  allowStudy,
  correctionsOf,
  getInstanceMetadata,
  listInstances,
  openBulk,
  readInstanceHead,
  recordView,
  requireLabel,
  videoMediaType,
} from '../archive/index.ts';
import { burnIn } from './burn-in.ts';
import { inDisplayOrder } from './display-order.ts';
import { joinGif } from './finish-picture.ts';
import { type Located, locateInstance } from './locate-instance.ts';
import { frameDelayMs, type Wanted } from './make-frame.ts';
import { openDocumentPdf } from './open-pdf.ts';
import { findPage, isFilm, openFilm, type PictureFormat, requireFrame } from './open-picture.ts';
import { type Picture, pictureBody, sendPicture } from './picture.ts';
import { readPresentation } from './presentation-state.ts';
import { type RenderQuery, type RenderWish, readRenderQuery } from './render-query.ts';

type RenderContext = Pick<Context, 'db' | 'blobs' | 'codec'>;
type Drawn = Pick<Wanted, 'invert' | 'finish'> & { window?: RenderWish['window'] };
/** One picture of the answer. */
export type Shot = { located: Located; frame: number; drawn?: Drawn };

const mostShots = 5000;
const mostGifFrames = 300;
const gifSidePx = 512;
const drawnAnew = 'private, no-cache';

/** `frames` null: what stands for the instance. */
export async function sendRendered(
  ctx: RenderContext,
  req: FastifyRequest,
  reply: FastifyReply,
  located: Located,
  frames: readonly number[] | null,
): Promise<FastifyReply> {
  const { instance } = located;
  reply.header('vary', 'accept');
  if (frames === null) {
    if (wants(req, 'application/pdf')) return openDocumentPdf(ctx, req, reply, located);
    const video = videoMediaType(instance.transfer_syntax_uid);
    if (video !== null && wants(req, video)) return sendVideo(ctx, req, reply, located);
    const page = findPage(located, 1);
    if (page !== null) return sendPage(ctx, req, reply, page);
  }
  if (instance.kind === 'presentation') return sendShots(ctx, req, reply, await presented(ctx, located));
  const numbers = frames ?? (wants(req, 'image/gif') ? allFrames(located) : [1]);
  return sendShots(
    ctx,
    req,
    reply,
    numbers.map((frame) => ({ located, frame })),
  );
}

function allFrames({ instance }: Located): number[] {
  return Array.from({ length: Math.min(mostGifFrames, instance.number_of_frames) }, (_unused, at) => at + 1);
}

/** Of a series or study: every frame of every image in display order. */
export async function sendRenderedAll(
  ctx: RenderContext,
  req: FastifyRequest,
  reply: FastifyReply,
  of: { study: string; series?: string },
): Promise<FastifyReply> {
  const studyId = await allowStudy(ctx, req, of.study);
  const all = await listInstances(ctx.db, { studyId });
  const own = all.filter((one) => of.series === undefined || one.series_instance_uid === of.series);
  const images = own.filter((one) => one.kind === 'image' && one.number_of_frames > 0);
  if (own.length === 0) throw new AppError('request.not_found');
  if (images.length === 0) throw new AppError('media.no_picture');
  await recordView(ctx, req, { study: of.study, series: of.series ?? of.study });
  const shots: Shot[] = [];
  for (const series of Map.groupBy(images, (one) => one.series_id).values()) {
    for (const { series_instance_uid, sop_instance_uid, number_of_frames } of inDisplayOrder(series)) {
      const place = { study: of.study, series: series_instance_uid, instance: sop_instance_uid };
      const located = await locateInstance(ctx, place);
      await requireLabel(ctx, req, located.instance);
      for (let frame = 1; frame <= number_of_frames; frame += 1) shots.push({ located, frame });
      if (shots.length > mostShots) throw new AppError('request.body_too_large', { limit: mostShots });
    }
  }
  reply.header('vary', 'accept');
  return sendShots(ctx, req, reply, shots, true);
}

/** `several`: the address names a set, so the answer is multipart even when it holds one. */
async function sendShots(
  ctx: RenderContext,
  req: FastifyRequest,
  reply: FastifyReply,
  shots: readonly Shot[],
  several = shots.length > 1,
): Promise<FastifyReply> {
  const wish = readRenderQuery(req.query as RenderQuery); // validated by the route's schema
  const format = choosePicture(req, isFilm(wish) ? 'webp' : 'jpeg');
  const [first] = shots;
  if (first === undefined) throw new AppError('media.no_picture');
  for (const { located, frame } of shots) requireFrame(located, frame);
  const isDrawn = wish.annotations !== undefined || first.drawn !== undefined;
  const keep = isDrawn ? { cacheControl: drawnAnew } : {};
  if (!several) return sendPicture(ctx, req, reply, await drawShot(ctx, first, { ...wish, format }), keep);
  if (format === 'gif') return sendPicture(ctx, req, reply, await drawCine(ctx, shots, wish), keep);
  const opened = await drawShot(ctx, first, { ...wish, format });
  const parts = async function* (): AsyncGenerator<OutPart> {
    for (const shot of shots) {
      const picture = shot === first ? opened : await drawShot(ctx, shot, { ...wish, format });
      const { study_instance_uid, series_instance_uid, sop_instance_uid } = shot.located.instance;
      const location = `/dicom-web/studies/${study_instance_uid}/series/${series_instance_uid}/instances/${sop_instance_uid}/frames/${shot.frame}/rendered`;
      yield {
        headers: { 'content-type': picture.mediaType, 'content-location': location },
        body: await pictureBody(ctx, picture),
      };
    }
  };
  const { contentType, body } = writeMultipart(parts(), `image/${format}`);
  return sendStream(req, reply.type(contentType).header('cache-control', drawnAnew), body);
}

export async function drawShot(
  ctx: RenderContext,
  { located, frame, drawn }: Shot,
  asked: RenderWish & { format: PictureFormat },
): Promise<Picture> {
  const { annotations, ...wish } = asked;
  const window = asked.window ?? drawn?.window;
  const corners =
    annotations === undefined ? undefined : await cornersOf(ctx, located, annotations, frame, window);
  const finish = corners === undefined ? drawn?.finish : { ...drawn?.finish, corners };
  return openFilm(ctx, located, frame, {
    ...wish,
    ...(window === undefined ? {} : { window }),
    ...(drawn?.invert === true ? { invert: true } : {}),
    ...(finish === undefined ? {} : { finish }),
  });
}

async function cornersOf(
  ctx: RenderContext,
  { instance }: Located,
  annotations: NonNullable<RenderWish['annotations']>,
  frame: number,
  window: RenderWish['window'],
) {
  const corrections = await correctionsOf(ctx.db, [instance.id]);
  const json = await getInstanceMetadata(ctx, instance, corrections.get(instance.id));
  return burnIn(json, annotations, { frame, frames: instance.number_of_frames, window });
}

async function drawCine(ctx: RenderContext, shots: readonly Shot[], wish: RenderWish): Promise<Picture> {
  const [first] = shots;
  if (first === undefined || shots.length > mostGifFrames)
    throw new AppError('request.not_acceptable', { reason: `a GIF holds ${mostGifFrames} frames` });
  const viewport = wish.viewport ?? { width: gifSidePx, height: gifSidePx };
  const frames: Uint8Array[] = [];
  for (const shot of shots) {
    const picture = await drawShot(ctx, shot, { ...wish, viewport, format: 'png' });
    if ('bytes' in picture) frames.push(picture.bytes);
  }
  const bytes = await joinGif(frames, await frameDelayMs(ctx, first.located.instance));
  const etag = `"${first.located.instance.id}-gif-${bytes.length}"`;
  return { mediaType: 'image/gif', etag, sizeBytes: bytes.length, bytes };
}

/** The images that a presentation state is for, as it shows them. They lie in the same study. */
export async function presented(
  ctx: RenderContext,
  { instance }: Located,
  only?: { instance: string; frame: number },
) {
  const presentation = readPresentation(await readInstanceHead(ctx, instance));
  const shots: Shot[] = [];
  for (const shown of presentation.images) {
    if (only !== undefined && shown.instance !== only.instance) continue;
    const place = { study: instance.study_instance_uid, series: shown.series, instance: shown.instance };
    const at = only === undefined ? shown : { ...shown, frame: only.frame };
    shots.push({ located: await locateInstance(ctx, place), frame: at.frame, drawn: presentation.of(at) });
    if (only !== undefined) break;
  }
  if (shots.length === 0) throw new AppError('media.no_picture');
  return shots;
}

/** A video is passed through as it was received; ranges let a <video> element play it. */
export async function sendVideo(
  ctx: RenderContext,
  req: FastifyRequest,
  reply: FastifyReply,
  { instance }: Located,
): Promise<FastifyReply> {
  const value = await openBulk(ctx, instance, '7FE00010');
  if (value.kind !== 'octets') throw new AppError('media.no_picture');
  const { mediaType, length, open } = value;
  return sendBlob(req, reply, {
    mediaType,
    totalBytes: length,
    sha256: `${instance.id}-video`,
    cacheControl: drawnAnew,
    read: async (range) => ({
      body: Readable.from(open(range?.start ?? 0, range?.end ?? length - 1), { objectMode: false }),
    }),
  });
}

/** Named by the client, not only through a wildcard. A video also where nothing else could be given. */
function wants(req: FastifyRequest, mediaType: string): boolean {
  const wishes = acceptOf(req).filter((wish) => wish.quality > 0);
  if (mediaType.startsWith('video/'))
    return wishes.some(({ type }) => type === mediaType || type === 'video/*' || type === '*/*');
  return wishes[0]?.type === mediaType || wishes[0]?.parameters.type === mediaType;
}

/** The best-liked picture type; `usual` for a client that takes anything. */
export function choosePicture(req: FastifyRequest, usual: PictureFormat): PictureFormat {
  const formats = [usual, ...(['webp', 'jpeg', 'png', 'gif'] as const).filter((format) => format !== usual)];
  for (const { type, parameters, quality } of acceptOf(req)) {
    if (quality === 0) continue;
    const asked = type === 'multipart/related' ? (parameters.type ?? '*/*').toLowerCase() : type;
    const found = formats.find((format) => ['*/*', 'image/*', `image/${format}`].includes(asked));
    if (found !== undefined) return found;
  }
  throw new AppError('request.not_acceptable', { offers: formats.map((format) => `image/${format}`) });
}

/** A client without WebP gets the page of a waveform as JPEG. */
export async function sendPage(
  ctx: RenderContext,
  req: FastifyRequest,
  reply: FastifyReply,
  page: Picture,
): Promise<FastifyReply> {
  const kept = page.mediaType === 'image/webp' ? 'image/webp' : 'image/jpeg';
  const wanted = chooseMedia(req, [kept, 'image/jpeg']);
  reply.header('vary', 'accept');
  if (wanted === kept || !('blobId' in page)) return sendPicture(ctx, req, reply, page);
  const { blobId, offset, sizeBytes, etag } = page;
  const stored = await ctx.blobs.readBytes(blobId, { start: offset, end: offset + sizeBytes - 1 });
  const bytes = await sharp(stored).jpeg({ quality: 85 }).toBuffer();
  return sendPicture(ctx, req, reply, {
    mediaType: 'image/jpeg',
    etag: `${etag.slice(0, -1)}-jpeg"`,
    sizeBytes: bytes.length,
    bytes,
  });
}
