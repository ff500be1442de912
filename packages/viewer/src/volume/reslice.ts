// Cuts a plane out of the voxels by trilinear interpolation, or projects a slab around it (greatest, least or mean
// value). Rows are clipped to the grid first, so that the inner loop needs no tests. The grid may be sheared (gantry
// tilt): points go through its inverse, so nothing is resampled beforehand.
import { add, apply, applyDirection, length, scale, type Vec3 } from '@yunying/volume';
import type { VoxelArray, Voxels } from './voxels.ts';

/** A picture of the patient's space: centre of the first pixel, and mm vectors from pixel to pixel. */
export type Plane = { origin: Vec3; right: Vec3; down: Vec3; normal: Vec3; width: number; height: number };

export type SlabMode = 'max' | 'min' | 'mean';
export const slabModes: readonly SlabMode[] = ['max', 'min', 'mean'];
export type Slab = { mode: SlabMode; thicknessMm: number };

const mostLayers = 256;

/** Offsets along the normal at which a slab is sampled: about one per voxel, ends included. */
export function layersOf(slab: Slab, stepMm: number): number[] {
  if (!(slab.thicknessMm > 0) || !(stepMm > 0)) return [0];
  const count = Math.min(mostLayers, Math.max(2, Math.round(slab.thicknessMm / stepMm) + 1));
  return Array.from({ length: count }, (_, at) => slab.thicknessMm * (at / (count - 1) - 0.5));
}

/** Stored values into `out` (width × height); NaN where the plane leaves the voxels. */
export function reslice(voxels: Voxels, plane: Plane, slab: Slab, out: Float32Array): void {
  out.fill(Number.NaN, 0, plane.width * plane.height);
  const layers = layersOf(slab, Math.min(...voxels.spacing));
  const counts =
    slab.mode === 'mean' && layers.length > 1 ? new Uint16Array(plane.width * plane.height) : null;
  const right = applyDirection(voxels.toIndex, plane.right);
  const down = applyDirection(voxels.toIndex, plane.down);
  for (const offset of layers) {
    const start = apply(voxels.toIndex, add(plane.origin, scale(plane.normal, offset)));
    for (let row = 0; row < plane.height; row += 1) {
      const from = add(start, scale(down, row));
      const [first, last] = clip(from, right, voxels.dims, plane.width);
      if (first > last) continue;
      const at = row * plane.width;
      const line = { array: voxels.array, dims: voxels.dims, from, right, first, last, out, at };
      if (layers.length === 1) sampleRow(line);
      else combineRow(line, slab.mode, counts);
    }
  }
  if (counts === null) return;
  for (let at = 0; at < counts.length; at += 1) {
    const count = counts[at] ?? 0;
    if (count > 1) out[at] = (out[at] ?? 0) / count;
  }
}

/** Which pixels of a row lie inside the grid. */
function clip(from: Vec3, step: Vec3, dims: Vec3, width: number): [number, number] {
  let first = 0;
  let last = width - 1;
  for (let axis = 0; axis < 3; axis += 1) {
    const start = from[axis] ?? 0;
    const by = step[axis] ?? 0;
    const top = (dims[axis] ?? 1) - 1;
    const slack = 1e-6;
    if (Math.abs(by) < 1e-12) {
      if (start < -slack || start > top + slack) return [1, 0];
      continue;
    }
    const a = (-slack - start) / by;
    const b = (top + slack - start) / by;
    first = Math.max(first, Math.ceil(Math.min(a, b)));
    last = Math.min(last, Math.floor(Math.max(a, b)));
  }
  return [first, last];
}

type Line = {
  array: VoxelArray;
  dims: Vec3;
  from: Vec3;
  right: Vec3;
  first: number;
  last: number;
  out: Float32Array;
  at: number;
};

function sampleRow({ array, dims, from, right, first, last, out, at }: Line): void {
  const [nx, ny, nz] = dims;
  const plane = nx * ny;
  for (let column = first; column <= last; column += 1) {
    const x = from[0] + column * right[0];
    const y = from[1] + column * right[1];
    const z = from[2] + column * right[2];
    out[at + column] = trilinear(array, nx, ny, nz, plane, x, y, z);
  }
}

function combineRow(line: Line, mode: SlabMode, counts: Uint16Array | null): void {
  const { array, dims, from, right, first, last, out, at } = line;
  const [nx, ny, nz] = dims;
  const plane = nx * ny;
  for (let column = first; column <= last; column += 1) {
    const x = from[0] + column * right[0];
    const y = from[1] + column * right[1];
    const z = from[2] + column * right[2];
    const value = trilinear(array, nx, ny, nz, plane, x, y, z);
    const before = out[at + column] ?? Number.NaN;
    if (counts !== null) {
      out[at + column] = Number.isNaN(before) ? value : before + value;
      counts[at + column] = (counts[at + column] ?? 0) + 1;
    } else if (Number.isNaN(before) || (mode === 'max' ? value > before : value < before)) {
      out[at + column] = value;
    }
  }
}

function trilinear(
  array: VoxelArray,
  nx: number,
  ny: number,
  nz: number,
  plane: number,
  x: number,
  y: number,
  z: number,
): number {
  let x0 = x < 0 ? 0 : Math.floor(x);
  let y0 = y < 0 ? 0 : Math.floor(y);
  let z0 = z < 0 ? 0 : Math.floor(z);
  if (x0 > nx - 2) x0 = nx > 1 ? nx - 2 : 0;
  if (y0 > ny - 2) y0 = ny > 1 ? ny - 2 : 0;
  if (z0 > nz - 2) z0 = nz > 1 ? nz - 2 : 0;
  const fx = x < 0 ? 0 : x - x0 > 1 ? 1 : x - x0;
  const fy = y < 0 ? 0 : y - y0 > 1 ? 1 : y - y0;
  const fz = z < 0 ? 0 : z - z0 > 1 ? 1 : z - z0;
  const at = z0 * plane + y0 * nx + x0;
  const dx = nx > 1 ? 1 : 0;
  const dy = ny > 1 ? nx : 0;
  const dz = nz > 1 ? plane : 0;
  const a = (array[at] ?? 0) * (1 - fx) + (array[at + dx] ?? 0) * fx;
  const b = (array[at + dy] ?? 0) * (1 - fx) + (array[at + dy + dx] ?? 0) * fx;
  const c = (array[at + dz] ?? 0) * (1 - fx) + (array[at + dz + dx] ?? 0) * fx;
  const d = (array[at + dz + dy] ?? 0) * (1 - fx) + (array[at + dz + dy + dx] ?? 0) * fx;
  const low = a * (1 - fy) + b * fy;
  const high = c * (1 - fy) + d * fy;
  return low * (1 - fz) + high * fz;
}

/** One interpolated stored value; NaN outside. */
export function sampleAt(voxels: Voxels, point: Vec3): number {
  const [x, y, z] = apply(voxels.toIndex, point);
  const [nx, ny, nz] = voxels.dims;
  const slack = 1e-6;
  const isIn =
    x >= -slack &&
    y >= -slack &&
    z >= -slack &&
    x <= nx - 1 + slack &&
    y <= ny - 1 + slack &&
    z <= nz - 1 + slack;
  return isIn ? trilinear(voxels.array, nx, ny, nz, nx * ny, x, y, z) : Number.NaN;
}

/** mm per pixel of a plane, along its rows. */
export const pixelMm = (plane: Plane): number => length(plane.right);
