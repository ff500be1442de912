// Samples along one straight line of pixels through the voxels (trilinear), the inner loop under every plane and slab.
// Where the line runs along an axis of the grid (all orthogonal planes of an untilted stack) the four rows of voxels
// around it are weighed once, and pixels between the same two voxels share their sums: several times fewer reads.
import type { Vec3 } from './vector.ts';
import type { VoxelGrid, VoxelSamples } from './voxel-grid.ts';

export type LineGrid = Pick<VoxelGrid, 'columns' | 'rows' | 'slices' | 'samples'>;
/** Voxel coordinates of pixel 0, the way to the next one, and the pixels that lie inside the grid. */
export type PixelLine = { from: Vec3; step: Vec3; first: number; last: number };

const still = 1e-9;

/** Into `out[first…last]`; what lies beyond the outermost voxel centres takes their value. */
export function sampleLine(grid: LineGrid, line: PixelLine, out: Float32Array): void {
  const [x, y, z] = line.step;
  const [movesX, movesY, movesZ] = [Math.abs(x) > still, Math.abs(y) > still, Math.abs(z) > still];
  if (!movesY && !movesZ) sampleAlong(grid, line, 0, out);
  else if (!movesX && !movesZ) sampleAlong(grid, line, 1, out);
  else if (!movesX && !movesY) sampleAlong(grid, line, 2, out);
  else sampleAcross(grid, line, out);
}

/** The rows of voxels on both sides of the line, in the two directions in which it does not move. */
function rowsAround(grid: LineGrid, from: Vec3, axis: 0 | 1 | 2): { starts: number[]; weights: number[] } {
  const counts = [grid.columns, grid.rows, grid.slices];
  const strides = [1, grid.columns, grid.columns * grid.rows];
  let starts = [0];
  let weights = [1];
  for (const other of [0, 1, 2]) {
    if (other === axis) continue;
    const top = (counts[other] ?? 1) - 1;
    const at = Math.min(top, Math.max(0, from[other] ?? 0));
    const low = Math.floor(at);
    const share = at - low;
    const stride = strides[other] ?? 0;
    const near = starts.map((start) => start + low * stride);
    if (share < still || low === top) starts = near;
    else {
      weights = [...weights.map((one) => one * (1 - share)), ...weights.map((one) => one * share)];
      starts = [...near, ...near.map((start) => start + stride)];
    }
  }
  return { starts, weights };
}

function sampleAlong(grid: LineGrid, line: PixelLine, axis: 0 | 1 | 2, out: Float32Array): void {
  const { samples } = grid;
  const { from, step, first, last } = line;
  const { starts, weights } = rowsAround(grid, from, axis);
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = starts;
  const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = weights;
  const taps = starts.length;
  const stride = [1, grid.columns, grid.columns * grid.rows][axis] ?? 1;
  const top = ([grid.columns, grid.rows, grid.slices][axis] ?? 1) - 1;
  const [start, by] = [from[axis], step[axis]];
  let known = -1;
  let [low, high] = [0, 0];
  for (let pixel = first; pixel <= last; pixel += 1) {
    const wanted = start + pixel * by;
    const at = wanted < 0 ? 0 : wanted > top ? top : wanted;
    const i = Math.trunc(at);
    if (i !== known) {
      known = i;
      const a = i * stride;
      const b = i < top ? a + stride : a;
      if (taps === 1) {
        low = samples[s0 + a] ?? 0;
        high = samples[s0 + b] ?? 0;
      } else if (taps === 2) {
        low = w0 * (samples[s0 + a] ?? 0) + w1 * (samples[s1 + a] ?? 0);
        high = w0 * (samples[s0 + b] ?? 0) + w1 * (samples[s1 + b] ?? 0);
      } else {
        low = fourOf(samples, a + s0, a + s1, w0, w1) + fourOf(samples, a + s2, a + s3, w2, w3);
        high = fourOf(samples, b + s0, b + s1, w0, w1) + fourOf(samples, b + s2, b + s3, w2, w3);
      }
    }
    out[pixel] = low + (high - low) * (at - i);
  }
}

function fourOf(samples: VoxelSamples, a: number, b: number, wa: number, wb: number): number {
  return wa * (samples[a] ?? 0) + wb * (samples[b] ?? 0);
}

function sampleAcross(grid: LineGrid, line: PixelLine, out: Float32Array): void {
  const { columns, rows, slices, samples } = grid;
  const [x0, y0, z0] = line.from;
  const [stepX, stepY, stepZ] = line.step;
  const [topX, topY, topZ] = [columns - 1, rows - 1, slices - 1];
  const plane = columns * rows;
  for (let pixel = line.first; pixel <= line.last; pixel += 1) {
    let x = x0 + pixel * stepX;
    let y = y0 + pixel * stepY;
    let z = z0 + pixel * stepZ;
    x = x < 0 ? 0 : x > topX ? topX : x;
    y = y < 0 ? 0 : y > topY ? topY : y;
    z = z < 0 ? 0 : z > topZ ? topZ : z;
    const i = Math.trunc(x);
    const j = Math.trunc(y);
    const k = Math.trunc(z);
    const u = x - i;
    const v = y - j;
    const w = z - k;
    const dx = i < topX ? 1 : 0;
    const dy = j < topY ? columns : 0;
    const a = k * plane + j * columns + i;
    const b = a + dy;
    let p = samples[a] ?? 0;
    let q = samples[b] ?? 0;
    p += ((samples[a + dx] ?? 0) - p) * u;
    q += ((samples[b + dx] ?? 0) - q) * u;
    const near = p + (q - p) * v;
    if (w < still || k >= topZ) {
      out[pixel] = near;
      continue;
    }
    const c = a + plane;
    const d = b + plane;
    p = samples[c] ?? 0;
    q = samples[d] ?? 0;
    p += ((samples[c + dx] ?? 0) - p) * u;
    q += ((samples[d + dx] ?? 0) - q) * u;
    const far = p + (q - p) * v;
    out[pixel] = near + (far - near) * w;
  }
}
