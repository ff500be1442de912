// Cuts a plane out of the voxels by trilinear interpolation, or projects a slab around it. Rows are clipped to the grid
// first, so that the inner loop needs no tests. The grid may be sheared (gantry tilt): points go through its inverse, so
// nothing is resampled beforehand.
import { add, apply, applyDirection, scale, type Vec3 } from './vector.ts';
import { sampleAt, type VoxelGrid } from './voxel-grid.ts';

export type CutGrid = Pick<VoxelGrid, 'columns' | 'rows' | 'slices' | 'samples' | 'toVoxel'>;
/** Centre of the first pixel; mm vectors from pixel to pixel; the unit normal. */
export type Cut = { origin: Vec3; right: Vec3; down: Vec3; normal: Vec3; width: number; height: number };
export type SlabMode = 'mip' | 'minip' | 'average';
export type Layers = {
  /** mm along the normal; one: a thin plane. */
  offsets: readonly number[];
  mode: SlabMode;
  /** How far from the outermost voxel centres there is still volume, in voxels. */
  reach: number;
};

/** Samples (before slope and intercept) into `out` (width × height); NaN where the plane leaves the volume. */
export function cutPlane(grid: CutGrid, cut: Cut, { offsets, mode, reach }: Layers, out: Float32Array): void {
  out.fill(Number.NaN, 0, cut.width * cut.height);
  const counts = mode === 'average' && offsets.length > 1 ? new Uint16Array(cut.width * cut.height) : null;
  const right = applyDirection(grid.toVoxel, cut.right);
  const down = applyDirection(grid.toVoxel, cut.down);
  for (const offset of offsets) {
    const start = apply(grid.toVoxel, add(cut.origin, scale(cut.normal, offset)));
    for (let row = 0; row < cut.height; row += 1) {
      const from = add(start, scale(down, row));
      const [first, last] = clip(grid, from, right, cut.width, reach);
      if (first > last) continue;
      const line = { grid, from, right, first, last, out, at: row * cut.width };
      if (offsets.length === 1) sampleRow(line);
      else combineRow(line, mode, counts);
    }
  }
  if (counts === null) return;
  for (let at = 0; at < counts.length; at += 1) {
    const count = counts[at] ?? 0;
    if (count > 1) out[at] = (out[at] ?? 0) / count;
  }
}

/** Which pixels of a row lie inside the grid. */
function clip(grid: CutGrid, from: Vec3, step: Vec3, width: number, reach: number): [number, number] {
  const counts = [grid.columns, grid.rows, grid.slices];
  let first = 0;
  let last = width - 1;
  for (let axis = 0; axis < 3; axis += 1) {
    const start = from[axis] ?? 0;
    const by = step[axis] ?? 0;
    const top = (counts[axis] ?? 1) - 1;
    if (Math.abs(by) < 1e-12) {
      if (start < -reach || start > top + reach) return [1, 0];
      continue;
    }
    const a = (-reach - start) / by;
    const b = (top + reach - start) / by;
    first = Math.max(first, Math.ceil(Math.min(a, b)));
    last = Math.min(last, Math.floor(Math.max(a, b)));
  }
  return [first, last];
}

type Line = {
  grid: CutGrid;
  from: Vec3;
  right: Vec3;
  first: number;
  last: number;
  out: Float32Array;
  at: number;
};

function sampleRow({ grid, from, right, first, last, out, at }: Line): void {
  for (let column = first; column <= last; column += 1) {
    const x = from[0] + column * right[0];
    const y = from[1] + column * right[1];
    const z = from[2] + column * right[2];
    out[at + column] = sampleAt(grid, x, y, z);
  }
}

function combineRow(
  { grid, from, right, first, last, out, at }: Line,
  mode: SlabMode,
  counts: Uint16Array | null,
): void {
  for (let column = first; column <= last; column += 1) {
    const x = from[0] + column * right[0];
    const y = from[1] + column * right[1];
    const z = from[2] + column * right[2];
    const value = sampleAt(grid, x, y, z);
    const before = out[at + column] ?? Number.NaN;
    if (counts !== null) {
      out[at + column] = Number.isNaN(before) ? value : before + value;
      counts[at + column] = (counts[at + column] ?? 0) + 1;
    } else if (Number.isNaN(before) || (mode === 'mip' ? value > before : value < before)) {
      out[at + column] = value;
    }
  }
}
