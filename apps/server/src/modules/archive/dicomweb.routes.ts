// DICOMweb edge of the archive: QIDO-RS search and WADO-RS of whole objects, metadata and bulk data (PS3.18 §10.4,
// §10.6). Frames, rendered pictures and thumbnails are the media module's, under the same prefix. HTTP only: parse,
// authorise, call, shape. Objects are streamed one after the other as they lie in the store, bit for bit.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import {
  acceptedSyntaxes,
  chooseMedia,
  dicomJson,
  type OutPart,
  octets,
  sendBlob,
  sendStream,
  writeMultipart,
} from '../../http/media.ts';
import { viewerOf } from '../access/index.ts';
import { recordAudit, recordImageRead } from '../audit/index.ts';
import type { PlacedInstance } from './archive-types.ts';
import { findBulkValue, getInstanceMetadata, within } from './instance-metadata.ts';
import { openInstanceBytes } from './open-instance.ts';
import { getInstance, getSeries, listInstances } from './read-study.ts';
import { requireStudy } from './require-study.ts';
import { type Found, searchInstances, searchSeries, searchStudies } from './search-studies.ts';

type WebContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;

export type DicomwebPorts = {
  /** The blob of a series' metadata as the media module made it (gzip DICOM JSON), when it has. */
  findSeriesMetadata?: (seriesId: string) => Promise<{ blobId: string; encoding: 'gzip' } | null>;
};

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const StudyParams = Type.Object({ study: Uid });
const SeriesParams = Type.Object({ study: Uid, series: Uid });
const InstanceParams = Type.Object({ study: Uid, series: Uid, instance: Uid });
const BulkParams = Type.Object({
  study: Uid,
  series: Uid,
  instance: Uid,
  '*': Type.String({ maxLength: 512 }),
});

const search = { access: { permission: 'dicom.query', scope: 'all', audit: 'archive.searched' } } as const;
const view = { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } } as const;
const original = {
  access: { permission: 'image.original', scope: 'study', audit: 'image.original_retrieved' },
} as const;
const immutable = 'private, max-age=31536000, immutable';
const dicom = 'application/dicom';

export function dicomwebRoutes(ctx: WebContext, ports: DicomwebPorts = {}): HttpPlugin {
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      const base = () => ctx.config.publicUrl;

      app.get('/studies', { config: search }, async (req, reply) =>
        answer(ctx, req, reply, await searchStudies(ctx.db, req.query, base())),
      );
      app.get(
        '/studies/:study/series',
        { config: search, schema: { params: StudyParams } },
        async (req, reply) => {
          const study = await requireStudy(ctx, req, req.params.study, 'dicom.query');
          const at = { uid: study.study_instance_uid, base: base() };
          return answer(ctx, req, reply, await searchSeries(ctx.db, study.id, req.query, at));
        },
      );
      app.get(
        '/studies/:study/instances',
        { config: search, schema: { params: StudyParams } },
        async (req, reply) => {
          const study = await requireStudy(ctx, req, req.params.study, 'dicom.query');
          return answer(
            ctx,
            req,
            reply,
            await searchInstances(ctx.db, { studyId: study.id }, req.query, base()),
          );
        },
      );
      app.get(
        '/studies/:study/series/:series/instances',
        { config: search, schema: { params: SeriesParams } },
        async (req, reply) => {
          const study = await requireStudy(ctx, req, req.params.study, 'dicom.query');
          const of = { studyId: study.id, seriesInstanceUid: req.params.series };
          return answer(ctx, req, reply, await searchInstances(ctx.db, of, req.query, base()));
        },
      );

      app.get('/studies/:study', { config: original, schema: { params: StudyParams } }, (req, reply) =>
        sendObjects(ctx, req, reply, req.params),
      );
      app.get(
        '/studies/:study/series/:series',
        { config: original, schema: { params: SeriesParams } },
        (req, reply) => sendObjects(ctx, req, reply, req.params),
      );
      app.get(
        '/studies/:study/series/:series/instances/:instance',
        { config: original, schema: { params: InstanceParams } },
        (req, reply) => sendObjects(ctx, req, reply, req.params),
      );

      app.get('/studies/:study/metadata', { config: view, schema: { params: StudyParams } }, (req, reply) =>
        sendMetadata(ctx, req, reply, req.params),
      );
      app.get(
        '/studies/:study/series/:series/metadata',
        { config: view, schema: { params: SeriesParams } },
        (req, reply) => sendMetadata(ctx, req, reply, req.params, ports),
      );
      app.get(
        '/studies/:study/series/:series/instances/:instance/metadata',
        { config: view, schema: { params: InstanceParams } },
        (req, reply) => sendMetadata(ctx, req, reply, req.params),
      );
      app.get(
        '/studies/:study/series/:series/instances/:instance/bulkdata/*',
        { config: view, schema: { params: BulkParams } },
        (req, reply) => sendBulk(ctx, req, reply, req.params),
      );
    },
  };
}

type Place = { study: string; series?: string; instance?: string };

async function answer(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  found: Found,
): Promise<FastifyReply> {
  chooseMedia(req, [dicomJson, 'application/json']);
  await recordAudit(ctx.db, {
    event: search.access.audit,
    viewer: viewerOf(req),
    result: 'ok',
    detail: { keys: found.keys, count: found.items.length },
    request: req,
  });
  if (found.ignored.length > 0) {
    reply.header('warning', `299 yunying "These query parameters were ignored: ${found.ignored.join(', ')}"`);
  }
  return reply.type(dicomJson).header('cache-control', 'no-store').send(JSON.stringify(found.items));
}

/** The instances of a study, of a series, or the one; nothing there is answered like an unknown address. */
async function findInstances(ctx: WebContext, studyId: string, place: Place): Promise<PlacedInstance[]> {
  const { study, series, instance } = place;
  if (instance !== undefined) {
    const at = { studyInstanceUid: study, sopInstanceUid: instance };
    return [await getInstance(ctx.db, series === undefined ? at : { ...at, seriesInstanceUid: series })];
  }
  const seriesId = series === undefined ? undefined : (await getSeries(ctx.db, studyId, series)).id;
  const instances = await listInstances(ctx.db, seriesId === undefined ? { studyId } : { studyId, seriesId });
  if (instances.length === 0) throw new AppError('request.not_found');
  return instances;
}

async function sendObjects(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: Place,
): Promise<FastifyReply> {
  const study = await requireStudy(ctx, req, place.study, 'image.original');
  const instances = await findInstances(ctx, study.id, place);
  const multipart = chooseForm(req, instances, place.instance !== undefined);
  await recordAudit(ctx.db, {
    event: original.access.audit,
    viewer: viewerOf(req),
    result: 'ok',
    objectType: place.instance !== undefined ? 'instance' : place.series !== undefined ? 'series' : 'study',
    objectId: place.instance ?? place.series ?? place.study,
    studyInstanceUid: place.study,
    detail: { instances: instances.length },
    request: req,
  });
  const [only] = instances;
  if (!multipart && only !== undefined) {
    const { body, totalBytes, sha256 } = await openInstanceBytes(ctx, only, { start: 0, end: -1 });
    body.destroy();
    return sendBlob(req, reply, {
      mediaType: `${dicom};transfer-syntax=${only.transfer_syntax_uid}`,
      totalBytes,
      sha256,
      cacheControl: immutable,
      read: (range) => openInstanceBytes(ctx, only, range),
    });
  }
  const { contentType, body } = writeMultipart(partsOf(ctx, instances), dicom);
  return sendStream(req, reply.type(contentType).header('cache-control', 'no-store'), body);
}

/** One object after the other; each is opened only when the one before has been sent. */
async function* partsOf(ctx: WebContext, instances: readonly PlacedInstance[]): AsyncGenerator<OutPart> {
  for (const instance of instances) {
    const { body } = await openInstanceBytes(ctx, instance);
    yield { headers: { 'content-type': `${dicom};transfer-syntax=${instance.transfer_syntax_uid}` }, body };
  }
}

/** Answers whether multipart is wanted. Objects go out in the syntax they came in; another one is refused. */
function chooseForm(req: FastifyRequest, instances: readonly PlacedInstance[], single: boolean): boolean {
  const syntaxes = new Set(instances.map((instance) => instance.transfer_syntax_uid));
  for (const wish of acceptedSyntaxes(req)) {
    const isOurs = wish.type === dicom || wish.type === '*/*' || wish.type === 'application/*';
    const fits =
      wish.transferSyntaxUid === '*' || (syntaxes.size === 1 && syntaxes.has(wish.transferSyntaxUid));
    if (!isOurs || !fits) continue;
    if (wish.multipart || wish.type === '*/*') return true;
    if (single) return false;
  }
  throw new AppError('request.not_acceptable', {
    offers: [
      `multipart/related; type="${dicom}"; transfer-syntax=*`,
      ...(single ? [`${dicom}; transfer-syntax=*`] : []),
    ],
    syntaxes: [...syntaxes],
  });
}

async function sendMetadata(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  ports: DicomwebPorts = {},
): Promise<FastifyReply> {
  chooseMedia(req, [dicomJson, 'application/json']);
  const study = await requireStudy(ctx, req, place.study, 'image.view');
  const viewer = viewerOf(req);
  await recordImageRead(ctx.db, {
    viewer,
    studyInstanceUid: place.study,
    seriesInstanceUid: place.series ?? place.study,
    request: req,
  });
  reply.type(dicomJson).header('cache-control', 'private, no-cache');
  if (
    place.series !== undefined &&
    ports.findSeriesMetadata !== undefined &&
    /\bgzip\b/.test(req.headers['accept-encoding'] ?? '')
  ) {
    const series = await getSeries(ctx.db, study.id, place.series);
    const made = await ports.findSeriesMetadata(series.id);
    if (made !== null) {
      const { body } = await ctx.blobs.read(made.blobId);
      return sendStream(
        req,
        reply.header('content-encoding', made.encoding).header('vary', 'accept-encoding'),
        body,
      );
    }
  }
  const instances = await findInstances(ctx, study.id, place);
  return sendStream(req, reply, Readable.from(metadataOf(ctx, instances), { objectMode: false }));
}

async function* metadataOf(ctx: WebContext, instances: readonly PlacedInstance[]): AsyncGenerator<string> {
  yield '[';
  for (const [index, instance] of instances.entries()) {
    yield `${index === 0 ? '' : ',\n'}${JSON.stringify(await getInstanceMetadata(ctx, instance))}`;
  }
  yield ']';
}

async function sendBulk(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  params: { study: string; series: string; instance: string; '*': string },
): Promise<FastifyReply> {
  await requireStudy(ctx, req, params.study, 'image.view');
  const path = params['*'].toUpperCase();
  if (!/^[0-9A-F]{8}(\/\d{1,6}\/[0-9A-F]{8}){0,16}$/.test(path)) throw new AppError('request.not_found');
  const instance = await getInstance(ctx.db, {
    studyInstanceUid: params.study,
    seriesInstanceUid: params.series,
    sopInstanceUid: params.instance,
  });
  const value = await findBulkValue(ctx, instance, path);
  await recordImageRead(ctx.db, {
    viewer: viewerOf(req),
    studyInstanceUid: params.study,
    seriesInstanceUid: params.series,
    request: req,
  });
  const wantsMultipart = acceptedSyntaxes(req)[0]?.multipart === true;
  const read = async (range?: { start: number; end?: number }) => {
    if (value.kind === 'range') return ctx.blobs.read(instance.blob_id, within(value, range));
    const { start = 0, end = value.bytes.length - 1 } = range ?? {};
    return { body: Readable.from([value.bytes.subarray(start, end + 1)], { objectMode: false }) };
  };
  if (wantsMultipart) {
    const { body } = await read();
    const out = writeMultipart([{ headers: { 'content-type': octets }, body }], octets);
    return sendStream(req, reply.type(out.contentType), out.body);
  }
  return sendBlob(req, reply, {
    mediaType: octets,
    totalBytes: value.kind === 'range' ? value.length : value.bytes.length,
    // The object never changes, so its id and the path name the bytes for good.
    sha256: etagOf(instance.id, path),
    cacheControl: immutable,
    read,
  });
}

function etagOf(instanceId: string, path: string): string {
  return createHash('sha256').update(`${instanceId} ${path}`).digest('hex');
}
