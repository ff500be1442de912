// What a set of slices is as a volume: order along the normal, spacing, missing or uneven slices, gantry tilt
// (PS3.3 C.7.6.2.1.1, C.7.6.16.2.3). Pure sums over positions: callers are the viewer's volume views and the server's
// reconstruction. Slices keep their own grid: a tilted gantry makes a sheared one, whose `toPatient` says so, and every
// resampling goes through it, so nothing has to be straightened first.
import {
  type Affine,
  affineOf,
  cross,
  dot,
  invert,
  length,
  normalize,
  scale,
  subtract,
  type Vec3,
} from './vector.ts';

/** One frame, in the order it is looked through. */
export type SlicePlace = {
  rows: number;
  columns: number;
  /** Centre of the first pixel, mm. */
  position: readonly number[] | null;
  /** Direction of a row, then of a column. */
  orientation: readonly number[] | null;
  /** DICOM order: between rows first. */
  pixelSpacing: readonly number[] | null;
};

/** A slice of the volume's grid: frame `a`, or between `a` and `b` at `t` of the way. Numbers index the frames given. */
export type Layer = { a: number; b: number; t: number };

export type VolumeGeometry = {
  columns: number;
  rows: number;
  slices: number;
  layers: Layer[];
  /** Unit directions of a row, of a column, and their cross product. */
  rowDirection: Vec3;
  columnDirection: Vec3;
  normal: Vec3;
  /** mm from column to column, row to row, and from slice to slice along the normal (always positive). */
  spacing: Vec3;
  origin: Vec3;
  /** Voxel (column, row, slice) to patient millimetres, and back; voxel centres are whole numbers. */
  toPatient: Affine;
  toVoxel: Affine;
  /** Degrees between the way from slice to slice and the normal; 0 without gantry tilt. */
  tiltDegrees: number;
  /** Layers that had to be interpolated because a slice is missing. */
  missing: number;
  /** Slices are unevenly spaced and the grid was laid over them. */
  uneven: boolean;
  /** How many volumes lie at these places (phases, echoes, b-values), and which one this is. */
  phases: number;
  phase: number;
  /** Frames of another size, orientation or without a place, left out (a localizer in the series). */
  leftOut: number;
};

export type VolumeRefusal =
  | 'too-few-slices'
  | 'no-positions'
  | 'not-parallel'
  | 'no-spacing'
  | 'mixed-sizes'
  | 'same-positions'
  | 'large-gap'
  | 'scattered'
  | 'too-many-slices';

export type GeometryResult = { ok: true; geometry: VolumeGeometry } | { ok: false; reason: VolumeRefusal };

export const fewestSlices = 3;
export const mostSlices = 4096;
const samePlaceMm = 0.005;
/** Positions are written with few digits: a step may differ by this much and still be the same step. */
const evenStep = 0.03;
const evenStepMm = 0.02;
/** Over a wider hole interpolation would invent anatomy. */
const widestGapSteps = 3.5;
/** The way from slice to slice bends by no more than this, mm off the straight line. */
const straightMm = 0.5;
const parallel = 0.9999;

type Placed = { index: number; at: number; position: Vec3 };

export function volumeGeometry(
  frames: readonly SlicePlace[],
  options: { phase?: number } = {},
): GeometryResult {
  const stack = largestStack(frames);
  if (typeof stack === 'string') return { ok: false, reason: stack };
  const { placed, first, row, column, normal } = stack;
  const places = groupPlaces(placed);
  const phases = Math.min(...places.map((place) => place.length));
  if (places.some((place) => place.length !== phases)) return { ok: false, reason: 'same-positions' };
  if (places.length < fewestSlices) return { ok: false, reason: 'too-few-slices' };
  if (places.length > mostSlices) return { ok: false, reason: 'too-many-slices' };
  const phase = Math.min(phases - 1, Math.max(0, Math.trunc(options.phase ?? 0)));
  const slices = places.flatMap((place) => place[phase] ?? []);
  const grid = layGrid(slices);
  if (typeof grid === 'string') return { ok: false, reason: grid };
  const [start, end] = [slices[0], slices[slices.length - 1]];
  const [rowMm, columnMm] = first.pixelSpacing ?? [];
  if (start === undefined || end === undefined || rowMm === undefined || columnMm === undefined)
    return { ok: false, reason: 'no-spacing' };
  const travel = scale(subtract(end.position, start.position), 1 / (grid.layers.length - 1));
  if (!isStraight(slices, start, end)) return { ok: false, reason: 'scattered' };
  const sideways = subtract(travel, scale(normal, grid.step));
  // What rounding of positions makes is no tilt.
  const tilted = length(sideways) * (grid.layers.length - 1) > 0.1;
  const step = tilted ? travel : scale(normal, grid.step);
  const toPatient = affineOf(scale(row, columnMm), scale(column, rowMm), step, start.position);
  return {
    ok: true,
    geometry: {
      columns: first.columns,
      rows: first.rows,
      slices: grid.layers.length,
      layers: grid.layers,
      rowDirection: row,
      columnDirection: column,
      normal,
      spacing: [columnMm, rowMm, grid.step],
      origin: start.position,
      toPatient,
      toVoxel: invert(toPatient),
      tiltDegrees: tilted ? (Math.atan2(length(sideways), grid.step) * 180) / Math.PI : 0,
      missing: grid.missing,
      uneven: grid.uneven,
      phases,
      phase,
      leftOut: frames.length - placed.length,
    },
  };
}

type Stack = { placed: Placed[]; first: SlicePlace; row: Vec3; column: Vec3; normal: Vec3 };

/** The most frames that share size, orientation and spacing; a scout among them is left out. */
function largestStack(frames: readonly SlicePlace[]): Stack | VolumeRefusal {
  if (frames.length < fewestSlices) return 'too-few-slices';
  const stacks: Stack[] = [];
  let [unplaced, unspaced] = [0, 0];
  for (const [index, frame] of frames.entries()) {
    const axes = axesOf(frame.orientation);
    const position = vectorOf(frame.position);
    if (axes === null || position === null) {
      unplaced += 1;
      continue;
    }
    if (!isSpacing(frame.pixelSpacing)) {
      unspaced += 1;
      continue;
    }
    const known = stacks.find((stack) => belongs(stack, frame, axes));
    const stack = known ?? { placed: [], first: frame, ...axes };
    if (known === undefined) stacks.push(stack);
    stack.placed.push({ index, at: dot(position, stack.normal), position });
  }
  const [best] = [...stacks].sort((a, b) => b.placed.length - a.placed.length);
  if (best === undefined) return unspaced > unplaced ? 'no-spacing' : 'no-positions';
  if (best.placed.length >= fewestSlices && best.placed.length * 2 > frames.length) return best;
  if (unplaced * 2 > frames.length) return 'no-positions';
  return stacks.every((stack) => dot(stack.normal, best.normal) > parallel) ? 'mixed-sizes' : 'not-parallel';
}

function belongs(stack: Stack, frame: SlicePlace, axes: { row: Vec3; column: Vec3 }): boolean {
  const [a, b] = [stack.first.pixelSpacing ?? [], frame.pixelSpacing ?? []];
  return (
    stack.first.rows === frame.rows &&
    stack.first.columns === frame.columns &&
    a.every((value, at) => Math.abs(value - (b[at] ?? 0)) <= 1e-3 * value) &&
    dot(stack.row, axes.row) > parallel &&
    dot(stack.column, axes.column) > parallel
  );
}

/** Frames at one place, in the order they came in, along the normal. */
function groupPlaces(placed: readonly Placed[]): Placed[][] {
  const sorted = [...placed].sort((a, b) => a.at - b.at || a.index - b.index);
  const places: Placed[][] = [];
  for (const one of sorted) {
    const last = places[places.length - 1];
    const before = last?.[0];
    if (last !== undefined && before !== undefined && one.at - before.at <= samePlaceMm) last.push(one);
    else places.push([one]);
  }
  for (const place of places) place.sort((a, b) => a.index - b.index);
  return places;
}

type Grid = { layers: Layer[]; step: number; missing: number; uneven: boolean };

/** A regular grid from the first slice to the last: the slices themselves where they are even. */
function layGrid(slices: readonly Placed[]): Grid | VolumeRefusal {
  const gaps = slices.slice(1).map((slice, at) => slice.at - (slices[at]?.at ?? 0));
  const middle = [...gaps].sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] ?? 0;
  if (!(middle > 0)) return 'same-positions';
  if (gaps.some((gap) => gap > widestGapSteps * middle)) return 'large-gap';
  const off = (gap: number, steps: number) => Math.abs(gap - steps * middle);
  const tolerance = Math.max(evenStepMm, evenStep * middle);
  const counts = gaps.map((gap) => Math.max(1, Math.round(gap / middle)));
  const span = (slices[slices.length - 1]?.at ?? 0) - (slices[0]?.at ?? 0);
  if (gaps.every((gap, at) => off(gap, counts[at] ?? 1) <= tolerance)) {
    const layers: Layer[] = [];
    for (const [at, { index }] of slices.entries()) {
      const next = slices[at + 1]?.index ?? index;
      const count = counts[at] ?? 1;
      layers.push({ a: index, b: index, t: 0 });
      for (let between = 1; between < count && at < gaps.length; between += 1)
        layers.push({ a: index, b: next, t: between / count });
    }
    const missing = layers.length - slices.length;
    if (layers.length > mostSlices) return 'too-many-slices';
    return { layers, step: span / (layers.length - 1), missing, uneven: false };
  }
  return layUneven(slices, gaps, span);
}

function layUneven(slices: readonly Placed[], gaps: readonly number[], span: number): Grid | VolumeRefusal {
  const finest = Math.max(0.1, Math.min(...gaps));
  const count = Math.round(span / finest) + 1;
  if (count > mostSlices || count > slices.length * 8) return 'large-gap';
  const [step, start] = [span / (count - 1), slices[0]?.at ?? 0];
  const layers: Layer[] = [];
  let lower = 0;
  for (let k = 0; k < count; k += 1) {
    const at = start + k * step;
    while (lower < slices.length - 2 && (slices[lower + 1]?.at ?? 0) <= at) lower += 1;
    const [below, above] = [slices[lower], slices[lower + 1]];
    if (below === undefined || above === undefined) return 'too-few-slices';
    const t = Math.min(1, Math.max(0, (at - below.at) / (above.at - below.at)));
    if (t < 1e-6) layers.push({ a: below.index, b: below.index, t: 0 });
    else if (t > 1 - 1e-6) layers.push({ a: above.index, b: above.index, t: 0 });
    else layers.push({ a: below.index, b: above.index, t });
  }
  return { layers, step, missing: 0, uneven: true };
}

/** Whether every slice begins on the line from the first to the last. */
function isStraight(slices: readonly Placed[], start: Placed, end: Placed): boolean {
  const way = subtract(end.position, start.position);
  return slices.every(({ position, at }) => {
    const along = (at - start.at) / (end.at - start.at);
    return length(subtract(subtract(position, start.position), scale(way, along))) <= straightMm;
  });
}

function axesOf(orientation: readonly number[] | null): { row: Vec3; column: Vec3; normal: Vec3 } | null {
  if (orientation === null || orientation.length !== 6) return null;
  const row = normalize(vectorOf(orientation.slice(0, 3)) ?? [0, 0, 0]);
  const written = normalize(vectorOf(orientation.slice(3)) ?? [0, 0, 0]);
  if (row === null || written === null || Math.abs(dot(row, written)) > 0.01) return null;
  const normal = normalize(cross(row, written));
  return normal === null ? null : { row, column: cross(normal, row), normal };
}

function vectorOf(values: readonly number[] | null): Vec3 | null {
  const [x, y, z] = values ?? [];
  if (x === undefined || y === undefined || z === undefined) return null;
  return [x, y, z].every((one) => Number.isFinite(one) && Math.abs(one) < 1e6) ? [x, y, z] : null;
}

function isSpacing(values: readonly number[] | null): boolean {
  const [y, x] = values ?? [];
  return [x, y].every((one) => one !== undefined && Number.isFinite(one) && one > 1e-4 && one < 1e3);
}
