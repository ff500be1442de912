// Smallest and largest stored value of a frame, leaving padding out, and the window we choose when an object brings
// none: the bulk of the values above the background, so that a few hot or metal pixels do not darken the rest.
import type { PixelDescription, Samples } from './pixel-description.ts';

export type SampleStats = { min: number; max: number };

export function sampleStats(pixels: Samples, d: PixelDescription): SampleStats {
  const skip = paddingRange(d);
  if (skip.low > skip.high) return extremes(pixels);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    if (value >= skip.low && value <= skip.high) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? { min: pixels[0] ?? 0, max: pixels[0] ?? 0 } : { min, max };
}

function extremes(pixels: Samples): SampleStats {
  let min = pixels[0] ?? 0;
  let max = min;
  for (let i = 1; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { min, max };
}

/** Pixel Padding Value (0028,0120) and its range limit; an empty range when the object names none. */
export function paddingRange(d: PixelDescription): { low: number; high: number } {
  if (d.padding === undefined) return { low: 1, high: 0 };
  // The attribute's VR may say unsigned while the pixels are signed: bring it into the pixels' range.
  const fold = (v: number) =>
    d.pixelRepresentation === 1 && v >= 2 ** (d.bitsAllocated - 1) ? v - 2 ** d.bitsAllocated : v;
  const a = fold(d.padding);
  const b = fold(d.paddingRangeLimit ?? d.padding);
  return { low: Math.min(a, b), high: Math.max(a, b) };
}

const bins = 4096;

/** Stored values between the 1st and 99th percentile of everything above the smallest value (the background). */
export function percentileRange(pixels: Samples, d: PixelDescription, stats: SampleStats): SampleStats {
  const span = stats.max - stats.min;
  if (span < 2) return stats;
  const skip = paddingRange(d);
  const counts = new Uint32Array(bins);
  const scale = (bins - 1) / span;
  let total = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    if (value <= stats.min || value > stats.max || (value >= skip.low && value <= skip.high)) continue;
    const bin = Math.floor((value - stats.min) * scale);
    counts[bin] = (counts[bin] ?? 0) + 1;
    total++;
  }
  const low = stats.min + rank(counts, total * 0.01) / scale;
  const high = stats.min + (rank(counts, total * 0.99) + 1) / scale;
  return high > low ? { min: low, max: Math.min(high, stats.max) } : stats;
}

function rank(counts: Uint32Array, wanted: number): number {
  let seen = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    seen += counts[bin] ?? 0;
    if (seen > wanted) return bin;
  }
  return counts.length - 1;
}
