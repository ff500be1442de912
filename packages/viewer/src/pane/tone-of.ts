// The window a frame is shown with: what the reader chose, else the frame's own, else the series' own, else the
// whole range of its pixels (emission pictures: the series' first, which the film has too); then in stored values, with everything that turns light and dark round.

import type { ManifestSeries } from '@yunying/api';
import type { Pixels } from '../frames/pixels.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import type { Presentation, Voi } from '../types.ts';
import { windowOfCurve } from '../voi/voi-lut.ts';
import { toStored, voiRange, wholeRange } from '../voi/window.ts';
import type { Tone } from './tone.ts';

export function voiOf(
  chosen: Voi | null,
  facts: FrameFacts | null,
  series: Pick<ManifestSeries, 'modality' | 'windows'> | null,
  pixels: Pixels,
): Voi {
  if (chosen !== null) return chosen;
  const curve = facts?.curve ?? null;
  const own = facts?.windows[0] ?? (curve === null ? undefined : windowOfCurve(curve));
  const ofSeries = facts === null ? undefined : series?.windows[0];
  // Windows of PET and NM slices follow each slice's hottest spot: scrolling would flicker.
  const isEmission = series?.modality === 'PT' || series?.modality === 'NM';
  return (isEmission ? (ofSeries ?? own) : (own ?? ofSeries)) ?? wholeRange(shownRange(facts, pixels));
}

/** Pictures of eight bits that name no window are grey values already, as in the film: they are not stretched. */
function shownRange(facts: FrameFacts | null, pixels: Pixels): { lower: number; upper: number } {
  const bits = facts?.bitsStored ?? 16;
  const isPlain = facts !== null && facts.rescale.slope === 1 && facts.rescale.intercept === 0;
  if (isPlain && bits > 1 && bits <= 8 && pixels.min >= 0) return { lower: 0, upper: 2 ** bits - 1 };
  return valueRange(facts, pixels);
}

/** The pixels' range in rescaled values. */
export function valueRange(facts: FrameFacts | null, pixels: Pixels): { lower: number; upper: number } {
  const { slope, intercept } = facts?.rescale ?? { slope: 1, intercept: 0 };
  const a = pixels.min * slope + intercept;
  const b = pixels.max * slope + intercept;
  return { lower: Math.min(a, b), upper: Math.max(a, b) };
}

export function toneOf(voi: Voi, presentation: Presentation, facts: FrameFacts | null, pixels: Pixels): Tone {
  if (pixels.components === 3) return { lower: 0, upper: 255, invert: presentation.invert, sigmoid: false };
  const range = toStored(voiRange(voi, facts?.voiFunction), facts?.rescale ?? { slope: 1, intercept: 0 });
  const isLightFirst = facts?.photometricInterpretation === 'MONOCHROME1';
  const turns = [presentation.invert, isLightFirst, range.isReversed].filter(Boolean).length;
  const { palette } = presentation;
  const curve = presentation.voi === null && !range.isReversed ? (facts?.curve ?? null) : null;
  return {
    ...(palette === undefined || palette === 'grey' ? {} : { palette }),
    ...(curve === null ? {} : { curve: curve.greys }),
    lower: range.lower,
    upper: range.upper,
    invert: turns % 2 === 1,
    sigmoid: facts?.voiFunction === 'SIGMOID',
  };
}

/** The stored value at a full-size pixel, rescaled; null outside the picture. */
export function valueAt(
  facts: FrameFacts | null,
  pixels: Pixels,
  x: number,
  y: number,
): number | number[] | null {
  const column = Math.round(x);
  const row = Math.round(y);
  if (column < 0 || row < 0 || column >= pixels.columns || row >= pixels.rows) return null;
  const at = (row * pixels.columns + column) * pixels.components;
  if (pixels.components === 3) return [0, 1, 2].map((sample) => pixels.samples[at + sample] ?? 0);
  const { slope, intercept } = facts?.rescale ?? { slope: 1, intercept: 0 };
  return (pixels.samples[at] ?? 0) * slope + intercept;
}
