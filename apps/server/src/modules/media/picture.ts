// A picture or frame as an edge sends it: a piece of a rendition's blob, or bytes made just now. Both have a strong
// tag, answer byte ranges and may be kept by the browser for ever: the address names immutable pixels.
import { totalmem } from 'node:os';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BoundedCache } from '../../bounded-cache.ts';
import type { Context } from '../../context.ts';
import { byteRange, notModified, sendPieces, sendStream } from '../../http/media.ts';
import type { Rendition } from './locate-instance.ts';

export type Picture = { mediaType: string; etag: string; sizeBytes: number } & (
  | { bytes: Uint8Array }
  | { blobId: string; offset: number }
);

export const immutable = 'private, max-age=31536000, immutable';
export const changing = 'private, max-age=30';
/** Up to here one read into memory is cheaper than a stream. */
const atOnceBytes = 4 * 1024 ** 2;

/** The piece of a rendition, or null when that frame could not be made. Index 0 is the first frame. */
export function pieceOf(rendition: Rendition | undefined, index: number): Picture | null {
  const entry = rendition?.entries[index];
  if (rendition === undefined || entry === undefined || entry === null) return null;
  const [offset, sizeBytes] = entry;
  const { id, blobId, mediaType } = rendition;
  return { mediaType, etag: `"${id}-${index}"`, sizeBytes, blobId, offset };
}

export async function sendPicture(
  ctx: Pick<Context, 'blobs'>,
  req: FastifyRequest,
  reply: FastifyReply,
  picture: Picture,
  options: { mediaType?: string; cacheControl?: string } = {},
): Promise<FastifyReply> {
  const { etag, sizeBytes } = picture;
  reply.header('accept-ranges', 'bytes').header('cache-control', options.cacheControl ?? immutable);
  if (notModified(req, reply, etag)) return reply;
  const ifRange = req.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? byteRange(req, sizeBytes) : null;
  reply.type(options.mediaType ?? picture.mediaType);
  if (range !== null)
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  if ('bytes' in picture) return sendPieces(reply, [picture.bytes.subarray(start, end + 1)]);
  if (end - start < atOnceBytes) return sendPieces(reply, [await readPart(ctx, picture, { start, end })]);
  reply.header('content-length', end - start + 1);
  const { body } = await ctx.blobs.read(picture.blobId, {
    start: picture.offset + start,
    end: picture.offset + end,
  });
  return sendStream(req, reply, body);
}

type Stored = Extract<Picture, { blobId: string }>;

const mebibyte = 1024 ** 2;
/** A part of the memory this process may have; a series of 500 decoded slices fits where there is enough. */
const hotBytes = Math.min(512 * mebibyte, Math.max(64 * mebibyte, memoryLimit() / 32));
const hotMs = 5 * 60_000;
/**
 * Bytes sent lately: a study that is being read is read by several people, and again on the way back. They are not read
 * into fresh memory each time either, which costs more than sending them.
 */
const hot = new WeakMap<Context['blobs'], BoundedCache<Buffer>>();

function hotOf(blobs: Context['blobs']): BoundedCache<Buffer> {
  const known = hot.get(blobs);
  if (known !== undefined) return known;
  const cache = new BoundedCache<Buffer>(hotBytes);
  hot.set(blobs, cache);
  return cache;
}

function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}

async function readPart(
  ctx: Pick<Context, 'blobs'>,
  { blobId, offset, sizeBytes }: Stored,
  range: { start: number; end: number },
): Promise<Buffer> {
  const cache = hotOf(ctx.blobs);
  const key = `${blobId} ${offset} ${sizeBytes}`;
  const whole = cache.get(key);
  if (whole !== undefined) return whole.subarray(range.start, range.end + 1);
  const bytes = await ctx.blobs.readBytes(blobId, { start: offset + range.start, end: offset + range.end });
  if (bytes.length === sizeBytes) cache.set(key, bytes, { weight: sizeBytes, keepMs: hotMs });
  return bytes;
}

/** All of it, for a part of a multipart answer: in memory when that is cheaper than a stream. */
export async function pictureBody(
  ctx: Pick<Context, 'blobs'>,
  picture: Picture,
): Promise<AsyncIterable<Uint8Array> | Uint8Array> {
  if ('bytes' in picture) return picture.bytes;
  const { offset, sizeBytes } = picture;
  if (sizeBytes <= atOnceBytes) return readPart(ctx, picture, { start: 0, end: sizeBytes - 1 });
  return (await ctx.blobs.read(picture.blobId, { start: offset, end: offset + sizeBytes - 1 })).body;
}
