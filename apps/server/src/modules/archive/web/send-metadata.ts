// WADO-RS metadata of a study, series or instance (PS3.18 §10.4.1.1.2): application/dicom+json, or multipart/related of
// application/dicom+xml. A series that the media module prepared goes out as it lies in the store, unpacked for clients that
// take no gzip; corrections made since are written over the stored attributes. Tagged by the instances and corrections it
// shows; compressed where asked.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { Changes } from '@yunying/dicom';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../errors.ts';
import {
  acceptedSyntaxes,
  dicomJson,
  notModified,
  type OutPart,
  sendPieces,
  sendStream,
  writeMultipart,
} from '../../../http/media.ts';
import { allowStudy, recordView } from '../allow-study.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getInstanceMetadata } from '../instance-metadata.ts';
import { correctionsOf } from '../outgoing/outgoing-parts.ts';
import { getSeries } from '../read-study.ts';
import * as repo from '../repo.ts';
import { maySeeSaved, withoutReaders } from '../saved/left-by-readers.ts';
import { ahead } from './ahead.ts';
import { findInstances } from './find-instances.ts';
import { askAgain } from './keep-words.ts';
import { dicomXml, toNativeXml } from './native-model.ts';
import { preparedText } from './prepared-text.ts';
import type { DicomwebPorts, Place, WebContext } from './web-types.ts';

const headsAtOnce = 6;
type Form = 'json' | 'xml' | 'xml-parts';

export async function sendMetadata(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  ports: DicomwebPorts = {},
): Promise<FastifyReply> {
  const form = chooseForm(req, place.instance !== undefined);
  const studyId = await allowStudy(ctx, req, place.study);
  await recordView(ctx, req, { study: place.study, series: place.series ?? place.study });
  reply.header('cache-control', askAgain).header('vary', 'accept, accept-encoding');
  const series = form === 'json' && place.instance === undefined ? place.series : undefined;
  if (series !== undefined && (await mayBePrepared(ctx, req, studyId, series))) {
    const made = await sendPrepared(ctx, req, reply, { studyId, uid: series }, ports);
    if (made !== null) return made;
  }
  const found = await findInstances(ctx.db, studyId, place);
  const instances = await withoutReaders(ctx, req, studyId, found);
  if (instances.length === 0) throw new AppError('request.not_found');
  const ids = instances.map((instance) => instance.id);
  const corrections = await correctionsOf(ctx.db, ids);
  if (notModified(req, reply, tagOf([form, ...ids], corrections))) return reply;
  const read = async (instance: PlacedInstance) =>
    getInstanceMetadata(ctx, instance, corrections.get(instance.id));
  if (form === 'json') {
    const body = Readable.from(jsonOf(ahead(instances, headsAtOnce, read)), { objectMode: false });
    return sendStream(req, reply.type(dicomJson), body);
  }
  const texts = ahead(instances, headsAtOnce, async (instance) => toNativeXml(await read(instance)));
  if (form === 'xml') return sendText(req, reply.type(dicomXml), Readable.from(texts, { objectMode: false }));
  const parts = async function* (): AsyncGenerator<OutPart> {
    for await (const text of texts) yield { headers: { 'content-type': dicomXml }, body: Buffer.from(text) };
  };
  const { contentType, body } = writeMultipart(parts(), dicomXml);
  return sendText(req, reply.type(contentType), body);
}

function chooseForm(req: FastifyRequest, single: boolean): Form {
  for (const { type, multipart } of acceptedSyntaxes(req)) {
    const isJson = [dicomJson, 'application/json', '*/*', 'application/*'].includes(type);
    if (isJson && (!multipart || type === '*/*')) return 'json';
    if (type === dicomXml && multipart) return 'xml-parts';
    if (type === dicomXml && single) return 'xml';
  }
  throw new AppError('request.not_acceptable', {
    offers: [dicomJson, `multipart/related; type="${dicomXml}"`],
  });
}

function tagOf(words: readonly string[], corrections: ReadonlyMap<string, Changes>): string {
  const hash = createHash('sha256').update(words.join(' '));
  for (const [id, changes] of corrections) hash.update(` ${id} ${JSON.stringify(changes)}`);
  return `"${hash.digest('hex').slice(0, 32)}"`;
}

/** Series that may be a reader's are looked at object by object for who may not see them. */
async function mayBePrepared(
  ctx: WebContext,
  req: FastifyRequest,
  studyId: string,
  seriesInstanceUid: string,
): Promise<boolean> {
  if (await maySeeSaved(ctx, req)) return true;
  const { modality } = await getSeries(ctx.db, studyId, seriesInstanceUid);
  return modality !== 'PR' && modality !== 'KO' && modality !== 'SR';
}

/** null: not prepared, or corrected since. */
async function sendPrepared(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  series: { studyId: string; uid: string },
  ports: DicomwebPorts,
): Promise<FastifyReply | null> {
  const found = await repo.selectSeriesCorrected(ctx.db, series.studyId, series.uid);
  if (found === undefined) throw new AppError('request.not_found');
  if (found.corrected) return null;
  const made = (await ports.findSeriesMetadata?.(found.id)) ?? null;
  if (made === null) return null;
  if (notModified(req, reply, `"series-${made.blobId}"`)) return reply;
  reply.type(dicomJson);
  const packed = takesGzip(req);
  // Not for the compression of ordinary answers: it would be unpacked to be packed again.
  reply.header('content-encoding', packed ? made.encoding : 'identity');
  const text = await preparedText(ctx.blobs, made.blobId, packed);
  if (text !== null) return sendPieces(reply, [text]);
  const { body, totalBytes } = await ctx.blobs.read(made.blobId);
  if (packed) return sendStream(req, reply.header('content-length', totalBytes), body);
  return sendStream(req, reply, body.pipe(createGunzip()));
}

function takesGzip(req: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(req.headers['accept-encoding'] ?? '');
}

/** XML parts are no single type that the listener compresses by itself. */
function sendText(req: FastifyRequest, reply: FastifyReply, body: Readable): FastifyReply {
  if (!takesGzip(req)) return sendStream(req, reply, body);
  const packed = body.pipe(createGzip({ level: 5 }));
  body.once('error', (error) => packed.destroy(error));
  packed.once('close', () => body.destroy());
  return sendStream(req, reply.header('content-encoding', 'gzip'), packed);
}

async function* jsonOf(heads: AsyncIterable<object>): AsyncGenerator<string> {
  let before = '[';
  for await (const head of heads) {
    yield `${before}${JSON.stringify(head)}`;
    before = ',\n';
  }
  yield before === '[' ? '[]' : ']';
}
