// Makes the renditions of one image instance: HTJ2K of every frame (lossless, checked by the codec against its source),
// film and a thumbnail. Frames are read, coded and written one after the other with a few under way at once, so a
// 2 GB multi-frame costs no more memory than a single image. Order that matters: both blobs durable, then rows and
// the instance's verdict in one commit; a crash before leaves files that the sweep removes, and the job begins anew.
import type { FrameRequest, PixelDescription, PreparedFrame, RenderOptions } from '@yunying/codec';
import type { StoredBytes } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import {
  type FrameSource,
  openFrameSource,
  type PlacedInstance,
  setInstanceMedia,
} from '../archive/index.ts';
import { BlobWriter } from './blob-writer.ts';
import type { FrameGate } from './frame-gate.ts';
import type { FrameEntry, ImageFacts, RenditionKind, SeriesWindow } from './media-types.ts';
import { refusalOf } from './refusal.ts';
import * as repo from './repo.ts';
import { takesSeriesWindow } from './series-window.ts';

export type MediaContext = Pick<Context, 'db' | 'blobs' | 'codec' | 'log'>;
export type Making = {
  gate: FrameGate;
  signal: AbortSignal;
  onFrame(): void;
  /** The one window of the instance's series, where its frames bring none. */
  seriesWindow: SeriesWindow | null;
};
export type Verdict = { state: 'ready' | 'failed' | 'none'; reason: string | null };

type Made = { ok: PreparedFrame } | { refused: string };
type Entries = { htj2k: FrameEntry[]; film: FrameEntry[]; thumbnail: FrameEntry };
type Summary = {
  description: PixelDescription | null;
  min: number;
  max: number;
  reasons: string[];
  broken: number;
};

export const htj2kMediaType = 'image/jphc';
export const pictureMediaType = 'image/webp';
export const filmLongSidePx = 512;
export const thumbnailLongSidePx = 160;

const film: RenderOptions = {
  longSidePx: filmLongSidePx,
  format: 'webp',
  quality: 80,
  maxBytes: 60 * 1024,
  enlarge: true,
};
const thumbnail: RenderOptions = {
  longSidePx: thumbnailLongSidePx,
  format: 'webp',
  quality: 75,
  maxBytes: 8 * 1024,
  enlarge: true,
};

export async function prepareImage(
  ctx: MediaContext,
  instance: PlacedInstance,
  making: Making,
): Promise<Verdict> {
  const source = await openFrameSource(ctx, instance);
  const codestreams = new BlobWriter(ctx.blobs, about(instance, 'htj2k', htj2kMediaType));
  const pictures = new BlobWriter(ctx.blobs, about(instance, 'film', pictureMediaType));
  try {
    const { entries, summary } = await makeFrames(ctx, source, { codestreams, pictures }, making);
    const stored = { htj2k: await codestreams.finish(), film: await pictures.finish() };
    const verdict = verdictOf(entries, summary);
    await record(ctx, { instance, source, entries, summary, stored, verdict, making });
    return verdict;
  } catch (error) {
    await Promise.all([codestreams.abandon(), pictures.abandon()]);
    throw error;
  }
}

function about(instance: PlacedInstance, kind: RenditionKind, mediaType: string) {
  return {
    mediaType,
    kind: 'rendition',
    ids: {
      rendition: kind,
      sopInstanceUid: instance.sop_instance_uid,
      studyInstanceUid: instance.study_instance_uid,
    },
    source: 'job:media.prepare_study',
  };
}

async function makeFrames(
  ctx: MediaContext,
  source: FrameSource,
  to: { codestreams: BlobWriter; pictures: BlobWriter },
  making: Making,
): Promise<{ entries: Entries; summary: Summary }> {
  const { numberOfFrames } = source;
  const middle = Math.ceil(numberOfFrames / 2);
  const entries: Entries = { htj2k: [], film: [], thumbnail: null };
  const summary: Summary = {
    description: null,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    reasons: [],
    broken: 0,
  };
  const underWay: Promise<Made>[] = [];
  let thumbnail: Uint8Array | null = null;
  const takeFirst = async (): Promise<void> => {
    const made = await underWay.shift();
    if (made === undefined) return;
    await writeFrame(made, entries, summary, to);
    if ('ok' in made) thumbnail = made.ok.thumbnail?.bytes ?? thumbnail;
    making.onFrame();
  };
  try {
    for (let frame = 1; frame <= numberOfFrames; frame += 1) {
      const made = makeFrame(ctx, source, frame, { thumbnail: frame === middle }, making);
      made.catch(() => undefined); // awaited in its turn
      underWay.push(made);
      while (underWay.length > making.gate.size) await takeFirst();
    }
    while (underWay.length > 0) await takeFirst();
  } catch (error) {
    await Promise.allSettled(underWay);
    throw error;
  }
  thumbnail ??= await thumbnailOfAnyFrame(ctx, source, entries, making);
  if (thumbnail !== null) entries.thumbnail = [await to.pictures.write(thumbnail), thumbnail.length];
  return { entries, summary };
}

async function makeFrame(
  ctx: MediaContext,
  source: FrameSource,
  frame: number,
  want: { thumbnail: boolean },
  making: Making,
): Promise<Made> {
  const { pixelAspect } = source.attributes;
  try {
    const ok = await making.gate.run(async () => {
      const request: FrameRequest = await source.read(frame);
      const look = { pixelAspect, ...windowFor(request.description, making.seriesWindow) };
      const products = {
        htj2k: true,
        preview: { ...film, ...look },
        ...(want.thumbnail ? { thumbnail: { ...thumbnail, ...look } } : {}),
      };
      return ctx.codec.prepareFrame({ ...request, want: products }, { signal: making.signal });
    }, making.signal);
    return { ok };
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === null) throw error;
    return { refused };
  }
}

/** What a frame is rendered with where nothing else was asked for. */
export function windowFor(
  d: PixelDescription,
  seriesWindow: SeriesWindow | null,
): Pick<RenderOptions, 'window'> {
  if (seriesWindow === null || !takesSeriesWindow(d, seriesWindow)) return {};
  return { window: { center: seriesWindow.center, width: seriesWindow.width } };
}

async function writeFrame(
  made: Made,
  entries: Entries,
  summary: Summary,
  to: { codestreams: BlobWriter; pictures: BlobWriter },
): Promise<void> {
  const frame = entries.film.length + 1;
  if ('refused' in made) {
    entries.htj2k.push(null);
    entries.film.push(null);
    summary.broken += 1;
    summary.reasons.push(`frame ${frame}: ${made.refused}`);
    return;
  }
  const { htj2k, preview, stats, description, refused } = made.ok;
  summary.description ??= description;
  summary.min = Math.min(summary.min, stats.min);
  summary.max = Math.max(summary.max, stats.max);
  entries.htj2k.push(
    htj2k === undefined
      ? null
      : [await to.codestreams.write(htj2k.codestream), htj2k.codestream.length, htj2k.prefixLengths],
  );
  entries.film.push(
    preview === undefined ? null : [await to.pictures.write(preview.bytes), preview.bytes.length],
  );
  if (preview === undefined) summary.broken += 1;
  for (const [product, reason] of Object.entries({ HTJ2K: refused.htj2k, film: refused.preview })) {
    if (reason !== undefined)
      summary.reasons.push(`frame ${frame} ${product}: ${reason.code}: ${reason.message}`);
  }
}

/** The middle frame is broken: the first whole one stands for the instance. */
async function thumbnailOfAnyFrame(
  ctx: MediaContext,
  source: FrameSource,
  entries: Entries,
  making: Making,
): Promise<Uint8Array | null> {
  const whole = entries.film.findIndex((entry) => entry !== null);
  if (whole < 0) return null;
  const made = await makeFrame(ctx, source, whole + 1, { thumbnail: true }, making);
  return 'ok' in made ? (made.ok.thumbnail?.bytes ?? null) : null;
}

function verdictOf(entries: Entries, summary: Summary): Verdict {
  const [first] = summary.reasons;
  const more = summary.reasons.length > 1 ? ` (and ${summary.reasons.length - 1} more)` : '';
  const reason = first === undefined ? null : `${first.slice(0, 400)}${more}`;
  const isWhole = summary.broken === 0 && entries.film.length > 0;
  return { state: isWhole ? 'ready' : 'failed', reason };
}

type Outcome = {
  instance: PlacedInstance;
  source: FrameSource;
  entries: Entries;
  summary: Summary;
  stored: { htj2k: StoredBytes | null; film: StoredBytes | null };
  verdict: Verdict;
  making: Making;
};

async function record(ctx: MediaContext, outcome: Outcome): Promise<void> {
  const { instance, entries, stored, verdict } = outcome;
  const derived = JSON.stringify(factsOf(outcome));
  await ctx.db.transaction().execute(async (tx) => {
    const insert = (kind: RenditionKind, blobId: string, mediaType: string, frames: FrameEntry[]) =>
      repo.insertRendition(tx, {
        study_id: instance.study_id,
        series_id: instance.series_id,
        instance_id: instance.id,
        kind,
        blob_id: blobId,
        media_type: mediaType,
        frame_count: frames.length,
        frame_index: JSON.stringify(frames),
        derived,
        size_bytes: frames.reduce((sum, entry) => sum + (entry?.[1] ?? 0), 0),
      });
    if (stored.htj2k !== null) {
      const { blobId } = await ctx.blobs.record(tx, stored.htj2k);
      await insert('htj2k', blobId, htj2kMediaType, entries.htj2k);
    }
    if (stored.film !== null) {
      const { blobId } = await ctx.blobs.record(tx, stored.film);
      await insert('film', blobId, pictureMediaType, entries.film);
      if (entries.thumbnail !== null)
        await insert('thumbnail', blobId, pictureMediaType, [entries.thumbnail]);
    }
    await setInstanceMedia(tx, instance.id, verdict.state, verdict.reason);
  });
}

function factsOf({ source, summary, making }: Outcome): ImageFacts {
  const { attributes } = source;
  const d = summary.description ?? attributes.describe(1);
  const { seriesWindow } = making;
  const isSeries = seriesWindow !== null && takesSeriesWindow(attributes.describe(1), seriesWindow);
  return {
    rows: d.rows,
    columns: d.columns,
    samplesPerPixel: d.samplesPerPixel,
    bitsStored: d.bitsStored,
    pixelRepresentation: d.pixelRepresentation,
    photometricInterpretation: d.photometricInterpretation,
    min: Number.isFinite(summary.min) ? summary.min : 0,
    max: Number.isFinite(summary.max) ? summary.max : 0,
    lossy: attributes.lossy,
    ...(attributes.ratio === null ? {} : { ratio: attributes.ratio }),
    windows: isSeries
      ? [{ label: '', center: seriesWindow.center, width: seriesWindow.width }, ...attributes.windows]
      : attributes.windows,
    ...(isSeries ? { seriesWindow } : {}),
    ...(attributes.frameTimeMs === null || source.numberOfFrames < 2
      ? {}
      : { frameTimeMs: attributes.frameTimeMs }),
    ...(attributes.pixelAspect === 1 ? {} : { pixelAspect: attributes.pixelAspect }),
    ...(attributes.flavor === null ? {} : { flavor: attributes.flavor }),
  };
}
