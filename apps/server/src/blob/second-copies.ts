// Second copies and repair. A new copy is written from a whole one, read back from its store, and only then does its row
// commit. A copy found bad is marked lost; its file stays. A store that does not answer, or is not the store it was (a
// disk that is not mounted), never makes a copy lost. All of it may be stopped anywhere and run again.
import type { Clock } from '../clock.ts';
import { idAt } from '../db/ids.ts';
import type { Db } from '../db/index.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';
import type { CopyLimits, CopyOutcome, RepairOutcome } from './blob-types.ts';
import { type Place, rehash } from './check-files.ts';
import type { OpenedStore, OpenedStores } from './open-stores.ts';
import type { PlaceReader } from './read-places.ts';
import { markLost, markVerified } from './repo.ts';
import * as repo from './repo-copies.ts';
import { newKey } from './store-backend.ts';
import { isSameStore, presentStores } from './store-identity.ts';

export type Keeping = OpenedStores & { db: Db; log: Logger; clock: Clock; places: PlaceReader };
export const standardLimitMs = 50_000;
const foundAtOnce = 64;
const copiedAtOnce = 4;
/** Ids are given before their commit: the mark stays behind by more than any transaction takes. */
const settledMs = 10 * 60_000;

/** Copies that were lost first, then blobs that have had no second copy yet, oldest first. */
export async function makeSecondCopies(keeping: Keeping, limits: CopyLimits): Promise<CopyOutcome> {
  const { db, second, clock } = keeping;
  const outcome: CopyOutcome = { copied: 0, failed: 0, finished: false };
  if (second === null) return { ...outcome, finished: true };
  const present = await presentStores(keeping);
  if (!present.includes(second.id)) throw storeAway(second.id);
  const goOn = whileTime(limits);
  const start = await repo.getCopiedTo(db, second.id);
  const total = await repo.countUncopied(db, second.id, present, start);
  const copyAll = async (blobIds: readonly string[]): Promise<void> => {
    for (let at = 0; at < blobIds.length && goOn(); at += copiedAtOnce) {
      const some = blobIds.slice(at, at + copiedAtOnce);
      const tried = await Promise.allSettled(
        some.map((blobId) => fillCopies(keeping, present, blobId, outcome)),
      );
      for (const one of tried) if (one.status === 'rejected') throw one.reason;
      await limits.progress?.(outcome.copied, Math.max(total, outcome.copied));
    }
  };
  for (const outside of [true, false])
    await copyAll(await repo.findUnrepaired(db, second.id, present, outside, foundAtOnce));
  let after = start;
  while (goOn()) {
    const settled = idAt(new Date(clock.now().getTime() - settledMs));
    const blobIds = await repo.findUncopied(db, second.id, present, after, foundAtOnce);
    await copyAll(blobIds);
    const last = blobIds.at(-1);
    if (last !== undefined && !goOn()) break;
    // What failed, or is in a store that is away, is looked at again: the mark waits for it.
    const isWhole = outcome.failed === 0 && present.length === keeping.all.length;
    if (isWhole) await repo.setCopiedTo(db, second.id, least(last ?? settled, settled));
    if (last === undefined) return { ...outcome, finished: true };
    after = last;
  }
  return outcome;
}

/** Writes the copies that a blob lacks. A target that fails throws; a source that fails is checked by a job of its own. */
export async function fillCopies(
  keeping: Keeping,
  present: readonly string[],
  blobId: string,
  outcome: { copied: number; failed: number },
): Promise<void> {
  const { db, log, places } = keeping;
  places.forget(blobId);
  const live = await liveOrNone(places, blobId);
  const source = live.find(({ storeId }) => present.includes(storeId));
  if (source === undefined) return;
  try {
    for (const target of lacking(keeping, live))
      if (await copyTo(keeping, blobId, source, target)) outcome.copied += 1;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (!(await isSameStore(source.store, source.storeId))) throw storeAway(source.storeId);
    outcome.failed += 1;
    log.error({ event: 'blob.copy_failed', blobId, error: error.cause });
    await repo.requestRepair(db, blobId);
  } finally {
    places.forget(blobId);
  }
}

/** Checks every copy, also lost ones whose file somebody put back, and writes what is lacking. */
export async function repairCopies(
  keeping: Keeping,
  blobId: string,
  signal?: AbortSignal,
): Promise<RepairOutcome> {
  const { db, log, places } = keeping;
  places.forget(blobId);
  const present = await presentStores(keeping);
  const live = await liveOrNone(places, blobId);
  const whole: Place[] = [];
  const outcome: RepairOutcome = { written: 0, bad: 0, whole: 0 };
  for (const place of live) {
    signal?.throwIfAborted();
    if (!present.includes(place.storeId)) continue;
    if (await checkPlace(keeping, blobId, place)) whole.push(place);
    else outcome.bad += 1;
  }
  for (const place of whole.length === 0 ? await lostPlaces(keeping, blobId) : []) {
    signal?.throwIfAborted();
    if (!present.includes(place.storeId) || !(await rehash(place)).ok) continue;
    await repo.reviveCopy(db, place.copyId);
    log.warn({ event: 'blob.copy_revived', blobId, copyId: place.copyId, storeId: place.storeId });
    whole.push(place);
  }
  const [source] = whole;
  if (source === undefined) {
    const away = live.find(({ storeId }) => !present.includes(storeId));
    if (away !== undefined) throw storeAway(away.storeId);
    log.error({ event: 'blob.no_whole_copy', blobId });
    throw new AppError('storage.damaged', { blobId, reason: 'no-whole-copy' });
  }
  outcome.whole = whole.length;
  for (const target of lacking(keeping, whole))
    if (await copyTo(keeping, blobId, source, target)) outcome.written += 1;
  places.forget(blobId);
  return outcome;
}

/** Reads a copy back. A bad one is marked lost, when its store is there and is the store it was. */
export async function checkPlace(keeping: Keeping, blobId: string, place: Place): Promise<boolean> {
  const { db, log, places } = keeping;
  const verdict = await rehash(place);
  if (verdict.ok) {
    await markVerified(db, place.copyId);
    return true;
  }
  const { copyId, storeId } = place;
  if (!(await isSameStore(place.store, storeId))) throw storeAway(storeId);
  log.error({ event: 'blob.damaged', blobId, copyId, storeId, reason: verdict.reason ?? 'hash' });
  await markLost(db, copyId);
  places.forget(blobId);
  return false;
}

/** Wanted: one copy outside the store of second copies, and one in it. */
export function lacking(
  { primary, second }: Pick<OpenedStores, 'primary' | 'second'>,
  whole: readonly Place[],
): OpenedStore[] {
  const targets: OpenedStore[] = [];
  if (whole.every((place) => place.storeId === second?.id)) targets.push(primary);
  if (second !== null && !whole.some((place) => place.storeId === second.id)) targets.push(second);
  return targets;
}

/** Writes, reads back from the destination, and only then commits the row. False: another process was faster. */
async function copyTo(
  { db, log, clock }: Keeping,
  blobId: string,
  source: Place,
  target: OpenedStore,
): Promise<boolean> {
  const { payloadOffset, sizeBytes, sha256 } = source;
  const head = Buffer.alloc(payloadOffset);
  await source.store.readInto(source.key, 0, head).catch(throwSourceError);
  const key = newKey(clock.now());
  const written = await target.store.write(
    key,
    payloadOffset === 0 ? null : head,
    contentOf(source),
    sizeBytes,
  );
  const copy = { ...source, store: target.store, storeId: target.id, key };
  try {
    if (written.sha256 !== sha256 || written.sizeBytes !== sizeBytes)
      throw new SourceError(new AppError('storage.damaged', { blobId, reason: 'hash' }));
    if (!(await rehash(copy)).ok)
      throw new AppError('storage.unavailable', { reason: 'copy-differs', storeId: target.id });
    const row = {
      blobId,
      storeId: target.id,
      key,
      payloadOffset,
      tier: target.tier,
      fromCopyId: source.copyId,
    };
    if (await repo.insertCopyOnce(db, row)) {
      log.debug({ event: 'blob.copy_written', blobId, storeId: target.id });
      return true;
    }
  } catch (error) {
    if (error instanceof SourceError || error instanceof AppError)
      await target.store.remove(key).catch(() => {});
    throw error;
  }
  await target.store.remove(key).catch(() => {}); // no row ever knew it
  return false;
}

/** What went wrong on the reading side, so that it is not taken for a fault of the store that is written to. */
class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(cause: unknown) {
    super('the copy to read from failed', { cause });
  }
}

function throwSourceError(error: unknown): never {
  throw new SourceError(error);
}

async function* contentOf({ store, key, payloadOffset, sizeBytes }: Place): AsyncGenerator<Uint8Array> {
  if (sizeBytes === 0) return;
  try {
    yield* await store.openRange(key, payloadOffset, sizeBytes);
  } catch (error) {
    throw new SourceError(error);
  }
}

export async function liveOrNone(places: PlaceReader, blobId: string): Promise<readonly Place[]> {
  try {
    return await places.find(blobId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'storage.missing') return [];
    throw error;
  }
}

async function lostPlaces({ db, all }: Keeping, blobId: string): Promise<Place[]> {
  const rows = await repo.findLostCopies(
    db,
    blobId,
    all.map(({ id }) => id),
  );
  return rows.flatMap((row) => {
    const opened = all.find(({ id }) => id === row.store_id);
    if (opened === undefined) return [];
    return {
      copyId: row.id,
      storeId: row.store_id,
      store: opened.store,
      key: row.key,
      payloadOffset: row.payload_offset,
      sizeBytes: Number(row.size_bytes),
      sha256: row.sha256,
      mediaType: row.media_type,
    };
  });
}

export function storeAway(storeId: string): AppError {
  return new AppError('storage.unavailable', { reason: 'store-away', storeId });
}

function least(one: string, other: string): string {
  return BigInt(one) < BigInt(other) ? one : other;
}

/** Whether there is time for one more. */
export function whileTime({ limitMs = standardLimitMs, signal }: CopyLimits): () => boolean {
  const until = Date.now() + limitMs;
  return () => Date.now() < until && !(signal?.aborted ?? false);
}
