// The BlobStore port over one file store and the rows of it. The order put -> record -> commit is what keeps a row
// from ever pointing at bytes that are not durable.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { type Db, newId, type Tx } from '../db/index.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';
import type { BlobAbout, BlobBody, BlobRange, BlobStore, BlobVerdict, StoredBytes } from './blob-types.ts';
import { type Place, rehash, sweep } from './check-files.ts';
import { FileHandles } from './file-handles.ts';
import { asStorageError, FileStore, type Room } from './file-store.ts';
import * as repo from './repo.ts';
import { RereadThread } from './reread.ts';
import { writeDescription } from './self-description.ts';
import { identifyStore } from './store-identity.ts';

type Options = { config: Pick<Config, 'blobs' | 'storage'>; db: Db; log: Logger; clock: Clock };

const smallReadBytes = 512 * 1024;
const standardReadLimit = 16 * 1024 * 1024;
const placesKept = 5000;
const sealedAtOnce = 64;
const dayMs = 24 * 3_600_000;

export async function createBlobStore(options: Options): Promise<BlobStore> {
  const files = new FileStore(options.config.blobs.folder, options.config.storage.reserve);
  await files.open().catch((error: unknown) => {
    throw asStorageError(error);
  });
  return new FileBlobStore(options, files, await identifyStore(options.db, files.folder));
}

class FileBlobStore implements BlobStore {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #recoveryDays: number;
  readonly #files: FileStore;
  readonly #storeId: string;
  readonly #handles = new FileHandles();
  readonly #rereader = new RereadThread();
  readonly #places = new Map<string, Place>();

  constructor(options: Options, files: FileStore, storeId: string) {
    this.#db = options.db;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#recoveryDays = options.config.storage.recoveryDays;
    this.#files = files;
    this.#storeId = storeId;
  }

  async put(source: AsyncIterable<Uint8Array>, about: BlobAbout): Promise<StoredBytes> {
    const now = this.#clock.now();
    const key = `${now.toISOString().slice(0, 13).replace(/[-T]/g, '/')}/${newId()}`;
    const head =
      about.kind === 'instance'
        ? null
        : writeDescription({
            kind: about.kind,
            mediaType: about.mediaType,
            ids: about.ids ?? {},
            source: about.source ?? '',
            receivedAt: now.toISOString(),
          });
    const whole = about.prefix === undefined ? source : withPrefix(about.prefix, source);
    const written = await this.#files.write(key, head, whole, about.limitBytes ?? Number.MAX_SAFE_INTEGER);
    return {
      ...written,
      storeId: this.#storeId,
      mediaType: about.mediaType,
      payloadOffset: head?.byteLength ?? 0,
    };
  }

  async record(tx: Tx, stored: StoredBytes): Promise<{ blobId: string; existed: boolean }> {
    const blobId = await repo.insertBlob(tx, stored);
    if (blobId !== null) {
      await repo.insertCopy(tx, blobId, stored);
      return { blobId, existed: false };
    }
    const existing = await repo.findBlobByHash(tx, stored.sha256);
    if (existing === undefined || Number(existing.size_bytes) !== stored.sizeBytes) {
      throw new AppError('storage.damaged', { reason: 'hash-disagrees', sha256: stored.sha256 });
    }
    for (const copy of await repo.findLiveCopies(tx, existing.id)) {
      if (copy.store_id !== this.#storeId) continue;
      if (copy.key === stored.key) return { blobId: existing.id, existed: true }; // recorded before: a repeated call
      if ((await this.#files.size(copy.key)) === copy.payload_offset + stored.sizeBytes) {
        await this.#files.remove(stored.key);
        return { blobId: existing.id, existed: true };
      }
      await repo.markLost(tx, copy.id); // the file is gone or cut: the new one takes its place
      this.#places.delete(existing.id);
    }
    await repo.insertCopy(tx, existing.id, stored);
    return { blobId: existing.id, existed: true };
  }

  recordAlong(db: Db | Tx, stored: readonly StoredBytes[]): ReturnType<BlobStore['recordAlong']> {
    return repo.insertNewBlobs(db, stored);
  }

  async discard(stored: StoredBytes): Promise<void> {
    // Without a database nobody knows whether a row has it: the file stays, and the sweep removes it in its time.
    const known = await repo.findKnownKeys(this.#db, this.#storeId, [stored.key]).catch(() => null);
    if (known === null) return;
    if (known.size > 0)
      throw new AppError('storage.unavailable', { reason: 'recorded-bytes-are-never-discarded' });
    await this.#files.remove(stored.key);
  }

  async readStored(stored: StoredBytes, range?: BlobRange): Promise<Readable> {
    const { start, length } = slice(stored.sizeBytes, range);
    if (length === 0) return Readable.from([]);
    const from = stored.payloadOffset + start;
    return createReadStream(this.#files.path(stored.key), { start: from, end: from + length - 1 });
  }

  async read(blobId: string, range?: BlobRange): Promise<BlobBody> {
    const place = await this.#place(blobId);
    const { start, length } = slice(place.sizeBytes, range);
    const body =
      length === 0
        ? Readable.from([])
        : length <= smallReadBytes
          ? Readable.from([await this.readBytes(blobId, range, smallReadBytes)])
          : await this.#openStream(blobId, place, start, length);
    const { sizeBytes: totalBytes, sha256, mediaType } = place;
    return { body, sizeBytes: length, totalBytes, sha256, mediaType };
  }

  async readBytes(blobId: string, range?: BlobRange, limitBytes = standardReadLimit): Promise<Buffer> {
    const place = await this.#place(blobId);
    const { start, length } = slice(place.sizeBytes, range);
    if (length > limitBytes)
      throw new AppError('storage.too_large', { blobId, sizeBytes: length, limit: limitBytes });
    const buffer = Buffer.allocUnsafe(length);
    try {
      await this.#handles.use(place.path, async (handle) => {
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(
            buffer,
            done,
            length - done,
            place.payloadOffset + start + done,
          );
          if (bytesRead === 0) throw new Error('the stored file is shorter than its row says');
          done += bytesRead;
        }
      });
    } catch (error) {
      throw this.#unreadable(blobId, error);
    }
    return buffer;
  }

  async verify(blobId: string): Promise<BlobVerdict> {
    this.#places.delete(blobId);
    const place = await this.#place(blobId);
    const verdict = await rehash(place);
    if (verdict.ok) await repo.markVerified(this.#db, place.copyId);
    else
      this.#log.error({
        event: 'blob.damaged',
        blobId,
        copyId: place.copyId,
        reason: verdict.reason ?? 'hash',
      });
    return verdict;
  }

  async seal({ limitMs = 50_000, signal }: { limitMs?: number; signal?: AbortSignal } = {}) {
    const outcome = { sealed: 0, damaged: 0 };
    const until = Date.now() + limitMs;
    while (Date.now() < until && signal?.aborted !== true) {
      const copies = await repo.findUnsealed(this.#db, this.#storeId, sealedAtOnce);
      if (copies.length === 0) break;
      const sealed: { copyId: string; blobId: string; sm3: string }[] = [];
      for (const copy of copies) {
        const read = await this.#rereader.hash(this.#files.path(copy.key), copy.payload_offset);
        if (read !== null && read.sha256 === copy.sha256 && read.sizeBytes === Number(copy.size_bytes)) {
          sealed.push({ copyId: copy.id, blobId: copy.blob_id, sm3: read.sm3 });
          continue;
        }
        outcome.damaged += 1;
        this.#log.error({ event: 'blob.damaged', blobId: copy.blob_id, copyId: copy.id, reason: 'seal' });
        await repo.markLost(this.#db, copy.id);
      }
      await repo.sealBlobs(this.#db, sealed);
      outcome.sealed += sealed.length;
    }
    return outcome;
  }

  async bury(tx: Tx, blobCopyId: string, reason: 'policy' | 'superseded' | 'user'): Promise<void> {
    // One day more than the window: the purger must never be ahead of a restore to the window's first second.
    const found = await repo.buryCopy(tx, blobCopyId, reason, this.#recoveryDays + 1);
    if (!found) throw new AppError('storage.missing', { copyId: blobCopyId });
    this.#places.clear();
  }

  sweepOrphans(options: { olderThan?: Date; signal?: AbortSignal } = {}) {
    const now = this.#clock.now().getTime();
    const before = options.olderThan ?? new Date(now - (this.#recoveryDays + 1) * dayMs);
    return sweep(
      this.#files,
      this.#db,
      this.#storeId,
      { before, unfinishedBefore: new Date(now - dayMs) },
      options.signal,
    );
  }

  room(): Promise<Room> {
    return this.#files.room();
  }

  async close(): Promise<void> {
    await Promise.all([this.#handles.close(), this.#files.close(), this.#rereader.close()]);
  }

  async #place(blobId: string): Promise<Place> {
    const known = this.#places.get(blobId);
    if (known !== undefined) return known;
    if (!/^\d{1,19}$/.test(blobId)) throw new AppError('storage.missing', { reason: 'bad-id' });
    const [blob, copies] = await Promise.all([
      repo.findBlob(this.#db, blobId),
      repo.findLiveCopies(this.#db, blobId),
    ]);
    const copy = copies.find((row) => row.store_id === this.#storeId);
    if (blob === undefined || copy === undefined) throw new AppError('storage.missing', { blobId });
    const place: Place = {
      copyId: copy.id,
      path: this.#files.path(copy.key),
      payloadOffset: copy.payload_offset,
      sizeBytes: Number(blob.size_bytes),
      sha256: blob.sha256,
      mediaType: blob.media_type,
    };
    if (this.#places.size >= placesKept) this.#places.delete(this.#places.keys().next().value ?? blobId);
    this.#places.set(blobId, place);
    return place;
  }

  async #openStream(blobId: string, place: Place, start: number, length: number): Promise<Readable> {
    const from = place.payloadOffset + start;
    const stream = createReadStream(place.path, {
      start: from,
      end: from + length - 1,
      highWaterMark: 256 * 1024,
    });
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', (error) => reject(this.#unreadable(blobId, error)));
    });
    return stream;
  }

  /** A copy that is not where its row says: the remembered place is dropped, so that the next read looks again. */
  #unreadable(blobId: string, error: unknown): AppError {
    this.#places.delete(blobId);
    // A reader that went away is not a damaged file.
    if (error instanceof Error && error.name === 'AbortError')
      return new AppError('storage.unavailable', { blobId }, { cause: error });
    this.#log.error({ event: 'blob.unreadable', blobId, error });
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'short';
    const damaged = code === 'ENOENT' || code === 'short';
    return new AppError(damaged ? 'storage.damaged' : 'storage.unavailable', { blobId }, { cause: error });
  }
}

function slice(total: number, range: BlobRange | undefined): { start: number; length: number } {
  if (range === undefined) return { start: 0, length: total };
  const end = Math.min(range.end ?? total - 1, total - 1);
  const valid =
    Number.isSafeInteger(range.start) && range.start >= 0 && range.start <= total && end >= range.start - 1;
  if (!valid) throw new AppError('request.range', { start: range.start, total });
  return { start: range.start, length: end - range.start + 1 };
}

async function* withPrefix(prefix: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield prefix;
  yield* rest;
}
