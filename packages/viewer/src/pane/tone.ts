// Grey values of stored samples as a table, the same formula as on the graphics card (PS3.3 C.11.2.1).
import type { SampleArray } from '../frames/pixels.ts';

/** The window in stored values. */
export type Tone = { lower: number; upper: number; invert: boolean; sigmoid: boolean };

export type GreyTable = { first: number; greys: Uint8ClampedArray };

export function greyTable(tone: Tone, min: number, max: number): GreyTable {
  const greys = new Uint8ClampedArray(Math.max(1, max - min + 1));
  for (let at = 0; at < greys.length; at += 1) greys[at] = greyOf(tone, min + at);
  return { first: min, greys };
}

export function greyOf(tone: Tone, value: number): number {
  const width = Math.max(tone.upper - tone.lower, 1e-9);
  const share = tone.sigmoid
    ? 1 / (1 + Math.exp((-4 * (value - (tone.lower + tone.upper) / 2)) / width))
    : (value - tone.lower) / width;
  const grey = Math.min(1, Math.max(0, share)) * 255;
  return Math.round(tone.invert ? 255 - grey : grey);
}

export function paintGrey(samples: SampleArray, table: GreyTable, rgba: Uint32Array): void {
  const { first, greys } = table;
  const top = greys.length - 1;
  for (let at = 0; at < samples.length; at += 1) {
    const index = Math.min(top, Math.max(0, (samples[at] ?? 0) - first));
    const grey = greys[index] ?? 0;
    rgba[at] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
}

export function paintColour(samples: SampleArray, invert: boolean, rgba: Uint32Array): void {
  const flip = invert ? 0xffffff : 0;
  for (let at = 0, from = 0; at < rgba.length; at += 1, from += 3) {
    const colour = (samples[from] ?? 0) | ((samples[from + 1] ?? 0) << 8) | ((samples[from + 2] ?? 0) << 16);
    rgba[at] = 0xff000000 | (colour ^ flip);
  }
}
