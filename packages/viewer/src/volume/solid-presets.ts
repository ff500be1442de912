// The presets of packages/volume for the ray caster: a table of 256 entries over the values that a preset shows, the
// greatest value along rays (MIP) as one more of them, and the spread of a volume's values.
import { presetsFor as looksFor, type PresetLook, type PresetStop, type VolumePreset } from '@yunying/volume';
import type { Range } from '../voi/window.ts';

export type SolidPresetName = VolumePreset | 'mip';

export type SolidPreset = Omit<PresetLook, 'name' | 'modalities'> & {
  name: SolidPresetName;
  mode: 'light' | 'mip';
};

const mip: SolidPreset = {
  name: 'mip',
  scale: 'share',
  mode: 'mip',
  stops: [
    [0, 0, 0, 0, 0],
    [1.15, 255, 255, 255, 1],
  ] satisfies PresetStop[],
  ambient: 1,
  diffuse: 0,
  specular: 0,
};

export function presetsFor(modality: string | null): SolidPreset[] {
  return [...looksFor(modality).map((look): SolidPreset => ({ ...look, mode: 'light' })), mip];
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
