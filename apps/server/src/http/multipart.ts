// multipart/related (RFC 2387, RFC 2046) as streams: a pull reader for STOW-RS bodies and a writer for WADO-RS
// answers. The reader takes the next chunk only when the consumer asks, so a slow store holds the sender back and
// memory stays constant whatever a part's size.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';

export type Part = { headers: Record<string, string>; body: AsyncIterable<Buffer> };
export type PartLimits = { parts: number; headerBytes: number; preambleBytes: number };

const standardLimits: PartLimits = { parts: 100_000, headerBytes: 16 * 1024, preambleBytes: 64 * 1024 };
const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');

/** Parts in order. The body of a part must be read (or left) before the next one is asked for; a rest is skipped. */
export async function* readMultipart(
  source: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  limits: Partial<PartLimits> = {},
): AsyncGenerator<Part> {
  const allowed = { ...standardLimits, ...limits };
  const input = new Window(source);
  const delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`);
  input.unread(lineEnd); // the first delimiter may stand at the very start
  await input.skipPast(delimiter, allowed.preambleBytes);
  for (let count = 0; await opensPart(input); count += 1) {
    if (count >= allowed.parts)
      throw new AppError('request.invalid', { reason: 'multipart-too-many-parts', limit: allowed.parts });
    const headers = await readHeaders(input, allowed.headerBytes);
    const end = { passed: false };
    yield { headers, body: readBody(input, delimiter, end) };
    while (!end.passed) for await (const _rest of readBody(input, delimiter, end)); // what the consumer left
  }
  await input.drain();
}

export function boundaryOf(contentType: string | undefined): string {
  const match = /^multipart\/[a-z-]+\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/i.exec(
    contentType ?? '',
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined)
    throw new AppError('request.media_type', { reason: 'multipart-without-boundary' });
  return boundary;
}

async function opensPart(input: Window): Promise<boolean> {
  const next = await input.take(2);
  if (next.equals(Buffer.from('--'))) return false;
  input.unread(next);
  await input.skipPast(lineEnd, 1024); // transport padding of the delimiter line
  return true;
}

async function readHeaders(input: Window, limit: number): Promise<Record<string, string>> {
  const first = await input.take(2);
  if (first.equals(lineEnd)) return {};
  input.unread(first);
  const text = (await input.readPast(headEnd, limit)).toString('latin1');
  const headers: Record<string, string> = {};
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0)
      throw new AppError('request.invalid', { reason: 'multipart-bad-header', offset: input.offset });
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** To the end of the part, from wherever a reader before has left off. */
async function* readBody(input: Window, delimiter: Buffer, end: { passed: boolean }): AsyncGenerator<Buffer> {
  while (!end.passed) {
    const at = input.bytes.indexOf(delimiter);
    if (at >= 0) {
      const last = input.advance(at);
      input.advance(delimiter.length);
      end.passed = true;
      if (last.length > 0) yield last;
      return;
    }
    // What may be the beginning of a delimiter stays; mostly there is none, and the next chunk need not be joined to it.
    const tail = input.bytes.indexOf(0x0d, Math.max(0, input.bytes.length - delimiter.length + 1));
    const safe = tail < 0 ? input.bytes.length : tail;
    if (safe > 0) yield input.advance(safe);
    if (!(await input.more()))
      throw new AppError('request.invalid', { reason: 'multipart-cut-short', offset: input.offset });
  }
}

/** The bytes read but not used yet, and the source behind them. */
class Window {
  bytes: Buffer = Buffer.alloc(0);
  offset = 0;
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    return true;
  }

  advance(length: number): Buffer {
    const taken = this.bytes.subarray(0, length);
    this.bytes = this.bytes.subarray(length);
    this.offset += length;
    return taken;
  }

  unread(bytes: Buffer): void {
    this.bytes = Buffer.concat([bytes, this.bytes]);
    this.offset -= bytes.length;
  }

  async take(length: number): Promise<Buffer> {
    while (this.bytes.length < length) await this.moreOrFail();
    return this.advance(length);
  }

  /** Everything before the mark; the mark itself is passed. */
  async readPast(mark: Buffer, limit: number): Promise<Buffer> {
    for (;;) {
      const at = this.bytes.indexOf(mark);
      if (at > limit || (at < 0 && this.bytes.length > limit + mark.length)) {
        throw new AppError('request.invalid', { reason: 'multipart-too-long', limit, offset: this.offset });
      }
      if (at >= 0) {
        const found = this.advance(at);
        this.advance(mark.length);
        return found;
      }
      await this.moreOrFail();
    }
  }

  async skipPast(mark: Buffer, limit: number): Promise<void> {
    await this.readPast(mark, limit);
  }

  async moreOrFail(): Promise<void> {
    if (!(await this.more()))
      throw new AppError('request.invalid', { reason: 'multipart-cut-short', offset: this.offset });
  }

  /** The epilogue is ignored, but read a little so that the connection can be used again. */
  async drain(): Promise<void> {
    for (let read = 0; read < 1024 * 1024; read += this.bytes.length) {
      this.bytes = Buffer.alloc(0);
      if (!(await this.more())) return;
    }
  }
}

export type OutPart = { headers: Record<string, string>; body: AsyncIterable<Uint8Array> | Uint8Array };

/** A multipart/related answer that is made while it is read. `type` is the media type of its parts. */
export function writeMultipart(
  parts: AsyncIterable<OutPart> | Iterable<OutPart>,
  type: string,
): { contentType: string; body: Readable } {
  const boundary = `yunying-${randomBytes(12).toString('hex')}`;
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: Readable.from(writeParts(parts, boundary), { objectMode: false, highWaterMark: 256 * 1024 }),
  };
}

/** Delimiter and fields of a part. Letter case means nothing (RFC 9110 §5.1), but viewers look for `Content-Type:`. */
export function partHead(boundary: string, headers: Record<string, string>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => {
    const written = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
    return `${written}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`;
  });
  return Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`);
}

async function* writeParts(
  parts: AsyncIterable<OutPart> | Iterable<OutPart>,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const part of parts) {
    yield Buffer.concat([Buffer.from(first ? '' : '\r\n'), partHead(boundary, part.headers)]);
    first = false;
    if (part.body instanceof Uint8Array) yield part.body;
    else yield* part.body;
  }
  yield Buffer.from(first ? `--${boundary}--\r\n` : `\r\n--${boundary}--\r\n`);
}
