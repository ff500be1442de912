// Frames, rendered pictures, thumbnails and pages under /dicom-web (WADO-RS, PS3.18 §10.4.1.1.4 to .6; pages are ours).
// HTTP only: parse, authorise, open, send. Every answer is immutable, has a strong tag and takes byte ranges, so a
// viewer reads the first bytes of an HTJ2K frame for a preview and the rest when it stands still.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import {
  acceptOf,
  type OutPart,
  partHead,
  sendPieces,
  sendStream,
  writeMultipart,
} from '../../http/media.ts';
import { allowStudy, recordView, requireLabel } from '../archive/index.ts';
import { chooseFrameForm, frameContentType, frameOffers } from './frame-form.ts';
import { type Located, locateInstance, type Place } from './locate-instance.ts';
import { findPage, findRepresentative, openFrame, openThumbnail, requireFrame } from './open-picture.ts';
import { changing, immutable, pictureBody, pieceOf, sendPicture } from './picture.ts';
import { type RenderQuery, readRenderQuery } from './render-query.ts';
import { choosePicture, sendPage, sendRendered, sendRenderedAll } from './send-rendered.ts';

export type MediaWebContext = Pick<Context, 'db' | 'blobs' | 'codec' | 'config'>;

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const StudyParams = Type.Object({ study: Uid });
const SeriesParams = Type.Object({ study: Uid, series: Uid });
const InstanceParams = Type.Object({ study: Uid, series: Uid, instance: Uid });
const FramesParams = Type.Object({
  study: Uid,
  series: Uid,
  instance: Uid,
  frames: Type.String({ pattern: '^[0-9]{1,7}(,[0-9]{1,7}){0,499}$' }),
});
const PageParams = Type.Object({
  study: Uid,
  series: Uid,
  instance: Uid,
  page: Type.Integer({ minimum: 1, maximum: 100_000 }),
});
const Rendering = Type.Object({
  viewport: Type.Optional(
    Type.String({ maxLength: 60, description: 'width,height[,x,y,width,height of the source]' }),
  ),
  window: Type.Optional(
    Type.String({ maxLength: 60, description: 'center,width[,linear|linear-exact|sigmoid]' }),
  ),
  quality: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  annotation: Type.Optional(Type.String({ maxLength: 60 })),
  iccprofile: Type.Optional(Type.String({ maxLength: 60 })),
  accept: Type.Optional(Type.String({ maxLength: 1000 })),
});

const instancePath = '/studies/:study/series/:series/instances/:instance';
/** Pictures come by the hundred: the limit of ordinary requests would stop a person who scrolls. */
const picturesPerRequest = 20;

export function mediaRoutes(ctx: MediaWebContext): HttpPlugin {
  const config = {
    access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' },
    rateLimit: { max: ctx.config.http1.ratePerMinute * picturesPerRequest, timeWindow: '1 minute' },
  } as const;
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      app.get(
        `${instancePath}/frames/:frames`,
        { config, schema: { params: FramesParams } },
        async (req, reply) => {
          const located = await open(ctx, req, req.params);
          return sendFrames(ctx, req, reply, located, req.params.frames.split(',').map(Number));
        },
      );
      app.get(
        `${instancePath}/frames/:frames/rendered`,
        { config, schema: { params: FramesParams, querystring: Rendering } },
        async (req, reply) => {
          const located = await open(ctx, req, req.params);
          return sendRendered(ctx, req, reply, located, req.params.frames.split(',').map(Number));
        },
      );
      app.get(
        `${instancePath}/rendered`,
        { config, schema: { params: InstanceParams, querystring: Rendering } },
        async (req, reply) => sendRendered(ctx, req, reply, await open(ctx, req, req.params), null),
      );
      for (const { path, params } of [
        { path: '/studies/:study/rendered', params: StudyParams },
        { path: '/studies/:study/series/:series/rendered', params: SeriesParams },
      ]) {
        app.get(path, { config, schema: { params, querystring: Rendering } }, (req, reply) =>
          sendRenderedAll(ctx, req, reply, req.params),
        );
      }
      app.get(
        `${instancePath}/pages/:page`,
        { config, schema: { params: PageParams } },
        async (req, reply) => {
          const page = findPage(await open(ctx, req, req.params), req.params.page);
          if (page === null) throw new AppError('media.no_picture');
          return sendPage(ctx, req, reply, page);
        },
      );
      app.get(`${instancePath}/video`, { config, schema: { params: InstanceParams } }, async (req, reply) => {
        const video = pieceOf((await open(ctx, req, req.params)).made.video, 0);
        if (video === null) throw new AppError('media.no_picture');
        return sendPicture(ctx, req, reply, video);
      });

      app.get(
        `${instancePath}/frames/:frames/thumbnail`,
        { config, schema: { params: FramesParams, querystring: Rendering } },
        async (req, reply) =>
          sendThumbnail(ctx, req, reply, await open(ctx, req, req.params), {
            frame: oneFrame(req.params.frames),
          }),
      );
      app.get(
        `${instancePath}/thumbnail`,
        { config, schema: { params: InstanceParams, querystring: Rendering } },
        async (req, reply) => sendThumbnail(ctx, req, reply, await open(ctx, req, req.params)),
      );
      app.get(
        '/studies/:study/series/:series/thumbnail',
        { config, schema: { params: SeriesParams, querystring: Rendering } },
        (req, reply) => sendThumbnailOf(ctx, req, reply, req.params),
      );
      app.get(
        '/studies/:study/thumbnail',
        { config, schema: { params: StudyParams, querystring: Rendering } },
        (req, reply) => sendThumbnailOf(ctx, req, reply, req.params),
      );
    },
  };
}

/** Authorised first; then the instance, and the row of the trail. */
async function open(ctx: MediaWebContext, req: FastifyRequest, place: Place): Promise<Located> {
  await allowStudy(ctx, req, place.study);
  const located = await locateInstance(ctx, place);
  await requireLabel(ctx, req, located.instance);
  await recordView(ctx, req, place);
  return located;
}

function oneFrame(frames: string): number {
  if (frames.includes(',')) throw new AppError('request.invalid', { reason: 'one frame only' });
  return Number(frames);
}

async function sendFrames(
  ctx: MediaWebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  located: Located,
  frames: readonly number[],
): Promise<FastifyReply> {
  const { transfer_syntax_uid: transferSyntaxUid } = located.instance;
  const hasPreview = located.made.lossy !== undefined;
  const choice = chooseFrameForm(acceptOf(req), { transferSyntaxUid, frames: frames.length, hasPreview });
  if (choice === null)
    throw new AppError('request.not_acceptable', { offers: frameOffers(transferSyntaxUid) });
  const [first] = frames;
  reply.header('vary', 'accept');
  if (!choice.multipart && first !== undefined)
    return sendPicture(ctx, req, reply, await openFrame(ctx, located, first, choice.form));
  // What can be known beforehand is: a fault after the answer began is a cut-off body, not a status.
  for (const frame of frames) requireFrame(located, frame);
  const part = async (frame: number): Promise<OutPart> => {
    const picture = await openFrame(ctx, located, frame, choice.form);
    return { headers: { 'content-type': picture.mediaType }, body: await pictureBody(ctx, picture) };
  };
  const opened = await part(first ?? 1);
  const parts = async function* (): AsyncGenerator<OutPart> {
    for (const [index, frame] of frames.entries()) yield index === 0 ? opened : await part(frame);
  };
  const type = frameContentType(choice.form, transferSyntaxUid).split(';')[0] ?? '';
  reply.header('cache-control', immutable);
  // Viewers that speak multipart ask for one frame at a time: no stream is set up for it.
  if (frames.length === 1 && opened.body instanceof Uint8Array) {
    const { contentType, pieces } = joinPart(opened.headers, opened.body, type);
    return sendPieces(reply.type(contentType), pieces);
  }
  const { contentType, body } = writeMultipart(parts(), type);
  return sendStream(req, reply.type(contentType), body);
}

/** One part as a multipart/related body (RFC 2387). */
function joinPart(
  headers: Record<string, string>,
  body: Uint8Array,
  type: string,
): { contentType: string; pieces: Uint8Array[] } {
  const boundary = `yunying-${randomUUID()}`; // random bytes made ahead
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    pieces: [partHead(boundary, headers), body, Buffer.from(`\r\n--${boundary}--\r\n`)],
  };
}

async function sendThumbnail(
  ctx: MediaWebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  located: Located,
  options: { frame?: number; cacheControl?: string } = {},
): Promise<FastifyReply> {
  const { viewport } = readRenderQuery(req.query as RenderQuery); // validated by the route's schema
  const { frame, cacheControl } = options;
  const picture = await openThumbnail(ctx, located, {
    format: choosePicture(req, 'webp'),
    ...(frame === undefined ? {} : { frame }),
    ...(viewport === undefined ? {} : { viewport }),
  });
  reply.header('vary', 'accept');
  return sendPicture(ctx, req, reply, picture, cacheControl === undefined ? {} : { cacheControl });
}

/** Of a series or study: which picture stands for it may change while images arrive. */
async function sendThumbnailOf(
  ctx: MediaWebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  of: { study: string; series?: string },
): Promise<FastifyReply> {
  const studyId = await allowStudy(ctx, req, of.study);
  const chosen = await findRepresentative(ctx, {
    studyId,
    ...(of.series === undefined ? {} : { seriesInstanceUid: of.series }),
  });
  if (chosen === null) throw new AppError('media.no_picture');
  const place = { study: of.study, ...chosen };
  const located = await locateInstance(ctx, place);
  await requireLabel(ctx, req, located.instance);
  await recordView(ctx, req, place);
  return sendThumbnail(ctx, req, reply, located, { cacheControl: changing });
}
