// Makes what is missing of a study's renditions. Caller: media.jobs.ts. Order: the middle instance of every series
// first, so that a list has its thumbnails within seconds; then all others in display order; then the metadata of each
// series; last the study's state and the news, in one commit. Every instance is its own unit: one that cannot be made
// is marked with its reason and stops nothing; what is done is never done again, so the job may die at any point.
import { publish } from '../../jobs/index.ts';
import {
  getStudy,
  listInstances,
  listSeries,
  type PlacedInstance,
  type StudyMediaState,
  setInstanceMedia,
  setStudyMedia,
} from '../archive/index.ts';
import { inDisplayOrder, representative } from './display-order.ts';
import { FrameGate } from './frame-gate.ts';
import type { ImageFacts, SeriesWindow } from './media-types.ts';
import { type Making, type MediaContext, prepareImage, type Verdict } from './prepare-image.ts';
import { pageKindOf, preparePages } from './prepare-pages.ts';
import { refusalOf } from './refusal.ts';
import * as repo from './repo.ts';
import { prepareSeriesMetadata } from './series-metadata.ts';
import { chooseSeriesWindow } from './series-window.ts';
import { isTiled } from './slide/open-slide.ts';
import { prepareSlide } from './slide/prepare-slide.ts';
import { prepareVideo } from './video/prepare-video.ts';

export type StudyRun = {
  signal: AbortSignal;
  progress(done: number, total: number): Promise<void>;
};

const gates = new WeakMap<MediaContext['codec'], FrameGate>();
/** Runs of this process by study: a second one for the same study waits and then finds nothing left to do. */
const running = new Map<string, Promise<unknown>>();

/** One more than threads, so that none is idle while the next frame is read. */
function gateOf(codec: MediaContext['codec']): FrameGate {
  const known = gates.get(codec);
  if (known !== undefined) return known;
  const gate = new FrameGate(codec.size + 1);
  gates.set(codec, gate);
  return gate;
}

export async function prepareStudy(ctx: MediaContext, studyId: string, run: StudyRun): Promise<void> {
  const before = running.get(studyId) ?? Promise.resolve();
  const own = before.catch(() => undefined).then(() => prepareAlone(ctx, studyId, run));
  running.set(studyId, own);
  try {
    await own;
  } finally {
    if (running.get(studyId) === own) running.delete(studyId);
  }
}

/** Failed instances are tried again at the next run: after a repair of the store, or a better codec. */
export async function forgetFailures(ctx: Pick<MediaContext, 'db'>, studyId: string): Promise<number> {
  const failed = (await listInstances(ctx.db, { studyId })).filter((one) => one.media_state === 'failed');
  for (const { id } of failed) await setInstanceMedia(ctx.db, id, 'waiting');
  return failed.length;
}

async function prepareAlone(ctx: MediaContext, studyId: string, run: StudyRun): Promise<void> {
  run.signal.throwIfAborted();
  const all = await listInstances(ctx.db, { studyId });
  const waiting = planWork(all);
  if (waiting.length > 0) await setStudyMedia(ctx.db, studyId, 'preparing');
  const total = all.reduce((sum, one) => sum + unitsOf(one), 0);
  let done = total - waiting.reduce((sum, one) => sum + unitsOf(one), 0);
  const windowOf = await seriesWindows(ctx, studyId, all, run.signal);
  const making: Omit<Making, 'seriesWindow'> = {
    gate: gateOf(ctx.codec),
    signal: run.signal,
    onFrame: () => {
      done += 1;
      void run.progress(Math.min(done, total), total).catch(() => undefined); // the lease tells when the database is gone
    },
  };
  await eachAtOnce(
    waiting,
    ctx.codec.size + 1,
    async (instance) =>
      prepareInstance(ctx, instance, { ...making, seriesWindow: await windowOf(instance.series_id) }),
    run.signal,
  );
  for (const seriesId of new Set(all.map((one) => one.series_id))) {
    await prepareMetadata(ctx, { studyId, seriesId }, run.signal);
  }
  await finishStudy(ctx, studyId);
}

/** Chosen once for every series, when its first instance is made; what was made before decides for what comes late. */
async function seriesWindows(
  ctx: MediaContext,
  studyId: string,
  all: readonly PlacedInstance[],
  signal: AbortSignal,
): Promise<(seriesId: string) => Promise<SeriesWindow | null>> {
  const modalities = new Map((await listSeries(ctx.db, studyId)).map((row) => [row.id, row.modality]));
  const instances = Map.groupBy(all, (one) => one.series_id);
  const chosen = new Map<string, Promise<SeriesWindow | null>>();
  const choose = async (seriesId: string): Promise<SeriesWindow | null> => {
    const derived = await repo.selectSeriesWindow(ctx.db, seriesId);
    const before = derived === null ? undefined : (JSON.parse(derived) as ImageFacts).seriesWindow;
    const series = { modality: modalities.get(seriesId) ?? null, instances: instances.get(seriesId) ?? [] };
    return before ?? chooseSeriesWindow(ctx, series, signal);
  };
  return (seriesId) => {
    const known = chosen.get(seriesId) ?? choose(seriesId);
    chosen.set(seriesId, known);
    return known;
  };
}

/** Frames of an image; anything else is one piece of work. */
function unitsOf(instance: PlacedInstance): number {
  return instance.kind === 'image' && !isTiled(instance) ? Math.max(1, instance.number_of_frames) : 1;
}

function planWork(all: readonly PlacedInstance[]): PlacedInstance[] {
  const first: PlacedInstance[] = [];
  const rest: PlacedInstance[] = [];
  for (const series of Map.groupBy(all, (one) => one.series_id).values()) {
    const waiting = inDisplayOrder(series).filter((one) => one.media_state === 'waiting');
    const middle = representative(waiting);
    for (const one of waiting) (one === middle ? first : rest).push(one);
  }
  return [...first, ...rest];
}

async function prepareInstance(ctx: MediaContext, instance: PlacedInstance, making: Making): Promise<void> {
  const { sop_instance_uid: sopInstanceUid, study_instance_uid: studyInstanceUid } = instance;
  let verdict: Verdict;
  try {
    verdict = await prepareOne(ctx, instance, making);
  } catch (error) {
    making.signal.throwIfAborted();
    const reason = refusalOf(error);
    if (reason === null) throw error;
    verdict = { state: 'failed', reason };
    await setInstanceMedia(ctx.db, instance.id, 'failed', reason);
  }
  if (verdict.state === 'failed') {
    ctx.log.warn({
      event: 'media.instance_failed',
      sopInstanceUid,
      studyInstanceUid,
      instanceId: instance.id,
    });
  }
}

async function prepareOne(ctx: MediaContext, instance: PlacedInstance, making: Making): Promise<Verdict> {
  if (instance.kind === 'image' && isTiled(instance)) return prepareSlide(ctx, instance, making);
  if (instance.kind === 'image' && instance.number_of_frames > 0) return prepareImage(ctx, instance, making);
  if (instance.kind === 'video') return prepareVideo(ctx, instance, making);
  if (pageKindOf(instance) !== null) return preparePages(ctx, instance, making);
  // Presentation states, key objects, segmentations, plans, registrations: nothing to make beforehand.
  await setInstanceMedia(ctx.db, instance.id, 'none');
  making.onFrame();
  return { state: 'none', reason: null };
}

/** Without it the archive answers metadata from the objects; a fault here must not keep a study from being seen. */
async function prepareMetadata(
  ctx: MediaContext,
  of: { studyId: string; seriesId: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await prepareSeriesMetadata(ctx, of, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (refusalOf(error) === null) throw error;
    ctx.log.warn({ event: 'media.metadata_failed', seriesId: of.seriesId, studyId: of.studyId, error });
  }
}

async function finishStudy(ctx: MediaContext, studyId: string): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const study = await getStudy(tx, { id: studyId });
    const states = new Set((await listInstances(tx, { studyId })).map((one) => one.media_state));
    if (states.has('waiting')) return; // came while we worked: the study settles again and another job comes
    const state: StudyMediaState = states.has('failed') ? 'partial' : states.has('ready') ? 'ready' : 'none';
    await setStudyMedia(tx, studyId, state);
    await publish(tx, 'media.study_ready', { studyId, studyInstanceUid: study.study_instance_uid });
  });
}

/** At most `limit` at once, in order; the first failure that is not the object's ends the rest. */
async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    for (;;) {
      const item = items[next];
      next += 1;
      if (item === undefined || failed) return;
      signal.throwIfAborted();
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
}
