// Transfer functions of volume rendering: which colour and opacity a value has. Presets are lists of points; those of CT
// are in Hounsfield units, those of other modalities in parts of the volume's own range.

/** Opacity is that of one millimetre of the stuff. */
export type TransferPoint = { value: number; colour: readonly [number, number, number]; opacity: number };

export type TransferFunction = { points: readonly TransferPoint[]; shaded: boolean };

export const presetNames = ['bone', 'vessels', 'soft', 'lung', 'skin', 'mr', 'pet'] as const;
export type VolumePreset = (typeof presetNames)[number];

type Points = readonly (readonly [
  value: number,
  red: number,
  green: number,
  blue: number,
  opacity: number,
])[];

const ct: Record<Exclude<VolumePreset, 'mr' | 'pet'>, Points> = {
  bone: [
    [120, 150, 80, 55, 0],
    [220, 190, 130, 90, 0.06],
    [400, 232, 210, 175, 0.5],
    [1000, 250, 244, 228, 0.85],
    [3000, 255, 255, 255, 0.95],
  ],
  vessels: [
    [90, 110, 20, 15, 0],
    [150, 175, 40, 30, 0.08],
    [240, 215, 75, 50, 0.4],
    [420, 238, 190, 150, 0.55],
    [900, 250, 240, 220, 0.8],
    [3000, 255, 255, 255, 0.95],
  ],
  soft: [
    [-120, 190, 130, 90, 0],
    [-60, 215, 160, 110, 0.015],
    [10, 205, 110, 85, 0.06],
    [90, 215, 95, 75, 0.16],
    [220, 225, 170, 130, 0.3],
    [600, 245, 235, 215, 0.7],
    [3000, 255, 255, 255, 0.9],
  ],
  lung: [
    [-970, 20, 40, 60, 0],
    [-900, 80, 130, 165, 0.008],
    [-780, 130, 180, 205, 0.02],
    [-620, 215, 160, 145, 0.06],
    [-450, 230, 120, 100, 0.12],
    [-300, 230, 120, 100, 0],
    [3000, 230, 120, 100, 0],
  ],
  skin: [
    [-400, 215, 160, 130, 0],
    [-250, 224, 172, 140, 0.35],
    [-100, 232, 184, 150, 0.7],
    [200, 238, 200, 170, 0.9],
    [3000, 255, 250, 240, 0.95],
  ],
};

const relative: Record<'mr' | 'pet', Points> = {
  mr: [
    [0.14, 120, 90, 75, 0],
    [0.24, 205, 165, 140, 0.08],
    [0.42, 232, 200, 172, 0.28],
    [0.7, 245, 226, 204, 0.5],
    [1, 255, 250, 240, 0.75],
  ],
  pet: [
    [0.08, 20, 0, 0, 0],
    [0.2, 120, 15, 0, 0.03],
    [0.45, 225, 80, 0, 0.12],
    [0.75, 255, 190, 30, 0.4],
    [1, 255, 255, 220, 0.8],
  ],
};

/** `range`: where the volume's values lie without its outliers. */
export function transferOf(preset: VolumePreset, range: { low: number; high: number }): TransferFunction {
  const isOwn = preset === 'mr' || preset === 'pet';
  const points = isOwn ? relative[preset] : ct[preset];
  const span = range.high - range.low || 1;
  return {
    shaded: preset !== 'pet',
    points: points.map(([value, red, green, blue, opacity]) => ({
      value: isOwn ? range.low + value * span : value,
      colour: [red, green, blue],
      opacity,
    })),
  };
}

export function presetsFor(modality: string | null): VolumePreset[] {
  if (modality === 'CT') return ['bone', 'vessels', 'soft', 'lung', 'skin'];
  return modality === 'PT' || modality === 'NM' ? ['pet'] : ['mr'];
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
