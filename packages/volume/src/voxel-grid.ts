// The voxels of a volume on its own grid, as typed arrays that threads may share, and the value between them
// (trilinear). Real values are samples × slope + intercept.
import type { Affine, Vec3 } from './vector.ts';

export type VoxelSamples = Int16Array | Uint16Array | Int8Array | Uint8Array | Float32Array;

export type VoxelGrid = {
  columns: number;
  rows: number;
  slices: number;
  /** Column fastest, then row, then slice. */
  samples: VoxelSamples;
  slope: number;
  intercept: number;
  toPatient: Affine;
  toVoxel: Affine;
};

/** How far from the outermost voxel centres there is still volume: half a voxel. */
export const border = 0.5 + 1e-6;

/** The sample (before slope and intercept) at voxel coordinates inside the volume. */
export function sampleAt(
  { columns, rows, slices, samples }: Pick<VoxelGrid, 'columns' | 'rows' | 'slices' | 'samples'>,
  x: number,
  y: number,
  z: number,
): number {
  const cx = x < 0 ? 0 : x > columns - 1 ? columns - 1 : x;
  const cy = y < 0 ? 0 : y > rows - 1 ? rows - 1 : y;
  const cz = z < 0 ? 0 : z > slices - 1 ? slices - 1 : z;
  const i = Math.trunc(cx);
  const j = Math.trunc(cy);
  const k = Math.trunc(cz);
  const u = cx - i;
  const v = cy - j;
  const w = cz - k;
  const dx = i + 1 < columns ? 1 : 0;
  const dy = j + 1 < rows ? columns : 0;
  const dz = k + 1 < slices ? columns * rows : 0;
  const at = (k * rows + j) * columns + i;
  const near = mix(
    mix(samples[at] ?? 0, samples[at + dx] ?? 0, u),
    mix(samples[at + dy] ?? 0, samples[at + dy + dx] ?? 0, u),
    v,
  );
  if (w === 0 || dz === 0) return near;
  const far = mix(
    mix(samples[at + dz] ?? 0, samples[at + dz + dx] ?? 0, u),
    mix(samples[at + dz + dy] ?? 0, samples[at + dz + dy + dx] ?? 0, u),
    v,
  );
  return mix(near, far, w);
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

export function isInside(
  { columns, rows, slices }: Pick<VoxelGrid, 'columns' | 'rows' | 'slices'>,
  [x, y, z]: Vec3,
  reach = border,
): boolean {
  return (
    x >= -reach &&
    y >= -reach &&
    z >= -reach &&
    x <= columns - 1 + reach &&
    y <= rows - 1 + reach &&
    z <= slices - 1 + reach
  );
}
