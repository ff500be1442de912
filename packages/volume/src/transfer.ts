// Transfer functions of volume rendering: which colour and opacity a value has, in the values of one volume.
import { type VolumePreset, volumePresets } from './presets.ts';

/** Opacity is that of one millimetre of the stuff. */
export type TransferPoint = { value: number; colour: readonly [number, number, number]; opacity: number };

export type TransferFunction = { points: readonly TransferPoint[]; shaded: boolean };

/** `range`: where the volume's values lie without its outliers. */
export function transferOf(preset: VolumePreset, range: { low: number; high: number }): TransferFunction {
  const look = volumePresets.find(({ name }) => name === preset);
  const span = range.high - range.low || 1;
  const value = (stop: number) => (look?.scale === 'share' ? range.low + stop * span : stop);
  return {
    // What glows has no surface.
    shaded: preset !== 'pet',
    points: (look?.stops ?? []).map(([stop, red, green, blue, opacity]) => ({
      value: value(stop),
      colour: [red, green, blue],
      opacity,
    })),
  };
}

export type TransferTable = {
  low: number;
  /** Entries per unit of value. */
  perUnit: number;
  entries: number;
  /** Red, green, blue (0-255) and opacity of one step. */
  rgba: Float32Array;
  /** visible[n]: how many entries before n have any opacity. */
  visible: Uint32Array;
};

const tableEntries = 4096;

/** In stored samples, so that no ray has to rescale. */
export function tabulate(
  transfer: TransferFunction,
  scaling: { slope: number; intercept: number },
  stepMm: number,
): TransferTable {
  const { points } = transfer;
  const stored = (value: number) => (value - scaling.intercept) / (scaling.slope || 1);
  const first = stored(points[0]?.value ?? 0);
  const last = stored(points[points.length - 1]?.value ?? 1);
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  const perUnit = (tableEntries - 1) / Math.max(1e-9, high - low);
  const rgba = new Float32Array(tableEntries * 4);
  const visible = new Uint32Array(tableEntries + 1);
  for (let entry = 0; entry < tableEntries; entry += 1) {
    const value = (low + entry / perUnit) * scaling.slope + scaling.intercept;
    const [red, green, blue, opacity] = mixAt(points, value);
    rgba.set([red, green, blue, 1 - (1 - opacity) ** stepMm], entry * 4);
    visible[entry + 1] = (visible[entry] ?? 0) + (opacity > 0 ? 1 : 0);
  }
  return { low, perUnit, entries: tableEntries, rgba, visible };
}

/** Whether any sample between `least` and `greatest` has opacity. */
export function isVisible(table: TransferTable, least: number, greatest: number): boolean {
  const entry = (sample: number) =>
    Math.min(table.entries - 1, Math.max(0, (sample - table.low) * table.perUnit));
  const from = Math.floor(entry(least));
  const to = Math.ceil(entry(greatest));
  return (table.visible[to + 1] ?? 0) > (table.visible[from] ?? 0);
}

function mixAt(points: readonly TransferPoint[], value: number): [number, number, number, number] {
  const above = points.findIndex((point) => point.value >= value);
  const upper = points[above === -1 ? points.length - 1 : above];
  const lower = points[above === -1 ? points.length - 1 : Math.max(0, above - 1)];
  if (upper === undefined || lower === undefined) return [0, 0, 0, 0];
  const span = upper.value - lower.value;
  const t = span === 0 ? 0 : (value - lower.value) / span;
  const mix = (a: number, b: number) => a + (b - a) * t;
  return [
    mix(lower.colour[0], upper.colour[0]),
    mix(lower.colour[1], upper.colour[1]),
    mix(lower.colour[2], upper.colour[2]),
    mix(lower.opacity, upper.opacity),
  ];
}
