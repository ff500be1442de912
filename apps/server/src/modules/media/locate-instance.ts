// From the UIDs of an address to the instance and what was made of it, without a query when it was asked for lately.
// Renditions never change once made, so only an instance that still waits is looked up again soon. Where it is, and
// whether it may be seen, can change by a study edit: asked again after every edit of this process, and every few
// seconds for those of the others.
import { BoundedCache } from '../../bounded-cache.ts';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { editGeneration, findPlace, getInstance, type PlacedInstance } from '../archive/index.ts';
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

/** An edit made by another process is effective here within this time, and allow-study.ts's two seconds. */
const placeMs = 2_500;
const settledMs = 60_000;
const waitingMs = 500;
const mostEntries = 400_000;
/** `lookedAt`, `generation`: when it was last asked for where the instance is, and after which edit. */
type Kept = { located: Located; lookedAt: number; generation: number };
const caches = new WeakMap<Db, BoundedCache<Kept>>();

export async function locateInstance(ctx: Pick<Context, 'db'>, at: Place): Promise<Located> {
  const cache = cacheOf(ctx.db);
  const known = cache.get(at.instance);
  if (known !== undefined && (await isStillThere(ctx.db, known))) {
    const { instance } = known.located;
    if (instance.study_instance_uid !== at.study || instance.series_instance_uid !== at.series)
      throw new AppError('request.not_found');
    return known.located;
  }
  cache.delete(at.instance);
  const kept = { lookedAt: performance.now(), generation: editGeneration(ctx.db) };
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
  cache.set(
    at.instance,
    { located, ...kept },
    {
      weight,
      keepMs: instance.media_state === 'waiting' ? waitingMs : settledMs,
    },
  );
  return located;
}

async function isStillThere(db: Db, kept: Kept): Promise<boolean> {
  const [now, generation] = [performance.now(), editGeneration(db)];
  if (kept.generation === generation && now - kept.lookedAt < placeMs) return true;
  const { instance } = kept.located;
  const place = await findPlace(db, instance.id);
  const isSame =
    place?.study_instance_uid === instance.study_instance_uid &&
    place.series_instance_uid === instance.series_instance_uid;
  if (isSame) Object.assign(kept, { lookedAt: now, generation });
  return isSame;
}

function cacheOf(db: Db): BoundedCache<Kept> {
  const known = caches.get(db);
  if (known !== undefined) return known;
  const cache = new BoundedCache<Kept>(mostEntries);
  caches.set(db, cache);
  return cache;
}
