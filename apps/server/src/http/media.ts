// Media types, byte ranges and entity tags (RFC 9110), once for every edge: what the client accepts, which bytes it
// asked for, and answers that are streamed from a blob, never held.
import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BlobBody, BlobRange } from '../blob/index.ts';
import { AppError } from '../errors.ts';

export { boundaryOf, type OutPart, type Part, partHead, readMultipart, writeMultipart } from './multipart.ts';

export const dicomJson = 'application/dicom+json';
export const octets = 'application/octet-stream';

/** One wish of the Accept header: 'multipart/related' with its parameters (type, transfer-syntax, boundary …). */
export type Wish = { type: string; parameters: Record<string, string>; quality: number };

/** The Accept header (or the DICOMweb `accept` query parameter, PS3.18 §8.3.3.1) by falling quality. */
export function acceptOf(req: Pick<FastifyRequest, 'headers' | 'query'>): Wish[] {
  const query = req.query;
  const asked = typeof query === 'object' && query !== null && 'accept' in query ? query.accept : undefined;
  const text = typeof asked === 'string' && asked !== '' ? asked : (req.headers.accept ?? '*/*');
  return parseAccept(text);
}

/** Names of earlier editions of PS3.18, and of clients that keep them, for what table 8.7.3-5 names now. */
const formerNames: Record<string, string> = {
  'image/x-jls': 'image/jls',
  'image/x-dicom-rle': 'image/dicom-rle',
  'image/jhc': 'image/jphc',
};
const presentName = (type: string): string =>
  Object.hasOwn(formerNames, type) ? (formerNames[type] ?? type) : type;

export function parseAccept(text: string): Wish[] {
  const wishes: Wish[] = [];
  for (const part of splitOutsideQuotes(text.slice(0, 4000), ',').slice(0, 50)) {
    const [type = '', ...rest] = splitOutsideQuotes(part, ';').map((word) => word.trim());
    if (!/^[\w.+*-]+\/[\w.+*-]+$/.test(type)) continue;
    const parameters: Record<string, string> = {};
    for (const pair of rest) {
      const equals = pair.indexOf('=');
      if (equals > 0)
        parameters[pair.slice(0, equals).trim().toLowerCase()] = pair
          .slice(equals + 1)
          .trim()
          .replace(/^"|"$/g, '');
    }
    const quality = Number(parameters.q ?? 1);
    delete parameters.q;
    if (parameters.type !== undefined) parameters.type = presentName(parameters.type.toLowerCase());
    wishes.push({
      type: presentName(type.toLowerCase()),
      parameters,
      quality: Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0,
    });
  }
  return wishes.sort((a, b) => b.quality - a.quality);
}

/** The offered media type the client likes best; the first offer for `*`; refuses with 406 when there is none. */
export function chooseMedia<const T extends string>(
  req: Pick<FastifyRequest, 'headers' | 'query'>,
  offers: readonly T[],
): T {
  for (const wish of acceptOf(req)) {
    if (wish.quality === 0) continue;
    const found = offers.find((offer) => matches(wish.type, offer));
    if (found !== undefined) return found;
  }
  throw new AppError('request.not_acceptable', { offers: [...offers] });
}

function matches(wish: string, offer: string): boolean {
  return wish === '*/*' || wish === offer || (wish.endsWith('/*') && offer.startsWith(wish.slice(0, -1)));
}

export type AcceptedPart = { multipart: boolean; type: string; transferSyntaxUid: string };

/** DICOMweb: the part types and transfer syntaxes wanted, best first; '*' where the client leaves it open. */
export function acceptedSyntaxes(req: Pick<FastifyRequest, 'headers' | 'query'>): AcceptedPart[] {
  return acceptOf(req)
    .filter((wish) => wish.quality > 0)
    .map((wish) => {
      const multipart = wish.type === 'multipart/related';
      const type = multipart ? (wish.parameters.type ?? '*/*').toLowerCase() : wish.type;
      return { multipart, type, transferSyntaxUid: wish.parameters['transfer-syntax'] ?? '*' };
    });
}

/** One range of `Range: bytes=`; null when the whole is wanted (also for several ranges, which we may ignore). */
export function byteRange(
  req: Pick<FastifyRequest, 'headers'>,
  total: number,
): { start: number; end: number } | null {
  const header = req.headers.range;
  if (header === undefined) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.replace(/\s/g, ''));
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  const [, from = '', to = ''] = match;
  const start = from === '' ? Math.max(0, total - Number(to)) : Number(from);
  const end = from === '' || to === '' ? total - 1 : Math.min(Number(to), total - 1);
  if (start >= total || end < start) throw new AppError('request.range', { total });
  return { start, end };
}

/** Answers 304 and returns true when the client has this version already. */
export function notModified(
  req: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  etag: string,
): boolean {
  reply.header('etag', etag);
  const asked = req.headers['if-none-match'];
  if (asked === undefined) return false;
  const known =
    asked === '*' ||
    asked.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));
  if (known) void reply.code(304).send();
  return known;
}

export type SentBlob = {
  mediaType: string;
  totalBytes: number;
  /** Strong tag: the content's hash. */
  sha256: string;
  read(range?: BlobRange): Promise<Pick<BlobBody, 'body'>>;
  /** 'private, max-age=…' for immutable content behind a session; default no-store. */
  cacheControl?: string;
  fileName?: string;
};

/** Streams a blob with ETag, 304, single ranges (206, 416) and If-Range. */
export async function sendBlob(
  req: FastifyRequest,
  reply: FastifyReply,
  blob: SentBlob,
): Promise<FastifyReply> {
  const etag = `"${blob.sha256.slice(0, 32)}"`;
  reply.header('accept-ranges', 'bytes').header('cache-control', blob.cacheControl ?? 'no-store');
  if (notModified(req, reply, etag)) return reply;
  const ifRange = req.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? byteRange(req, blob.totalBytes) : null;
  if (blob.fileName !== undefined) reply.header('content-disposition', attachment(blob.fileName));
  reply.type(blob.mediaType);
  if (range === null) reply.header('content-length', blob.totalBytes);
  else {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${blob.totalBytes}`);
    reply.header('content-length', range.end - range.start + 1);
  }
  // An empty stream, not an empty payload: Fastify would set Content-Length to 0 for the latter.
  if (req.method === 'HEAD') return reply.send(Readable.from([]));
  const { body } = await blob.read(range ?? undefined);
  return sendStream(req, reply, body);
}

/** Sends a stream and ends its source when the client goes away. */
export function sendStream(req: FastifyRequest, reply: FastifyReply, body: Readable): FastifyReply {
  req.raw.once('close', () => {
    if (!reply.raw.writableFinished && req.raw.destroyed && reply.raw.destroyed) body.destroy();
  });
  return reply.send(body);
}

/**
 * Sends bytes that lie in memory, as they are: the hooks that pack or change bodies are not asked, and no stream is set up.
 * Everything the answer says about itself but its length has been set before.
 */
export function sendPieces(reply: FastifyReply, pieces: readonly Uint8Array[]): FastifyReply {
  const { raw } = reply;
  reply.header(
    'content-length',
    pieces.reduce((sum, piece) => sum + piece.byteLength, 0),
  );
  reply.hijack();
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) headers[name] = value;
  raw.writeHead(reply.statusCode, headers);
  raw.cork(); // head and pieces leave in one write
  for (const piece of pieces) raw.write(piece);
  raw.end();
  return reply;
}

/** RFC 6266 with a Chinese name in UTF-8 and an ASCII one for old clients. */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\w.-]+/g, '_').slice(0, 100);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName.slice(0, 150)).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let current = '';
  for (const sign of text) {
    if (sign === '"') quoted = !quoted;
    if (sign === separator && !quoted) {
      parts.push(current);
      current = '';
    } else current += sign;
  }
  parts.push(current);
  return parts;
}
