// Opens the stores that the configuration names: the first one (all new writes), the one of second copies, and those
// that are only read. Of folders only the first must be there at the start; the others may come back later.
import type { BlobLocation, Config, StorageReserve } from '../config.ts';
import type { Db } from '../db/index.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log/index.ts';
import type { StoreTier } from '../store-locations.ts';
import { asStorageError, FileStore } from './file-store.ts';
import { findStoreByUrl } from './repo.ts';
import type { StoreBackend } from './store-backend.ts';
import { identifyOrRemember, identifyStore } from './store-identity.ts';

export type OpenedStore = { id: string; store: StoreBackend; tier: StoreTier };
export type OpenedStores = {
  primary: OpenedStore;
  second: OpenedStore | null;
  /** All of them in reading order: the faster tier first. */
  all: readonly OpenedStore[];
};

const tierOrder: readonly StoreTier[] = ['hot', 'warm', 'cold', 'vault'];

export async function openStores(
  config: Pick<Config, 'blobs' | 'storage'>,
  db: Db,
  log: Logger,
): Promise<OpenedStores> {
  const { reserve, copy, more } = config.storage;
  const first = await makeStore(config.blobs, reserve);
  const hot = { tier: 'hot', readOnly: false } as const;
  const primary: OpenedStore = { id: await openFirst(db, first, hot, log), store: first, tier: 'hot' };
  const all = [primary];
  const add = async (location: BlobLocation, tier: StoreTier, readOnly: boolean): Promise<OpenedStore> => {
    const store = await makeStore(location, reserve);
    if (all.some((one) => one.store.url === store.url)) throw new Error(twice(store));
    const id = await identifyOrRemember(db, store, { tier, readOnly }, log);
    if (all.some((one) => one.id === id)) throw new Error(twice(store));
    const opened = { id, store, tier };
    all.push(opened);
    return opened;
  };
  const second = copy === null ? null : await add(copy, 'warm', false);
  for (const { location, tier } of more) await add(location, tier, true);
  all.sort((a, b) => tierOrder.indexOf(a.tier) - tierOrder.indexOf(b.tier));
  return { primary, second, all };
}

/** The same from the rows of an earlier start, changing nothing; null when the first store never was open. */
export async function rememberStores(
  config: Pick<Config, 'blobs' | 'storage'>,
  db: Db,
): Promise<OpenedStores | null> {
  const { reserve, copy, more } = config.storage;
  const look = async (location: BlobLocation, tier: StoreTier): Promise<OpenedStore | null> => {
    const store = await makeStore(location, reserve);
    const row = await findStoreByUrl(db, store.url);
    return row === undefined ? null : { id: row.id, store, tier };
  };
  const primary = await look(config.blobs, 'hot');
  const second = copy === null ? null : await look(copy, 'warm');
  const others = await Promise.all(more.map(({ location, tier }) => look(location, tier)));
  if (primary === null) return null;
  return { primary, second, all: [primary, second, ...others].filter((one) => one !== null) };
}

/** A folder must be there. An object store may be away for a while: the process starts, and is not ready until then. */
async function openFirst(
  db: Db,
  store: StoreBackend,
  hot: { tier: StoreTier; readOnly: boolean },
  log: Logger,
): Promise<string> {
  try {
    await store.open();
  } catch (error) {
    const known = store.url.startsWith('s3:') ? await findStoreByUrl(db, store.url) : undefined;
    if (!(error instanceof AppError) || known === undefined) throw asStorageError(error);
    log.error({ event: 'blob.store_away', storeId: known.id });
    return known.id;
  }
  return identifyStore(db, store, hot);
}

/** The S3 client takes half a second to load: only where it is used. */
async function makeStore(location: BlobLocation, reserve: StorageReserve): Promise<StoreBackend> {
  if (location.kind === 'file') return new FileStore(location.folder, reserve);
  const { S3Store } = await import('./s3-store.ts');
  return new S3Store(location);
}

function twice(store: StoreBackend): string {
  return `the store ${store.url} is named twice in the configuration`;
}
