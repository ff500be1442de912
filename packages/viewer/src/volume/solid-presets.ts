// Ways to draw the voxels as a solid, as data: which values are seen, in which colour, how dense, how lit. Values of CT
// are HU; others are shares of the volume's own spread (0: its 1st, 1: its 99.5th percentile), because MR and PET have no
// fixed scale.
import type { Range } from '../voi/window.ts';

export type SolidPresetName =
  | 'bone'
  | 'vessels'
  | 'soft'
  | 'lung'
  | 'airways'
  | 'mr-head'
  | 'mr-vessels'
  | 'pet'
  | 'mip';

/** value, red, green, blue (0–255), opacity per millimetre-like step (0–1). */
type Stop = readonly [value: number, red: number, green: number, blue: number, alpha: number];

export type SolidPreset = {
  name: SolidPresetName;
  modalities: readonly string[];
  scale: 'value' | 'share';
  mode: 'light' | 'mip';
  stops: readonly Stop[];
  ambient: number;
  diffuse: number;
  specular: number;
};

const lit = { ambient: 0.3, diffuse: 0.75, specular: 0.22 };

export const solidPresets: readonly SolidPreset[] = [
  {
    name: 'bone',
    modalities: ['CT'],
    scale: 'value',
    mode: 'light',
    stops: [
      [120, 120, 60, 40, 0],
      [220, 185, 130, 90, 0.12],
      [420, 235, 205, 165, 0.65],
      [1200, 255, 250, 240, 0.95],
      [1800, 255, 255, 255, 1],
    ],
    ...lit,
  },
  {
    name: 'vessels',
    modalities: ['CT'],
    scale: 'value',
    mode: 'light',
    stops: [
      [110, 90, 10, 10, 0],
      [170, 170, 25, 20, 0.12],
      [300, 225, 75, 50, 0.6],
      [500, 245, 200, 160, 0.8],
      [900, 255, 250, 235, 0.95],
    ],
    ...lit,
  },
  {
    name: 'soft',
    modalities: ['CT'],
    scale: 'value',
    mode: 'light',
    stops: [
      [-300, 120, 70, 50, 0],
      [-160, 200, 140, 105, 0.25],
      [20, 225, 165, 130, 0.6],
      [120, 215, 110, 90, 0.75],
      [400, 250, 235, 215, 0.95],
    ],
    ...lit,
  },
  {
    name: 'lung',
    modalities: ['CT'],
    scale: 'value',
    mode: 'light',
    stops: [
      [-950, 40, 60, 90, 0],
      [-860, 110, 150, 185, 0.03],
      [-700, 170, 205, 225, 0.07],
      [-560, 215, 140, 120, 0.05],
      [-420, 230, 110, 90, 0],
      [-400, 230, 110, 90, 0],
    ],
    ambient: 0.45,
    diffuse: 0.6,
    specular: 0.1,
  },
  {
    name: 'airways',
    modalities: ['CT'],
    scale: 'value',
    mode: 'light',
    stops: [
      [-1020, 90, 150, 200, 0],
      [-990, 120, 185, 220, 0.1],
      [-930, 150, 210, 235, 0.12],
      [-880, 150, 210, 235, 0],
      [-800, 150, 210, 235, 0],
    ],
    ...lit,
  },
  {
    name: 'mr-head',
    modalities: ['MR'],
    scale: 'share',
    mode: 'light',
    stops: [
      [0.08, 70, 40, 30, 0],
      [0.2, 175, 125, 95, 0.18],
      [0.45, 215, 165, 135, 0.5],
      [0.8, 240, 215, 190, 0.8],
      [1, 255, 250, 245, 0.95],
    ],
    ...lit,
  },
  {
    name: 'mr-vessels',
    modalities: ['MR'],
    scale: 'share',
    mode: 'light',
    stops: [
      [0.55, 100, 15, 10, 0],
      [0.72, 200, 50, 35, 0.25],
      [0.9, 240, 150, 110, 0.7],
      [1, 255, 235, 215, 0.95],
    ],
    ...lit,
  },
  {
    name: 'pet',
    modalities: ['PT', 'NM'],
    scale: 'share',
    mode: 'light',
    stops: [
      [0.05, 30, 0, 60, 0],
      [0.15, 90, 0, 140, 0.03],
      [0.4, 255, 60, 0, 0.2],
      [0.75, 255, 190, 40, 0.6],
      [1, 255, 255, 235, 0.95],
    ],
    ambient: 0.55,
    diffuse: 0.5,
    specular: 0.1,
  },
  {
    name: 'mip',
    modalities: [],
    scale: 'share',
    mode: 'mip',
    stops: [
      [0, 0, 0, 0, 0],
      [1.15, 255, 255, 255, 1],
    ],
    ambient: 1,
    diffuse: 0,
    specular: 0,
  },
];

export function presetsFor(modality: string | null): SolidPreset[] {
  const own = solidPresets.filter(({ modalities }) => modality !== null && modalities.includes(modality));
  const rest = solidPresets.filter(({ modalities }) => modalities.length === 0);
  return own.length > 0
    ? [...own, ...rest]
    : [...solidPresets.filter(({ name }) => name === 'mr-head'), ...rest];
}

/** Values that the bytes 1…255 of the texture stand for; byte 0 is what is cut away. */
export function presetRange({ stops, scale }: SolidPreset, spread: Range): Range {
  const lower = stops[0]?.[0] ?? 0;
  const upper = stops[stops.length - 1]?.[0] ?? 1;
  if (scale === 'value') return { lower, upper };
  const width = Math.max(spread.upper - spread.lower, 1e-9);
  return { lower: spread.lower + lower * width, upper: spread.lower + upper * width };
}

/** 256 RGBA entries over the preset's range. The first is empty space. */
export function opacityTable({ stops }: SolidPreset): Uint8Array {
  const table = new Uint8Array(256 * 4);
  const lower = stops[0]?.[0] ?? 0;
  const upper = stops[stops.length - 1]?.[0] ?? 1;
  for (let at = 1; at < 256; at += 1) {
    const value = lower + ((at - 1) / 254) * (upper - lower);
    const above = stops.find(([edge]) => edge >= value) ?? stops[stops.length - 1];
    const below = [...stops].reverse().find(([edge]) => edge <= value) ?? above;
    if (above === undefined || below === undefined) continue;
    const t = above[0] > below[0] ? (value - below[0]) / (above[0] - below[0]) : 0;
    for (let part = 0; part < 3; part += 1) {
      const [from, to] = [below[part + 1] ?? 0, above[part + 1] ?? 0];
      table[at * 4 + part] = Math.round(from + (to - from) * t);
    }
    table[at * 4 + 3] = Math.round((below[4] + (above[4] - below[4]) * t) * 255);
  }
  return table;
}

/** Nothing is seen at and below `low`, nor at and above `high`: blocks that stay there are leapt over. */
export function visibleBytes(table: Uint8Array): { low: number; high: number } {
  let low = 256;
  let high = -1;
  for (let at = 1; at < 256; at += 1) {
    if ((table[at * 4 + 3] ?? 0) === 0) continue;
    low = Math.min(low, at);
    high = at;
  }
  return { low: low - 1, high: high + 1 };
}

/** 1st and 99.5th percentile of some thousand voxels. */
export function spreadOf(array: ArrayLike<number>, toValue: (stored: number) => number): Range {
  const count = Math.min(array.length, 40_000);
  const step = array.length / Math.max(1, count);
  const values: number[] = [];
  for (let at = 0; at < count; at += 1) values.push(toValue(array[Math.floor(at * step)] ?? 0));
  values.sort((a, b) => a - b);
  const lower = values[Math.floor(values.length * 0.01)] ?? 0;
  const upper = values[Math.min(values.length - 1, Math.floor(values.length * 0.995))] ?? 1;
  return upper > lower ? { lower, upper } : { lower, upper: lower + 1 };
}
