// A document, structured report or waveform as PDF: the encapsulated file as it was received, or the prepared pages put
// into one.
import { Readable } from 'node:stream';
import { getString } from '@yunying/dicom';
import type { FastifyReply, FastifyRequest } from 'fastify';
import sharp from 'sharp';
import type { Context } from '../../context.ts';
import { imagesToPdf } from '../../documents/index.ts';
import { AppError } from '../../errors.ts';
import { sendBlob } from '../../http/media.ts';
import { openBulk, readInstanceHead } from '../archive/index.ts';
import type { Located } from './locate-instance.ts';

const pdf = 'application/pdf';
const kept = 'private, no-cache';
const encapsulatedDocument = '00420011';

export async function openDocumentPdf(
  ctx: Pick<Context, 'blobs'>,
  req: FastifyRequest,
  reply: FastifyReply,
  located: Located,
): Promise<FastifyReply> {
  const { instance } = located;
  if (instance.kind === 'document') {
    const type = getString(await readInstanceHead(ctx, instance), 'MIMETypeOfEncapsulatedDocument') ?? pdf;
    if (type.toLowerCase() !== pdf)
      throw new AppError('request.not_acceptable', { offers: [type.slice(0, 64)] });
    const value = await openBulk(ctx, instance, encapsulatedDocument);
    if (value.kind !== 'octets') throw new AppError('media.no_content');
    const { length, open } = value;
    return sendBlob(req, reply, {
      mediaType: pdf,
      totalBytes: length,
      sha256: `${instance.id}-document`,
      cacheControl: kept,
      read: async (range) => ({
        body: Readable.from(open(range?.start ?? 0, range?.end ?? length - 1), { objectMode: false }),
      }),
    });
  }
  const bytes = Buffer.from(await pagesAsPdf(ctx, located));
  return sendBlob(req, reply, {
    mediaType: pdf,
    totalBytes: bytes.length,
    sha256: `${instance.id}-pages`,
    cacheControl: kept,
    read: async (range) => ({
      body: Readable.from([bytes.subarray(range?.start ?? 0, (range?.end ?? bytes.length - 1) + 1)], {
        objectMode: false,
      }),
    }),
  });
}

async function pagesAsPdf(ctx: Pick<Context, 'blobs'>, { instance, made }: Located): Promise<Uint8Array> {
  const rendition = made['document-page'] ?? made['waveform-page'];
  if (rendition === undefined)
    throw new AppError('request.not_acceptable', { reason: 'the object has no pages' });
  const pages: { jpeg: Uint8Array; width: number; height: number }[] = [];
  for (const entry of rendition.entries) {
    if (entry === null) continue;
    const [start, length] = entry;
    const bytes = await ctx.blobs.readBytes(rendition.blobId, { start, end: start + length - 1 });
    const { data, info } = await sharp(bytes).jpeg({ quality: 88 }).toBuffer({ resolveWithObject: true });
    pages.push({ jpeg: new Uint8Array(data), width: info.width, height: info.height });
  }
  return imagesToPdf({ title: instance.sop_instance_uid, madeAt: instance.received_at, pages, stamp: null });
}
