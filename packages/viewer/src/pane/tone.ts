// Grey values of stored samples as a table, the same formula as on the graphics card (PS3.3 C.11.2.1).

import { type ColourMapName, colourTable } from '../colour/colour-maps.ts';
import type { SampleArray } from '../frames/pixels.ts';

/** The window in stored values. */
export type Tone = {
  lower: number;
  upper: number;
  invert: boolean;
  sigmoid: boolean;
  /** Grey values 0–255 spread evenly from lower to upper: a VOI LUT instead of a line. */
  curve?: Uint8ClampedArray;
  /** Colours instead of grey. */
  palette?: ColourMapName;
};

export type GreyTable = { first: number; greys: Uint8ClampedArray };

export function greyTable(tone: Tone, min: number, max: number): GreyTable {
  const greys = new Uint8ClampedArray(Math.max(1, max - min + 1));
  for (let at = 0; at < greys.length; at += 1) greys[at] = greyOf(tone, min + at);
  return { first: min, greys };
}

export function greyOf(tone: Tone, value: number): number {
  const width = Math.max(tone.upper - tone.lower, 1e-9);
  const share =
    tone.curve !== undefined
      ? curveShare(tone.curve, (value - tone.lower) / width)
      : tone.sigmoid
        ? 1 / (1 + Math.exp((-4 * (value - (tone.lower + tone.upper) / 2)) / width))
        : (value - tone.lower) / width;
  const grey = Math.min(1, Math.max(0, share)) * 255;
  return Math.round(tone.invert ? 255 - grey : grey);
}

function curveShare(curve: Uint8ClampedArray, share: number): number {
  const last = curve.length - 1;
  return (curve[Math.min(last, Math.max(0, Math.round(share * last)))] ?? 0) / 255;
}

/** What the graphics card maps stored values with: evenly spread colours (0–1) from the tone's lower to its upper. */
export function toneColours(
  tone: Tone,
  count: number,
): { value: number; colour: [number, number, number] }[] {
  const table = tone.palette === undefined ? null : colourTable(tone.palette);
  return Array.from({ length: count }, (_, at) => {
    const value = tone.lower + ((tone.upper - tone.lower) * at) / (count - 1);
    const grey = greyOf(tone, value);
    const word = table?.[grey] ?? (grey << 16) | (grey << 8) | grey;
    return { value, colour: [(word & 255) / 255, ((word >>> 8) & 255) / 255, ((word >>> 16) & 255) / 255] };
  });
}

/** What every stored value looks like under a tone, red in the lowest byte. */
export type ToneWords = { tone: Tone; first: number; words: Uint32Array };

export function isSameTone(a: Tone, b: Tone): boolean {
  return (
    a.lower === b.lower &&
    a.upper === b.upper &&
    a.invert === b.invert &&
    a.sigmoid === b.sigmoid &&
    a.curve === b.curve &&
    a.palette === b.palette
  );
}

/** The table before is taken where it reaches far enough: neighbouring slices differ in their range, not in their tone. */
export function toneWords(tone: Tone, min: number, max: number, before: ToneWords | null = null): ToneWords {
  const isFit = before !== null && isSameTone(before.tone, tone);
  const last = isFit ? before.first + before.words.length - 1 : max;
  if (isFit && before.first <= min && last >= max) return before;
  const first = isFit ? Math.min(before.first, min) : min;
  const words = new Uint32Array(Math.max(1, Math.max(last, max) - first + 1));
  const colours = tone.palette === undefined ? null : colourTable(tone.palette);
  for (let at = 0; at < words.length; at += 1) {
    const grey = greyOf(tone, first + at);
    words[at] = colours?.[grey] ?? 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  return { tone, first, words };
}

/** Values without a place in the table (padding) look like its nearest end. */
export function paintWords(samples: SampleArray, { first, words }: ToneWords, rgba: Uint32Array): void {
  const top = words.length - 1;
  for (let at = 0; at < samples.length; at += 1) {
    const index = (samples[at] ?? 0) - first;
    rgba[at] = words[index < 0 ? 0 : index > top ? top : index] ?? 0;
  }
}

export function paintGrey(
  samples: SampleArray,
  table: GreyTable,
  rgba: Uint32Array,
  palette?: ColourMapName,
): void {
  const { first, greys } = table;
  const top = greys.length - 1;
  const colours = palette === undefined ? null : colourTable(palette);
  if (colours !== null) {
    for (let at = 0; at < samples.length; at += 1) {
      const index = Math.min(top, Math.max(0, (samples[at] ?? 0) - first));
      rgba[at] = colours[greys[index] ?? 0] ?? 0;
    }
    return;
  }
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
