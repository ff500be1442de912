// A store carries its own id, so that a moved folder keeps its rows, and a folder whose disk is not mounted (or a wrong
// bucket) is noticed before new files are written beside the old ones.
import { type Db, newId } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { findStoreByUrl, hasCopies, insertStore, type StoreRow, upsertStore } from './repo.ts';
import type { StoreBackend } from './store-backend.ts';

type About = Pick<StoreRow, 'tier' | 'readOnly'>;

/** The id of a store that is open. */
export async function identifyStore(db: Db, store: StoreBackend, about: About): Promise<string> {
  const marked = await store.readMarker();
  const row = { url: store.url, ...about };
  if (marked !== null) {
    if (!/^\d{1,19}$/.test(marked)) throw new Error(`STORE in ${store.url} does not hold a store id`);
    const known = await findStoreByUrl(db, store.url);
    if (known !== undefined && known.id !== marked)
      throw new Error(`${store.url} is not the store that the database knows there; is it the right one?`);
    await upsertStore(db, { id: marked, ...row });
    return marked;
  }
  const known = await findStoreByUrl(db, store.url);
  if (known !== undefined && (await hasCopies(db, known.id))) throw new Error(absent(store.url));
  // Several processes may start on a new store at once: the row decides the id, and all write the same marker.
  const id = await insertStore(db, { id: newId(), ...row });
  await store.writeMarker(id);
  return id;
}

/** A store that may be away at the start: the row of an earlier start names it, and nothing is made in its place. */
export async function identifyOrRemember(
  db: Db,
  store: StoreBackend,
  about: About,
  log: Logger,
): Promise<string> {
  const known = await findStoreByUrl(db, store.url);
  if (known !== undefined && !(await isSameStore(store, known.id))) {
    log.error({ event: 'blob.store_away', storeId: known.id });
    return known.id;
  }
  await store.open();
  return identifyStore(db, store, about);
}

/** Whether that store is the one it was: a mount or bucket that went away must not look like lost files. */
export async function isSameStore(store: StoreBackend, id: string): Promise<boolean> {
  return (await store.readMarker().catch(() => null)) === id;
}

/** The ids of those that answer and are what they were. */
export async function presentStores({
  all,
}: {
  all: readonly { id: string; store: StoreBackend }[];
}): Promise<string[]> {
  const asked = all.map(async ({ id, store }) => ((await isSameStore(store, id)) ? [id] : []));
  return (await Promise.all(asked)).flat();
}

function absent(url: string): string {
  const where = url.startsWith('file:') ? `the blob folder ${url.slice('file:'.length)}` : `the store ${url}`;
  return `${where} is empty but the database knows files in it; is its disk mounted?`;
}
