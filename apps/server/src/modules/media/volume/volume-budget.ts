// How much memory volumes may take, and by how much a large one is averaged down to fit.
import { totalmem } from 'node:os';
import type { Factors } from './volume-types.ts';

const mebibyte = 1024 ** 2;

/** Of all volumes held together. */
export function cacheBytes(): number {
  const constrained = process.constrainedMemory();
  const limit = constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
  return Math.min(1024 * mebibyte, Math.max(256 * mebibyte, limit / 12));
}

/** 512 × 512 × 500 fits as it is; beyond that, pictures of a screen's size show nothing of the difference. */
export const mostVolumeBytes = 256 * mebibyte;

const steps: readonly Factors[] = [
  [1, 1, 1],
  [2, 2, 1],
  [2, 2, 2],
  [4, 4, 2],
  [4, 4, 4],
  [8, 8, 4],
];

export function chooseFactors(
  size: { columns: number; rows: number; slices: number },
  bytesPerVoxel: number,
  mostBytes = mostVolumeBytes,
): Factors | null {
  const after = (count: number, by: number) => Math.floor(count / by);
  for (const step of steps) {
    const [x, y, z] = [after(size.columns, step[0]), after(size.rows, step[1]), after(size.slices, step[2])];
    if (Math.min(x, y, z) < 2) return null;
    if (x * y * z * bytesPerVoxel <= mostBytes) return step;
  }
  return null;
}
