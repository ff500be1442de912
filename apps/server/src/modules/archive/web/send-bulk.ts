// WADO-RS bulk data (PS3.18 §10.4.1.1.5): one value by its address, or all values of an instance, series or study as
// multipart/related with Content-Location. Encapsulated pixels come frame by frame as received, or decoded where octets
// are asked for; a video comes whole and takes ranges, so that a <video> element can play it.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DicomJson } from '@yunying/dicom';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../errors.ts';
import {
  type AcceptedPart,
  acceptedSyntaxes,
  type OutPart,
  octets,
  sendBlob,
  sendStream,
  writeMultipart,
} from '../../../http/media.ts';
import { viewerOf } from '../../access/index.ts';
import { recordImageRead } from '../../audit/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getInstanceMetadata } from '../instance-metadata.ts';
import { requireLabel, withoutLabels } from '../label-images.ts';
import { openFrameBytes } from '../open-instance.ts';
import { getInstance } from '../read-study.ts';
import { requireStudy } from '../require-study.ts';
import { withoutReaders } from '../saved/left-by-readers.ts';
import { findInstances } from './find-instances.ts';
import { originalMediaType } from './frame-media-type.ts';
import { immutable } from './keep-words.ts';
import { openBulk } from './open-bulk.ts';
import type { DicomwebPorts, Place, WebContext } from './web-types.ts';

const littleEndian = '1.2.840.10008.1.2.1';

export async function sendBulk(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  params: Required<Place> & { '*': string },
  ports: DicomwebPorts,
): Promise<FastifyReply> {
  const study = await requireStudy(ctx, req, params.study, 'image.view');
  const path = params['*'].toUpperCase();
  if (!/^[0-9A-F]{8}(\/\d{1,6}\/[0-9A-F]{8}){0,16}$/.test(path)) throw new AppError('request.not_found');
  const instance = await getInstance(ctx.db, {
    studyInstanceUid: params.study,
    seriesInstanceUid: params.series,
    sopInstanceUid: params.instance,
  });
  await requireLabel(ctx, req, instance);
  if ((await withoutReaders(ctx, req, study.id, [instance])).length === 0)
    throw new AppError('request.not_found');
  const value = await openBulk(ctx, instance, path);
  await recordView(ctx, req, params);
  reply.header('vary', 'accept');
  if (value.kind === 'frames') return sendFrames(ctx, req, reply, instance, value.count, ports);
  const { mediaType, length, open } = value;
  if (acceptedSyntaxes(req)[0]?.multipart === true) {
    const part = { headers: { 'content-type': mediaType }, body: open(0, length - 1) };
    const out = writeMultipart([part], mediaType);
    return sendStream(req, reply.type(out.contentType), out.body);
  }
  return sendBlob(req, reply, {
    mediaType,
    totalBytes: length,
    // The object never changes, so its id and the path name the bytes for good.
    sha256: createHash('sha256').update(`${instance.id} ${path}`).digest('hex'),
    cacheControl: immutable,
    read: async (range) => ({
      body: Readable.from(open(range?.start ?? 0, range?.end ?? length - 1), { objectMode: false }),
    }),
  });
}

async function sendFrames(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  instance: PlacedInstance,
  count: number,
  ports: DicomwebPorts,
): Promise<FastifyReply> {
  const choice = chooseFrames(acceptedSyntaxes(req), instance, count, ports.decodeFrame !== undefined);
  const stored = originalMediaType(instance.transfer_syntax_uid);
  if (choice === null)
    throw new AppError('request.not_acceptable', {
      offers: [`multipart/related; type="${stored}"`, `multipart/related; type="${octets}"`, octets],
    });
  const open = (frame: number) =>
    choice.decoded && ports.decodeFrame !== undefined
      ? ports.decodeFrame(instance, frame)
      : openFrameBytes(ctx, instance, frame);
  const contentType = frameType(instance, choice.decoded);
  const first = await open(1);
  const frames = async function* (): AsyncGenerator<Uint8Array> {
    yield first;
    for (let frame = 2; frame <= count; frame += 1) yield await open(frame);
  };
  reply.header('cache-control', immutable);
  if (!choice.multipart)
    return sendStream(req, reply.type(contentType), Readable.from(frames(), { objectMode: false }));
  const parts = async function* (): AsyncGenerator<OutPart> {
    for await (const body of frames()) yield { headers: { 'content-type': contentType }, body };
  };
  const out = writeMultipart(parts(), choice.decoded ? octets : stored);
  return sendStream(req, reply.type(out.contentType), out.body);
}

/** Octets alone hold all frames one after the other; another type alone holds one frame. */
function chooseFrames(
  wishes: readonly AcceptedPart[],
  instance: PlacedInstance,
  count: number,
  canDecode: boolean,
): { multipart: boolean; decoded: boolean } | null {
  const syntax = instance.transfer_syntax_uid;
  for (const { type, multipart, transferSyntaxUid } of wishes) {
    const takesStored = transferSyntaxUid === '*' || transferSyntaxUid === syntax;
    if (type === '*/*' && takesStored) return { multipart: true, decoded: false };
    if (type === originalMediaType(syntax) && type !== octets && takesStored && (multipart || count === 1))
      return { multipart, decoded: false };
    if (type === octets && canDecode && (transferSyntaxUid === '*' || transferSyntaxUid === littleEndian))
      return { multipart, decoded: true };
  }
  return null;
}

function frameType(instance: PlacedInstance, decoded: boolean): string {
  const syntax = decoded ? littleEndian : instance.transfer_syntax_uid;
  return `${decoded ? octets : originalMediaType(syntax)};transfer-syntax=${syntax}`;
}

/** All bulk values below an address. */
export async function sendAllBulk(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: Place,
): Promise<FastifyReply> {
  const takes = acceptedSyntaxes(req).some(
    ({ type, multipart }) => type === '*/*' || (multipart && type === octets),
  );
  if (!takes)
    throw new AppError('request.not_acceptable', { offers: [`multipart/related; type="${octets}"`] });
  const study = await requireStudy(ctx, req, place.study, 'image.view');
  const found = await findInstances(ctx.db, study.id, place);
  const shown = await withoutReaders(ctx, req, study.id, found);
  const instances = await withoutLabels(ctx, req, shown);
  if (instances.length === 0) throw new AppError('access.forbidden');
  await recordView(ctx, req, { study: place.study, series: place.series ?? place.study });
  const { contentType, body } = writeMultipart(allParts(ctx, instances), octets);
  return sendStream(req, reply.type(contentType).header('cache-control', 'no-store'), body);
}

async function* allParts(ctx: WebContext, instances: readonly PlacedInstance[]): AsyncGenerator<OutPart> {
  for (const instance of instances) {
    for (const uri of bulkUris(await getInstanceMetadata(ctx, instance))) {
      const value = await openBulk(ctx, instance, uri.slice(uri.indexOf('/bulkdata/') + '/bulkdata/'.length));
      const location = { 'content-location': `${ctx.config.publicUrl}${uri}` };
      if (value.kind === 'octets') {
        const { mediaType, length, open } = value;
        yield { headers: { 'content-type': mediaType, ...location }, body: open(0, length - 1) };
        continue;
      }
      for (let frame = 1; frame <= value.count; frame += 1) {
        const headers = { 'content-type': frameType(instance, false), ...location };
        yield { headers, body: await openFrameBytes(ctx, instance, frame) };
      }
    }
  }
}

function bulkUris(json: DicomJson): string[] {
  return Object.values(json).flatMap((element) => {
    if (element.BulkDataURI !== undefined) return [element.BulkDataURI];
    if (element.vr !== 'SQ') return [];
    return (element.Value ?? []).flatMap((item) =>
      typeof item === 'object' && item !== null ? bulkUris(item as DicomJson) : [],
    );
  });
}

async function recordView(
  ctx: WebContext,
  req: FastifyRequest,
  of: { study: string; series: string },
): Promise<void> {
  await recordImageRead(ctx.db, {
    viewer: viewerOf(req),
    studyInstanceUid: of.study,
    seriesInstanceUid: of.series,
    request: req,
  });
}
