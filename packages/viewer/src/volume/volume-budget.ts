// How coarse the voxels must be to fit this device (viewer spec §6). The array lives in memory once; the 3D view adds
// a smaller texture of one byte per voxel.
import type { Vec3 } from '@yunying/volume';
import { type Decimation, decimatedDims } from './voxels.ts';

export type VolumeBudget = { voxelBytes: number; textureVoxels: number };

const megabyte = 2 ** 20;
/** In the order in which they are tried. */
export const decimations: readonly Decimation[] = [
  [1, 1, 1],
  [2, 2, 1],
  [2, 2, 2],
  [4, 4, 2],
];

export function volumeBudget(screen: 'phone' | 'desktop', gigabytes: number | null): VolumeBudget {
  if (screen === 'phone') {
    const isLarge = gigabytes !== null && gigabytes >= 6;
    return { voxelBytes: (isLarge ? 120 : 60) * megabyte, textureVoxels: (isLarge ? 24 : 12) * megabyte };
  }
  const isLarge = gigabytes !== null && gigabytes >= 16;
  return { voxelBytes: (isLarge ? 1024 : 512) * megabyte, textureVoxels: (isLarge ? 256 : 128) * megabyte };
}

/** The finest that fits; null when not even the coarsest does. */
export function chooseDecimation(dims: Vec3, bytesPerVoxel: number, budgetBytes: number): Decimation | null {
  for (const decimation of decimations) {
    const [x, y, z] = decimatedDims(dims, decimation);
    if (x * y * z * bytesPerVoxel <= budgetBytes) return decimation;
  }
  return null;
}
