// WADO-URI (PS3.18 §9): one object, picture or document by the parameters of its address. The same rights, the same
// drawing and the same bytes as the WADO-RS doors; only the words of the question differ.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { acceptOf } from '../../http/media.ts';
import {
  allowStudy,
  getInstance,
  recordView,
  requireLabel,
  requireStudy,
  sendInstanceFile,
  videoMediaType,
} from '../archive/index.ts';
import { type Located, locateInstance } from './locate-instance.ts';
import { openDocumentPdf } from './open-pdf.ts';
import { findPage, type PictureFormat, requireFrame } from './open-picture.ts';
import { sendPicture } from './picture.ts';
import type { Annotation, Region, RenderWish } from './render-query.ts';
import { drawShot, presented, sendPage, sendVideo } from './send-rendered.ts';

type WadoContext = Pick<Context, 'db' | 'blobs' | 'codec' | 'config' | 'log' | 'clock'>;

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const Question = Type.Object({
  requestType: Type.Literal('WADO'),
  studyUID: Uid,
  seriesUID: Uid,
  objectUID: Uid,
  contentType: Type.Optional(Type.String({ maxLength: 300 })),
  charset: Type.Optional(Type.String({ maxLength: 100 })),
  anonymize: Type.Optional(Type.String({ maxLength: 10 })),
  annotation: Type.Optional(Type.String({ maxLength: 60 })),
  rows: Type.Optional(Type.Integer({ minimum: 1, maximum: 4096 })),
  columns: Type.Optional(Type.Integer({ minimum: 1, maximum: 4096 })),
  region: Type.Optional(Type.String({ maxLength: 100 })),
  windowCenter: Type.Optional(Type.Number()),
  windowWidth: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  frameNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
  imageQuality: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  presentationUID: Type.Optional(Uid),
  presentationSeriesUID: Type.Optional(Uid),
  transferSyntax: Type.Optional(Uid),
});
type Question = Static<typeof Question>;

const dicom = 'application/dicom';
const longestSidePx = 4096;
const formats: Record<string, PictureFormat> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
};

export function wadoUriRoutes(ctx: WadoContext): HttpPlugin {
  return {
    routes: async (app) => {
      app.get(
        '/wado',
        {
          config: { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } },
          schema: { querystring: Question },
        },
        (req, reply) => answer(ctx, req, reply, req.query),
      );
    },
  };
}

async function answer(
  ctx: WadoContext,
  req: FastifyRequest,
  reply: FastifyReply,
  question: Question,
): Promise<FastifyReply> {
  if (question.anonymize !== undefined && question.anonymize !== 'no')
    throw new AppError('platform.not_built', { parameter: 'anonymize' });
  const place = { study: question.studyUID, series: question.seriesUID, instance: question.objectUID };
  await allowStudy(ctx, req, place.study);
  const located = await locateInstance(ctx, place);
  await requireLabel(ctx, req, located.instance);
  const type = chooseType(question, located);
  reply.header('vary', 'accept');
  if (type === dicom) return sendFile(ctx, req, reply, question);
  await recordView(ctx, req, place);
  if (type === 'application/pdf') return openDocumentPdf(ctx, req, reply, located);
  if (type.startsWith('video/')) return sendVideo(ctx, req, reply, located);
  const page = findPage(located, question.frameNumber ?? 1);
  if (page !== null) return sendPage(ctx, req, reply, page);
  return sendImage(ctx, req, reply, located, question, formats[type] ?? 'jpeg');
}

/** What contentType names first and can be given; without it a picture of an image, and the object of anything else. */
function chooseType({ contentType }: Question, located: Located): string {
  const { instance } = located;
  const hasPages = findPage(located, 1) !== null;
  const video = videoMediaType(instance.transfer_syntax_uid);
  const isPicture = instance.number_of_frames > 0 && video === null;
  const offers = [
    ...(isPicture || hasPages ? Object.keys(formats) : []),
    dicom,
    ...(hasPages || instance.kind === 'document' ? ['application/pdf'] : []),
    ...(video === null ? [] : [video]),
  ];
  const usual = isPicture && instance.number_of_frames === 1 ? 'image/jpeg' : dicom;
  if (contentType === undefined || contentType.trim() === '') return usual;
  for (const { type } of acceptOf({ headers: { accept: contentType }, query: {} })) {
    if (type === '*/*') return usual;
    const found = offers.find(
      (offer) => offer === type || (type.endsWith('/*') && offer.startsWith(type.slice(0, -1))),
    );
    if (found !== undefined) return found;
  }
  throw new AppError('request.not_acceptable', { offers });
}

async function sendFile(
  ctx: WadoContext,
  req: FastifyRequest,
  reply: FastifyReply,
  { studyUID, seriesUID, objectUID, transferSyntax }: Question,
): Promise<FastifyReply> {
  await requireStudy(ctx, req, studyUID, 'image.original');
  const instance = await getInstance(ctx.db, {
    studyInstanceUid: studyUID,
    seriesInstanceUid: seriesUID,
    sopInstanceUid: objectUID,
  });
  return sendInstanceFile(ctx, req, reply, instance, transferSyntax === undefined ? '*' : [transferSyntax]);
}

async function sendImage(
  ctx: WadoContext,
  req: FastifyRequest,
  reply: FastifyReply,
  located: Located,
  question: Question,
  format: PictureFormat,
): Promise<FastifyReply> {
  const frame = question.frameNumber ?? 1;
  requireFrame(located, frame);
  const wish = readWish(question, located);
  const state = await findState(ctx, question);
  const [shot = { located, frame }] =
    state === null ? [] : await presented(ctx, state, { instance: question.objectUID, frame });
  const picture = await drawShot(ctx, shot, { ...wish, format });
  const isDrawn = wish.annotations !== undefined || state !== null;
  return sendPicture(ctx, req, reply, picture, isDrawn ? { cacheControl: 'private, no-cache' } : {});
}

/** The presentation state lies in the same study, which the viewer may see. */
async function findState(
  ctx: WadoContext,
  { studyUID, presentationUID, presentationSeriesUID }: Question,
): Promise<Located | null> {
  if (presentationUID === undefined) return null;
  if (presentationSeriesUID === undefined)
    throw new AppError('request.invalid', { field: 'presentationSeriesUID' });
  return locateInstance(ctx, { study: studyUID, series: presentationSeriesUID, instance: presentationUID });
}

function readWish(question: Question, located: Located): RenderWish {
  const { rows, columns, windowCenter, windowWidth, imageQuality, region, annotation } = question;
  if ((windowCenter === undefined) !== (windowWidth === undefined))
    throw new AppError('request.invalid', { field: 'windowCenter, windowWidth' });
  const annotations = (['patient', 'technique'] as const).filter((word): word is Annotation =>
    (annotation ?? '').split(',').includes(word),
  );
  return {
    ...(rows === undefined && columns === undefined
      ? {}
      : { viewport: { width: columns ?? longestSidePx, height: rows ?? longestSidePx } }),
    ...(windowCenter === undefined || windowWidth === undefined
      ? {}
      : { window: { center: windowCenter, width: windowWidth } }),
    ...(imageQuality === undefined ? {} : { quality: imageQuality }),
    ...(region === undefined ? {} : { region: readRegion(region, located) }),
    ...(annotations.length === 0 ? {} : { annotations }),
  };
}

/** xmin,ymin,xmax,ymax from 0 to 1 (§9.1.2.2.1). */
function readRegion(text: string, { instance }: Located): Region {
  const [left = -1, top = -1, right = -1, bottom = -1, ...rest] = text.split(',').map(Number);
  const isValid = left >= 0 && top >= 0 && right <= 1 && bottom <= 1 && left < right && top < bottom;
  if (!isValid || rest.length > 0) throw new AppError('request.invalid', { field: 'region' });
  const [columns, rows] = [instance.columns ?? 1, instance.rows ?? 1];
  return {
    left: Math.floor(left * columns),
    top: Math.floor(top * rows),
    width: Math.max(1, Math.round((right - left) * columns)),
    height: Math.max(1, Math.round((bottom - top) * rows)),
    flipX: false,
    flipY: false,
  };
}
