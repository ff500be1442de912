// How the stores and their copies stand: for the console, the metrics and `yunying doctor`. Counts rows of what is open
// (not copied yet, lost), never a whole table.
import type { Config } from '../config.ts';
import type { Db } from '../db/index.ts';
import type { Metrics } from '../metrics.ts';
import type { BlobStore, StoreHealth } from './blob-types.ts';
import { type OpenedStores, rememberStores } from './open-stores.ts';
import { countLost, countUncopied, getCopiedTo, oldestVerifiedAt } from './repo-copies.ts';
import { presentStores } from './store-identity.ts';

const exposedForMs = 30_000;

export async function readHealth(db: Db, { primary, second, all }: OpenedStores): Promise<StoreHealth> {
  const ids = all.map(({ id }) => id);
  const copiedTo = second === null ? '0' : await getCopiedTo(db, second.id);
  const [present, uncopied, lost, oldestCheckAt] = await Promise.all([
    presentStores({ all }),
    second === null ? 0 : countUncopied(db, second.id, ids, copiedTo),
    countLost(db, copiedTo),
    oldestVerifiedAt(db),
  ]);
  return {
    stores: all.map(({ id, store, tier }) => ({
      url: store.url,
      tier,
      use: id === primary.id ? 'first' : id === second?.id ? 'second' : 'read',
      answers: present.includes(id),
    })),
    withoutSecond: uncopied + (second === null ? 0 : lost.single),
    withoutWhole: lost.none,
    oldestCheckAt,
  };
}

/** Beside a running server: by the rows it wrote, changing nothing. Null when no server ever opened the stores. */
export async function lookAtStores(
  config: Pick<Config, 'blobs' | 'storage'>,
  db: Db,
): Promise<StoreHealth | null> {
  const stores = await rememberStores(config, db);
  if (stores === null) return null;
  try {
    return await readHealth(db, stores);
  } finally {
    await Promise.all(stores.all.map(({ store }) => store.close()));
  }
}

export function measureStores(metrics: Metrics, blobs: Pick<BlobStore, 'health'>): void {
  const missing = metrics.gauge(
    'yunying_copies_missing',
    'Objects without the second copy they should have.',
  );
  const lost = metrics.gauge('yunying_objects_lost', 'Objects of which no whole copy is known.');
  const oldest = metrics.gauge('yunying_scrub_oldest_seconds', 'Age of the oldest check of a stored copy.');
  const away = metrics.gauge('yunying_stores_away', 'Stores that do not answer or are not what they were.');
  let last = Number.NEGATIVE_INFINITY;
  metrics.onExpose(async () => {
    if (performance.now() - last < exposedForMs) return;
    last = performance.now();
    const { stores, withoutSecond, withoutWhole, oldestCheckAt } = await blobs.health();
    missing.set(withoutSecond);
    lost.set(withoutWhole);
    oldest.set(oldestCheckAt === null ? 0 : Math.max(0, (Date.now() - oldestCheckAt.getTime()) / 1000));
    away.set(stores.filter(({ answers }) => !answers).length);
  });
}
