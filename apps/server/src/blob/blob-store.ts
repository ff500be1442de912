// The BlobStore port: a router over one or several stores, and the rows of what lies in them. The order
// put -> record -> commit is what keeps a row from ever pointing at bytes that are not durable. Writing goes to the first
// store only; second copies are made by a job (second-copies.ts), and reading takes another copy when one fails.
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/index.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';
import type {
  BlobAbout,
  BlobBody,
  BlobRange,
  BlobStore,
  BlobVerdict,
  CopyLimits,
  StoredBytes,
  StoreHealth,
} from './blob-types.ts';
import { rehash, sweep } from './check-files.ts';
import { type OpenedStores, openStores } from './open-stores.ts';
import { PlaceReader } from './read-places.ts';
import * as repo from './repo.ts';
import * as copies from './repo-copies.ts';
import { scrubCopies } from './scrub-copies.ts';
import { type Keeping, makeSecondCopies, repairCopies, storeAway } from './second-copies.ts';
import { writeDescription } from './self-description.ts';
import { newKey, type Room, type StoreBackend } from './store-backend.ts';
import { readHealth } from './store-health.ts';
import { isSameStore } from './store-identity.ts';

type Options = { config: Pick<Config, 'blobs' | 'storage'>; db: Db; log: Logger; clock: Clock };

const smallReadBytes = 512 * 1024;
const standardReadLimit = 16 * 1024 * 1024;
const sealedAtOnce = 64;
const dayMs = 24 * 3_600_000;

export async function createBlobStore(options: Options): Promise<BlobStore> {
  return new RoutedBlobStore(options, await openStores(options.config, options.db, options.log));
}

class RoutedBlobStore implements BlobStore {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #storage: Config['storage'];
  readonly #opened: OpenedStores;
  /** The store of new writes, and its id. */
  readonly #files: StoreBackend;
  readonly #storeId: string;
  readonly #places: PlaceReader;

  constructor(options: Options, opened: OpenedStores) {
    this.#db = options.db;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#storage = options.config.storage;
    this.#opened = opened;
    this.#files = opened.primary.store;
    this.#storeId = opened.primary.id;
    this.#places = new PlaceReader(options.db, options.log, opened);
  }

  async put(source: AsyncIterable<Uint8Array>, about: BlobAbout): Promise<StoredBytes> {
    const now = this.#clock.now();
    const key = newKey(now);
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
    const limitBytes = about.limitBytes ?? Number.MAX_SAFE_INTEGER;
    const written = await this.#files.write(key, head, whole, limitBytes, about.onCopied);
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
      this.#places.forget(existing.id);
    }
    await repo.insertCopyAgain(tx, existing.id, stored);
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
    return this.#storeOf(stored.storeId).openRange(stored.key, stored.payloadOffset + start, length);
  }

  async read(blobId: string, range?: BlobRange): Promise<BlobBody> {
    const [place] = await this.#places.find(blobId);
    const { start, length } = slice(place.sizeBytes, range);
    const body =
      length === 0
        ? Readable.from([])
        : length <= smallReadBytes
          ? Readable.from([await this.readBytes(blobId, range, smallReadBytes)])
          : await this.#places.openStream(blobId, start, length);
    const { sizeBytes: totalBytes, sha256, mediaType } = place;
    return { body, sizeBytes: length, totalBytes, sha256, mediaType };
  }

  async readBytes(
    blobId: string,
    range?: BlobRange,
    limitBytes = standardReadLimit,
    into?: Buffer,
  ): Promise<Buffer> {
    const [place] = await this.#places.find(blobId);
    const { start, length } = slice(place.sizeBytes, range);
    if (length > limitBytes)
      throw new AppError('storage.too_large', { blobId, sizeBytes: length, limit: limitBytes });
    const fits = into !== undefined && into.length >= length;
    return this.#places.readBytes(
      blobId,
      start,
      fits ? into.subarray(0, length) : Buffer.allocUnsafe(length),
    );
  }

  async verify(blobId: string): Promise<BlobVerdict> {
    this.#places.forget(blobId);
    const places = await this.#places.find(blobId);
    let verdict: BlobVerdict | null = null;
    for (const place of places) {
      const found = await rehash(place);
      verdict = verdict === null || found.ok ? found : verdict;
      if (found.ok) {
        await repo.markVerified(this.#db, place.copyId);
        break;
      }
      const { copyId, storeId } = place;
      this.#log.error({ event: 'blob.damaged', blobId, copyId, storeId, reason: found.reason ?? 'hash' });
      if (places.length > 1) await copies.requestRepair(this.#db, blobId);
    }
    if (verdict === null) throw new AppError('storage.missing', { blobId });
    return verdict;
  }

  async seal({ limitMs = 50_000, signal }: { limitMs?: number; signal?: AbortSignal } = {}) {
    const outcome = { sealed: 0, damaged: 0 };
    const until = Date.now() + limitMs;
    const { all, second } = this.#opened;
    const storeIds = all.flatMap(({ id }) => (id === second?.id ? [] : [id])); // second copies were read back when made
    while (Date.now() < until && signal?.aborted !== true) {
      const unsealed = await repo.findUnsealed(this.#db, storeIds, sealedAtOnce);
      if (unsealed.length === 0) break;
      const sealed: { copyId: string; blobId: string; sm3: string }[] = [];
      for (const copy of unsealed) {
        const store = this.#storeOf(copy.store_id);
        const read = await store.reread(copy.key, copy.payload_offset, true);
        const isWhole = read?.sha256 === copy.sha256 && read.sizeBytes === Number(copy.size_bytes);
        if (read?.sm3 != null && isWhole) {
          sealed.push({ copyId: copy.id, blobId: copy.blob_id, sm3: read.sm3 });
          continue;
        }
        if (read === null && !(await isSameStore(store, copy.store_id))) throw storeAway(copy.store_id);
        outcome.damaged += 1;
        this.#log.error({ event: 'blob.damaged', blobId: copy.blob_id, copyId: copy.id, reason: 'seal' });
        await repo.markLost(this.#db, copy.id);
        this.#places.forget(copy.blob_id);
      }
      await repo.sealBlobs(this.#db, sealed);
      outcome.sealed += sealed.length;
    }
    return outcome;
  }

  async bury(tx: Tx, blobCopyId: string, reason: 'policy' | 'superseded' | 'user'): Promise<void> {
    // One day more than the window: the purger must never be ahead of a restore to the window's first second.
    const found = await repo.buryCopy(tx, blobCopyId, reason, this.#storage.recoveryDays + 1);
    if (!found) throw new AppError('storage.missing', { copyId: blobCopyId });
    this.#places.forgetAll();
  }

  async sweepOrphans(options: { olderThan?: Date; signal?: AbortSignal } = {}) {
    const now = this.#clock.now().getTime();
    const before = options.olderThan ?? new Date(now - (this.#storage.recoveryDays + 1) * dayMs);
    const limits = { before, unfinishedBefore: new Date(now - dayMs) };
    const total = { seen: 0, removed: 0, bytes: 0 };
    const { primary, second } = this.#opened;
    for (const { store, id } of second === null ? [primary] : [primary, second]) {
      // Never in a store that is not ours: all of its files would be unknown.
      if (!(await isSameStore(store, id))) {
        this.#log.error({ event: 'blob.sweep_left_out', storeId: id });
        continue;
      }
      const { seen, removed, bytes } = await sweep(store, this.#db, id, limits, options.signal);
      total.seen += seen;
      total.removed += removed;
      total.bytes += bytes;
    }
    return total;
  }

  makeSecondCopies(limits: CopyLimits = {}) {
    return makeSecondCopies(this.#keeping(), limits);
  }

  repair(blobId: string, signal?: AbortSignal) {
    return repairCopies(this.#keeping(), blobId, signal);
  }

  scrub(limits: CopyLimits = {}) {
    const { scrubBytesPerSecond: bytesPerSecond, scrubDays: days } = this.#storage;
    return scrubCopies(this.#keeping(), { bytesPerSecond, days }, limits);
  }

  health(): Promise<StoreHealth> {
    return readHealth(this.#db, this.#opened);
  }

  room(): Promise<Room> {
    return this.#files.room();
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.all.map(({ store }) => store.close()));
  }

  #keeping(): Keeping {
    return { ...this.#opened, db: this.#db, log: this.#log, clock: this.#clock, places: this.#places };
  }

  #storeOf(id: string): StoreBackend {
    const found = this.#opened.all.find((one) => one.id === id);
    if (found === undefined) throw new AppError('storage.unavailable', { reason: 'store-not-configured' });
    return found.store;
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
