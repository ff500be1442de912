// Cuts a plane out of the voxels by trilinear interpolation, or projects a slab around it. Rows are clipped to the grid
// first, so that the inner loop needs no tests. The grid may be sheared (gantry tilt): points go through its inverse, so
// nothing is resampled beforehand.
import { sampleLine } from './sample-line.ts';
import { add, apply, applyDirection, scale, type Vec3 } from './vector.ts';
import type { VoxelGrid } from './voxel-grid.ts';

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
  const { width, height } = cut;
  out.fill(Number.NaN, 0, width * height);
  const isThin = offsets.length === 1;
  const counts = mode === 'average' && !isThin ? new Uint16Array(width) : null;
  const row = new Float32Array(width);
  const step = applyDirection(grid.toVoxel, cut.right);
  const down = applyDirection(grid.toVoxel, cut.down);
  const starts = offsets.map((offset) => apply(grid.toVoxel, add(cut.origin, scale(cut.normal, offset))));
  // Row by row through all layers: the row that is combined stays at hand.
  for (let at = 0; at < height; at += 1) {
    const shown = out.subarray(at * width, (at + 1) * width);
    counts?.fill(0);
    for (const start of starts) {
      const from = add(start, scale(down, at));
      const [first, last] = clip(grid, from, step, width, reach);
      if (first > last) continue;
      const line = { from, step, first, last };
      if (isThin) sampleLine(grid, line, shown);
      else {
        sampleLine(grid, line, row);
        if (counts !== null) sum(shown, row, counts, first, last);
        else if (mode === 'mip') greatest(shown, row, first, last);
        else least(shown, row, first, last);
      }
    }
    if (counts === null) continue;
    for (let column = 0; column < width; column += 1) {
      const count = counts[column] ?? 0;
      if (count > 1) shown[column] = (shown[column] ?? 0) / count;
    }
  }
}

function greatest(shown: Float32Array, row: Float32Array, first: number, last: number): void {
  for (let at = first; at <= last; at += 1) {
    const value = row[at] ?? 0;
    // NaN, where nothing was yet, is not greater than anything.
    if (!((shown[at] ?? 0) >= value)) shown[at] = value;
  }
}

function least(shown: Float32Array, row: Float32Array, first: number, last: number): void {
  for (let at = first; at <= last; at += 1) {
    const value = row[at] ?? 0;
    if (!((shown[at] ?? 0) <= value)) shown[at] = value;
  }
}

function sum(shown: Float32Array, row: Float32Array, counts: Uint16Array, first: number, last: number): void {
  for (let at = first; at <= last; at += 1) {
    const count = counts[at] ?? 0;
    shown[at] = count === 0 ? (row[at] ?? 0) : (shown[at] ?? 0) + (row[at] ?? 0);
    counts[at] = count + 1;
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
