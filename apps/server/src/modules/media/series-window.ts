// One window for a whole grey series that brings none, so that its film does not change brightness from slice to slice:
// percentiles over a few frames of the series, chosen before the first picture is made. Emission pictures begin at zero;
// PET, whose consoles write windows that burn out the brain, and NM whose windows differ from slice to slice are shown
// with ours instead of their own. Fluoroscopy of 8 bits uses a part of its range only. The choice is kept in every
// rendition's `derived`, so that late instances, other sizes and the manifest use the same one.
import type { FrameRequest, PixelDescription, Tones } from '@yunying/codec';
import type { PlacedInstance } from '../archive/index.ts';
import { type FrameSource, openFrameSource } from '../archive/index.ts';
import { inDisplayOrder } from './display-order.ts';
import type { SeriesWindow } from './media-types.ts';
import type { MediaContext } from './prepare-image.ts';
import { refusalOf } from './refusal.ts';

const mostFrames = 8;
/** Every picture of these is an exposure of its own; there is no stack to flicker. */
const projections = new Set(['CR', 'DX', 'MG', 'IO', 'PX', 'RG', 'XC']);
const emissions = new Set(['PT', 'NM']);
const fluoroscopies = new Set(['XA', 'RF']);

type Sample = { description: PixelDescription; read(): Promise<FrameRequest> };

/** null: the pictures of this series say themselves how they are shown. */
export async function chooseSeriesWindow(
  ctx: MediaContext,
  series: { modality: string | null; instances: readonly PlacedInstance[] },
  signal: AbortSignal,
): Promise<SeriesWindow | null> {
  const images = series.instances.filter((one) => one.kind === 'image' && one.number_of_frames > 0);
  const modality = series.modality ?? '';
  if (projections.has(modality) && images.every((one) => one.number_of_frames === 1)) return null;
  const samples = await sampleFrames(ctx, inDisplayOrder(images), signal);
  const replaces = replacedBy(
    modality,
    samples.map((one) => one.description),
  );
  const chosen = samples.filter(({ description }) => takesSeriesWindow(description, { replaces }));
  const tones: Tones[] = [];
  for (const sample of chosen) {
    const own = await whole(async () => ctx.codec.measureTones(await sample.read(), { signal }), signal);
    if (own !== null && own.count > 0) tones.push(own);
  }
  const window = emissions.has(modality) ? emissionWindow(tones) : percentileWindow(tones);
  return window === null ? null : { ...window, replaces };
}

function replacedBy(modality: string, descriptions: readonly PixelDescription[]): SeriesWindow['replaces'] {
  if (modality === 'PT' || (modality === 'NM' && ownWindowsDiffer(descriptions))) return 'own-windows';
  return fluoroscopies.has(modality) ? 'full-range' : 'nothing';
}

/** Whether a frame is shown with the window of its series: wide grey values without a VOI transformation of their own. */
export function takesSeriesWindow(
  d: PixelDescription,
  { replaces }: Pick<SeriesWindow, 'replaces'>,
): boolean {
  if (d.samplesPerPixel !== 1 || d.palette !== undefined || d.floatPixels === true) return false;
  const hasOwn = d.windowCenter?.[0] !== undefined && (d.windowWidth?.[0] ?? 0) > 0;
  if (hasOwn) return replaces === 'own-windows';
  if (d.voiLut !== undefined || d.modalityLut !== undefined) return false;
  // Up to 8 bits without rescale are display values already.
  return (
    d.bitsStored > 8 || (d.bitsStored > 1 && (d.rescaleSlope !== undefined || replaces === 'full-range'))
  );
}

/** Evenly over all frames of the series, its ends left out. */
async function sampleFrames(
  ctx: MediaContext,
  images: readonly PlacedInstance[],
  signal: AbortSignal,
): Promise<Sample[]> {
  const total = images.reduce((sum, one) => sum + one.number_of_frames, 0);
  const count = Math.min(mostFrames, total);
  const samples: Sample[] = [];
  const opened = new Map<PlacedInstance, FrameSource | null>();
  for (let at = 0; at < count; at += 1) {
    let frame = Math.floor(((at + 0.5) * total) / count);
    const instance = images.find((one) => {
      if (frame < one.number_of_frames) return true;
      frame -= one.number_of_frames;
      return false;
    });
    if (instance === undefined) continue;
    const source = opened.get(instance) ?? (await whole(() => openFrameSource(ctx, instance), signal));
    opened.set(instance, source);
    if (source === null) continue;
    const number = frame + 1;
    samples.push({ description: source.attributes.describe(number), read: () => source.read(number) });
  }
  return samples;
}

/** A damaged frame is not counted; what it lacks is told when its own turn comes. */
async function whole<T>(make: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    signal.throwIfAborted();
    if (refusalOf(error) === null) throw error;
    return null;
  }
}

function ownWindowsDiffer(descriptions: readonly PixelDescription[]): boolean {
  const own = descriptions.map((d) => `${d.windowCenter?.[0]} ${d.windowWidth?.[0]}`);
  return new Set(own).size > 1;
}

/** The 1st to the 99.5th percentile of what lies above the background in all frames together. */
export function percentileWindow(tones: readonly Tones[]): { center: number; width: number } | null {
  return windowOf(percentile(tones, 0.01), percentile(tones, 0.995));
}

/**
 * From zero to the uptake that all but the hottest foci stay below. Air is most of such a picture and nearly dark, so
 * the percentile is taken of what is at least a twentieth of the hottest.
 */
export function emissionWindow(tones: readonly Tones[]): { center: number; width: number } | null {
  const hottest = Math.max(0, ...tones.map(({ quantiles }) => quantiles.at(-1) ?? 0));
  const body = tones.flatMap(({ count, quantiles, floor }) => {
    const kept = quantiles.filter((value) => value >= hottest / 20);
    return kept.length === 0
      ? []
      : [{ count: (count * kept.length) / quantiles.length, quantiles: kept, floor }];
  });
  const low = Math.min(0, ...tones.map(({ floor }) => floor));
  return windowOf(low, percentile(body, 0.99));
}

function percentile(tones: readonly Tones[], share: number): number {
  const weighted = tones
    .flatMap(({ count, quantiles }) =>
      quantiles.map((value) => ({ value, weight: count / quantiles.length })),
    )
    .sort((a, b) => a.value - b.value);
  const total = weighted.reduce((sum, one) => sum + one.weight, 0);
  let seen = 0;
  for (const { value, weight } of weighted) {
    seen += weight;
    if (seen >= share * total) return value;
  }
  return Number.NaN;
}

/** LINEAR (C.11.2.1.2) turns exactly `low` black and `high` white; four digits are as fine as anybody can see. */
function windowOf(low: number, high: number): { center: number; width: number } | null {
  if (!(high > low)) return null;
  const round = (value: number) => Number(value.toPrecision(4));
  const span = round(high - low);
  const from = span >= 64 ? Math.round(low) : round(low);
  return {
    center: Number((from + (span + 1) / 2).toPrecision(12)),
    width: Number((span + 1).toPrecision(12)),
  };
}
