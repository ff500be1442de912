// From the UIDs of an address to the instance and what was made of it, without a query when it was asked for lately.
// Renditions never change once made, so only an instance that still waits is looked up again soon.
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { getInstance, type PlacedInstance } from '../archive/index.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { FrameEntry, ImageFacts, RenditionKind, SeriesWindow } from './media-types.ts';
import * as repo from './repo.ts';

export type Place = { study: string; series: string; instance: string };
export type Rendition = { id: string; blobId: string; mediaType: string; entries: FrameEntry[] };
export type Located = {
  instance: PlacedInstance;
  made: Partial<Record<RenditionKind, Rendition>>;
  /** Of a film that was made with the one window of its series. */
  seriesWindow: SeriesWindow | null;
};

const settledMs = 60_000;
const waitingMs = 500;
const mostEntries = 400_000;
const caches = new WeakMap<Db, BoundedCache<Located>>();

export async function locateInstance(ctx: Pick<Context, 'db'>, at: Place): Promise<Located> {
  const cache = cacheOf(ctx.db);
  const known = cache.get(at.instance);
  if (known !== undefined) {
    const { instance } = known;
    if (instance.study_instance_uid !== at.study || instance.series_instance_uid !== at.series)
      throw new AppError('request.not_found');
    return known;
  }
  const instance = await getInstance(ctx.db, {
    studyInstanceUid: at.study,
    seriesInstanceUid: at.series,
    sopInstanceUid: at.instance,
  });
  const made: Located['made'] = {};
  let weight = 10;
  let seriesWindow: SeriesWindow | null = null;
  for (const row of await repo.selectOfInstance(ctx.db, instance.id)) {
    const entries = JSON.parse(row.frame_index) as FrameEntry[];
    made[row.kind] = { id: row.id, blobId: row.blob_id, mediaType: row.media_type, entries };
    weight += entries.length;
    if (row.kind === 'film') seriesWindow = (JSON.parse(row.derived) as ImageFacts).seriesWindow ?? null;
  }
  const located: Located = { instance, made, seriesWindow };
  cache.set(at.instance, located, {
    weight,
    keepMs: instance.media_state === 'waiting' ? waitingMs : settledMs,
  });
  return located;
}

function cacheOf(db: Db): BoundedCache<Located> {
  const known = caches.get(db);
  if (known !== undefined) return known;
  const cache = new BoundedCache<Located>(mostEntries);
  caches.set(db, cache);
  return cache;
}
