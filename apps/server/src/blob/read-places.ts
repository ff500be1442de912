// Reading: where the live copies of a blob are, and going on with the next copy when one is missing, cut, damaged or
// its store does not answer. With more than one copy, whole reads are hashed on the way; what differs is never given out
// as whole, and a repair is asked for. With one copy reading costs what it always did.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Db } from '../db/index.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';
import type { Place } from './check-files.ts';
import type { OpenedStores } from './open-stores.ts';
import { findBlob, findLiveCopies } from './repo.ts';
import { requestRepair } from './repo-copies.ts';
import { CopyGone, isGone } from './store-backend.ts';
import { isSameStore } from './store-identity.ts';

type Places = [Place, ...Place[]];
type Known = { places: Places; until: number };

const placesKept = 5000;
/** Copies change in other processes too: repaired there, they are found here after this time. */
const placesKeptMs = 60_000;
/** A store that did not answer is asked last for a while. */
const avoidedMs = 60_000;

export class PlaceReader {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #stores: OpenedStores;
  readonly #known = new Map<string, Known>();
  readonly #avoided = new Map<string, number>();

  constructor(db: Db, log: Logger, stores: OpenedStores) {
    this.#db = db;
    this.#log = log;
    this.#stores = stores;
  }

  forget(blobId: string): void {
    this.#known.delete(blobId);
  }

  forgetAll(): void {
    this.#known.clear();
  }

  /** Live copies in the stores that are open, in the order in which to try them. */
  async find(blobId: string): Promise<Places> {
    const known = this.#known.get(blobId);
    if (known !== undefined && known.until > performance.now()) return this.#order(known.places);
    if (!/^\d{1,19}$/.test(blobId)) throw new AppError('storage.missing', { reason: 'bad-id' });
    const [blob, copies] = await Promise.all([findBlob(this.#db, blobId), findLiveCopies(this.#db, blobId)]);
    if (blob === undefined || copies.length === 0) throw new AppError('storage.missing', { blobId });
    const about = { sizeBytes: Number(blob.size_bytes), sha256: blob.sha256, mediaType: blob.media_type };
    const [first, ...others] = this.#stores.all.flatMap(({ id, store }) =>
      copies
        .filter((copy) => copy.store_id === id)
        .map((copy) => ({
          copyId: copy.id,
          storeId: id,
          store,
          key: copy.key,
          payloadOffset: copy.payload_offset,
          ...about,
        })),
    );
    if (first === undefined)
      throw new AppError('storage.unavailable', { blobId, reason: 'store-not-configured' });
    return this.#remember(blobId, this.#order([first, ...others]));
  }

  /** Fills the buffer. */
  async readBytes(blobId: string, start: number, buffer: Buffer): Promise<Buffer> {
    const places = await this.find(blobId);
    let failure: AppError | null = null;
    for (const place of places) {
      try {
        await place.store.readInto(place.key, place.payloadOffset + start, buffer);
        if (places.length > 1 && buffer.length === place.sizeBytes)
          requireHash(place, createHash('sha256').update(buffer));
        return buffer;
      } catch (error) {
        const failed = await this.#failed(blobId, place, places, error);
        failure ??= failed;
      }
    }
    throw failure ?? new AppError('storage.missing', { blobId });
  }

  async openStream(blobId: string, start: number, length: number): Promise<Readable> {
    const places = await this.find(blobId);
    let failure: AppError | null = null;
    for (const [index, place] of places.entries()) {
      try {
        const stream = await place.store.openRange(place.key, place.payloadOffset + start, length);
        if (places.length === 1) return stream;
        const rest = this.#goOn({ blobId, start, length }, places, index, stream);
        const body = Readable.from(rest, { objectMode: false });
        return body.once('close', () => stream.destroy()); // also when nobody began to read
      } catch (error) {
        const failed = await this.#failed(blobId, place, places, error);
        failure ??= failed;
      }
    }
    throw failure ?? new AppError('storage.missing', { blobId });
  }

  /** The rest of a broken stream comes from the next copy, from where it stopped. */
  async *#goOn(
    { blobId, start, length }: { blobId: string; start: number; length: number },
    places: Places,
    from: number,
    opened: Readable,
  ): AsyncGenerator<Buffer> {
    const hash = length === places[0].sizeBytes ? createHash('sha256') : null;
    let given = 0;
    let stream: Readable | null = opened;
    for (let index = from; index < places.length; index++) {
      const place = places[index];
      if (place === undefined) break;
      try {
        stream ??= await place.store.openRange(
          place.key,
          place.payloadOffset + start + given,
          length - given,
        );
        for await (const chunk of stream) {
          given += chunk.length;
          hash?.update(chunk);
          yield chunk;
        }
        if (given < length) throw new CopyGone('the stored copy ended early');
        if (hash !== null) requireHash(place, hash);
        return;
      } catch (error) {
        const failure = await this.#failed(blobId, place, places, error);
        // The wrong bytes are out already: the reader must hear of it.
        if (given >= length || index === places.length - 1) throw failure;
        stream = null;
      }
    }
  }

  /** A copy that cannot be read: asked last from now on, and its blob checked when it is the copy and not the store. */
  async #failed(blobId: string, place: Place, places: Places, error: unknown): Promise<AppError> {
    this.#known.delete(blobId);
    // A reader that went away is not a damaged file.
    if (error instanceof Error && error.name === 'AbortError')
      return new AppError('storage.unavailable', { blobId }, { cause: error });
    const { copyId, storeId } = place;
    this.#log.error({ event: 'blob.unreadable', blobId, copyId, storeId, error });
    const isBad = isGone(error) || (error instanceof AppError && error.code === 'storage.damaged');
    const damaged = isBad && (places.length === 1 || (await isSameStore(place.store, storeId)));
    const [next, ...rest] = places.filter((one) => one !== place);
    if (next !== undefined) {
      if (damaged)
        await requestRepair(this.#db, blobId).catch(() => {}); // the scrubber finds it too
      else this.#avoided.set(storeId, performance.now() + avoidedMs);
      this.#remember(blobId, [next, ...rest, place]);
    }
    if (error instanceof AppError) return error;
    return new AppError(damaged ? 'storage.damaged' : 'storage.unavailable', { blobId }, { cause: error });
  }

  #order(places: Places): Places {
    if (places.length === 1 || this.#avoided.size === 0) return places;
    const now = performance.now();
    const isAvoided = ({ storeId }: Place) => (this.#avoided.get(storeId) ?? 0) > now;
    const [first, ...rest] = [...places.filter((one) => !isAvoided(one)), ...places.filter(isAvoided)];
    return first === undefined ? places : [first, ...rest];
  }

  #remember(blobId: string, places: Places): Places {
    if (this.#known.size >= placesKept) this.#known.delete(this.#known.keys().next().value ?? blobId);
    this.#known.set(blobId, { places, until: performance.now() + placesKeptMs });
    return places;
  }
}

function requireHash(place: Place, hash: ReturnType<typeof createHash>): void {
  if (hash.digest('hex') !== place.sha256)
    throw new AppError('storage.damaged', { copyId: place.copyId, reason: 'hash' });
}
