// One bucket (or a prefix of it) of an S3 store. Only what old hospital object stores answer too is used: no tags, no
// conditional writes, single deletes, Content-MD5 instead of newer checksums.
// Every request has time limits; the client tries again with back-off (exponential, with jitter) on 5xx, 429 and
// broken connections, and then the error is storage.unavailable.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Location } from '../config.ts';
import { AppError } from '../errors.ts';
import { describeS3 } from '../store-locations.ts';
import { S3Upload } from './s3-upload.ts';
import {
  CopyGone,
  type Listed,
  type Reread,
  type Room,
  requireKey,
  type StoreBackend,
  type Written,
} from './store-backend.ts';

const attempts = 3;
const connectLimitMs = 5000;
const answerLimitMs = 10_000;
const probeLimitMs = 4000;
const roomMaxAgeMs = 1000;
const maxSockets = 200;
const progressBytes = 1024 * 1024;

export class S3Store implements StoreBackend {
  readonly url: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  #reachedAt = Number.NEGATIVE_INFINITY;

  constructor(location: S3Location, limits: { answerMs?: number; attempts?: number } = {}) {
    this.#bucket = location.bucket;
    this.#prefix = location.prefix === '' ? '' : `${location.prefix}/`;
    this.url = describeS3(location);
    const answerMs = limits.answerMs ?? answerLimitMs;
    this.#client = new S3Client({
      region: location.region,
      ...(location.endpoint === null ? {} : { endpoint: location.endpoint, forcePathStyle: true }),
      ...(location.credentials === null ? {} : { credentials: location.credentials }),
      maxAttempts: limits.attempts ?? attempts,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: Math.min(connectLimitMs, answerMs),
        requestTimeout: answerMs,
        throwOnRequestTimeout: true,
        socketTimeout: answerMs,
        httpAgent: { maxSockets },
        httpsAgent: { maxSockets },
      },
    });
  }

  /** A refusal (wrong key, no such bucket) is for a person to mend; a store that is away may come back. */
  async open(): Promise<void> {
    await this.room().catch((error: unknown) => {
      const status = error instanceof AppError ? Number(error.details.httpStatus ?? 0) : 0;
      if (status < 400 || status > 499) throw error;
      throw new Error(`the store ${this.url} answers ${status}: are its bucket and its keys right?`);
    });
  }

  async readMarker(): Promise<string | null> {
    const object = { Bucket: this.#bucket, Key: `${this.#prefix}STORE` };
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(object), probe());
      return (await Body?.transformToString())?.trim() ?? null;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw asStorageError(error);
    }
  }

  async writeMarker(id: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: `${this.#prefix}STORE`, Body: `${id}\n` };
    await this.#client.send(new PutObjectCommand(object)).catch(refuse);
  }

  async write(
    key: string,
    head: Uint8Array | null,
    source: AsyncIterable<Uint8Array>,
    limitBytes: number,
  ): Promise<Written> {
    const upload = new S3Upload(this.#client, this.#bucket, this.#name(key));
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      if (head !== null) await upload.add(head).catch(refuse);
      for await (const chunk of source) {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > limitBytes) throw new AppError('storage.too_large', { limit: limitBytes });
        hash.update(chunk);
        await upload.add(chunk).catch(refuse);
      }
      await upload.end().catch(refuse);
      // One PUT was compared by the store (Content-MD5); many parts are put together there.
      if (upload.isMultipart && (await this.size(key)) !== sizeBytes + (head?.byteLength ?? 0))
        throw new AppError('storage.unavailable', { reason: 'size-differs-after-write' });
      return { key, sha256: hash.digest('hex'), sizeBytes };
    } catch (error) {
      await upload.abort(probe());
      throw error;
    }
  }

  async readInto(key: string, position: number, buffer: Uint8Array): Promise<void> {
    if (buffer.byteLength === 0) return;
    let filled = 0;
    for await (const chunk of await this.openRange(key, position, buffer.byteLength)) {
      if (!(chunk instanceof Uint8Array) || filled + chunk.byteLength > buffer.byteLength) break;
      buffer.set(chunk, filled);
      filled += chunk.byteLength;
    }
    if (filled !== buffer.byteLength) throw new CopyGone('the stored object is shorter than its row says');
  }

  /** A body that breaks off, or whose connection ended while the reader paused, goes on from where it stopped. */
  async openRange(key: string, start: number, length: number): Promise<Readable> {
    const opened = await this.#get(key, { start, length });
    const body = Readable.from(this.#goOn(key, start, length, opened), { objectMode: false });
    return body.once('close', () => opened.destroy()); // also when nobody began to read
  }

  async *#goOn(key: string, start: number, length: number, opened: Readable): AsyncGenerator<Uint8Array> {
    let given = 0;
    let stream = opened;
    for (let opens = 1; ; opens += 1) {
      const before = given;
      try {
        for await (const chunk of stream) {
          given += chunk.length;
          yield chunk;
        }
        if (given >= length) return;
      } catch (error) {
        if (opens === attempts) throw asStorageError(error);
      }
      if (opens === attempts) throw new AppError('storage.unavailable', { reason: 'body-ended-early' });
      if (given - before >= progressBytes) opens = 0; // a reader that pauses often, not a broken store
      stream = await this.#get(key, { start: start + given, length: length - given });
    }
  }

  async reread(key: string, offset: number, withSm3 = false): Promise<Reread | null> {
    const sha256 = createHash('sha256');
    const sm3 = withSm3 ? createHash('sm3') : null;
    let sizeBytes = 0;
    try {
      // From the first byte: a range that begins at the end of an object without content is refused.
      let skipped = 0;
      for await (const chunk of await this.#get(key)) {
        const content = chunk.subarray(Math.min(chunk.length, offset - skipped));
        skipped += chunk.length - content.length;
        sha256.update(content);
        sm3?.update(content);
        sizeBytes += content.length;
      }
      return { sha256: sha256.digest('hex'), sm3: sm3?.digest('hex') ?? null, sizeBytes };
    } catch (error) {
      if (error instanceof CopyGone) return null;
      throw asStorageError(error);
    }
  }

  async size(key: string): Promise<number | null> {
    try {
      const object = { Bucket: this.#bucket, Key: this.#name(key) };
      return (await this.#client.send(new HeadObjectCommand(object))).ContentLength ?? null;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw asStorageError(error);
    }
  }

  async remove(key: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: this.#name(key) };
    await this.#client.send(new DeleteObjectCommand(object)).catch(refuse);
  }

  async *list(): AsyncGenerator<Listed> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#client
        .send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#prefix,
            ...(after === undefined ? {} : { StartAfter: after }),
          }),
        )
        .catch(refuse);
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        after = Key;
        const key = Key?.slice(this.#prefix.length) ?? '';
        if (/^\d{4}(\/\d\d){3}\/\d+$/.test(key) && LastModified !== undefined)
          yield { key, sizeBytes: Size ?? 0, changedAt: LastModified };
      }
      if (page.IsTruncated !== true || after === undefined) return;
    }
  }

  async removeUnfinished(before: Date): Promise<number> {
    const asked = new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: this.#prefix });
    // Not every store lists them; then its own rule for unfinished uploads is what removes them.
    const page = await this.#client.send(asked).catch(() => null);
    let removed = 0;
    for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
      if (Initiated === undefined || Initiated >= before) continue;
      const upload = { Bucket: this.#bucket, Key, UploadId };
      await this.#client.send(new AbortMultipartUploadCommand(upload)).catch(refuse);
      removed += 1;
    }
    return removed;
  }

  /** An S3 store does not say how full it is; what is checked is that it answers. */
  async room(): Promise<Room> {
    if (performance.now() - this.#reachedAt > roomMaxAgeMs) {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }), probe()).catch(refuse);
      this.#reachedAt = performance.now();
    }
    return { freeBytes: Number.MAX_SAFE_INTEGER, reserveBytes: 0, full: false };
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #name(key: string): string {
    return this.#prefix + requireKey(key);
  }

  async #get(key: string, range?: { start: number; length: number }): Promise<Readable> {
    const object = { Bucket: this.#bucket, Key: this.#name(key) };
    const Range = range === undefined ? undefined : `bytes=${range.start}-${range.start + range.length - 1}`;
    try {
      const asked = new GetObjectCommand(Range === undefined ? object : { ...object, Range });
      const { Body, ContentRange } = await this.#client.send(asked);
      if (!(Body instanceof Readable)) throw new AppError('storage.unavailable', { reason: 'no-body' });
      if (range === undefined) return Body;
      const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(ContentRange ?? '') ?? [];
      const end = range.start + range.length - 1;
      if (Number(first) === range.start && Number(last) === end) return Body;
      Body.destroy();
      if (Number(first) === range.start && Number(last) < end)
        throw new CopyGone('the stored object is shorter than its row says');
      throw new AppError('storage.unavailable', { reason: 'ranges-not-answered' });
    } catch (error) {
      if (isAbsent(error) || statusOf(error) === 416) throw new CopyGone('the object is not there');
      throw asStorageError(error);
    }
  }
}

/** For questions that somebody waits for: does it answer at all? */
function probe(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(probeLimitMs) };
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return 0;
  const about = error.$metadata;
  return typeof about === 'object' && about !== null && 'httpStatusCode' in about
    ? Number(about.httpStatusCode)
    : 0;
}

function isAbsent(error: unknown): boolean {
  if (error instanceof Error && error.name === 'NoSuchBucket') return false;
  return error instanceof Error && (error.name === 'NoSuchKey' || statusOf(error) === 404);
}

function asStorageError(error: unknown): unknown {
  if (error instanceof AppError || error instanceof CopyGone || !(error instanceof Error)) return error;
  const fromStore = '$metadata' in error || 'code' in error || /Timeout|Abort/.test(error.name);
  if (!fromStore) return error; // the source failed, not the store
  const full = statusOf(error) === 507 || error.name === 'QuotaExceeded';
  const details = { reason: error.name.slice(0, 40), httpStatus: statusOf(error) };
  return new AppError(full ? 'storage.full' : 'storage.unavailable', details, { cause: error });
}

function refuse(error: unknown): never {
  throw asStorageError(error);
}
