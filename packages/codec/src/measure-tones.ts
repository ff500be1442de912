// How the values of a grey frame are spread, in modality units (PS3.3 C.11.1): what a caller needs to choose one window
// for several frames that bring none. Background (the smallest value) and padding are left out; the answer is a few
// hundred numbers whatever the size of the frame, so that frames of one series can be put together.
import { decodeFrame } from './decode-frame.ts';
import { modalityFunction } from './grey-pipeline.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { decodeOptions, type FrameRequest } from './prepare-frame.ts';
import { paddingRange, sampleStats } from './sample-stats.ts';

export type Tones = {
  /** Pixels above the background. */
  count: number;
  /** Their values at 0, 1/256 … 1 of the way from the smallest to the largest; empty when the frame is one flat tone. */
  quantiles: number[];
  /** The smallest value of all, background included. */
  floor: number;
};

const steps = 256;
/** Enough for a percentile; a detector image of 20 million pixels need not be sorted. */
const mostSamples = 262_144;

export async function measureTones(request: FrameRequest): Promise<Tones> {
  const { pixels, description } = await decodeFrame(
    request.bytes,
    request.description,
    decodeOptions(request),
  );
  return tonesOf(pixels, description);
}

/** `pixels` and `description` as decodeFrame gave them. */
export function tonesOf(pixels: Samples, d: PixelDescription): Tones {
  const { min, max } = sampleStats(pixels, d);
  const modality = modalityFunction(d);
  const floor = Math.min(modality(min), modality(max));
  if (min === max || d.samplesPerPixel !== 1) return { count: 0, quantiles: [], floor };
  const skip = paddingRange(d);
  const stride = Math.ceil(pixels.length / mostSamples);
  const values = new Float64Array(Math.ceil(pixels.length / stride));
  let kept = 0;
  for (let i = 0; i < pixels.length; i += stride) {
    const stored = pixels[i] ?? 0;
    if (stored <= min || (stored >= skip.low && stored <= skip.high)) continue;
    values[kept] = modality(stored);
    kept += 1;
  }
  if (kept === 0) return { count: 0, quantiles: [], floor };
  const sorted = values.subarray(0, kept).sort();
  const at = (share: number) => sorted[Math.round(share * (kept - 1))] ?? 0;
  const quantiles = Array.from({ length: steps + 1 }, (_, step) => at(step / steps));
  return { count: kept * stride, quantiles, floor };
}
