// A volume in bricks of eight voxels a side with the least and greatest sample of each, neighbours included, so that
// rays jump over what a transfer function makes invisible.
import type { VoxelGrid } from './voxel-grid.ts';

export const brickSide = 8;

export type Bricks = {
  across: number;
  down: number;
  deep: number;
  least: Float32Array;
  greatest: Float32Array;
};

export function makeBricks(grid: VoxelGrid): Bricks {
  const { columns, rows, slices, samples } = grid;
  const count = (voxels: number) => Math.ceil(voxels / brickSide);
  const [across, down, deep] = [count(columns), count(rows), count(slices)];
  const least = new Float32Array(across * down * deep).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float32Array(least.length).fill(Number.NEGATIVE_INFINITY);
  for (let bz = 0; bz < deep; bz += 1) {
    for (let by = 0; by < down; by += 1) {
      for (let bx = 0; bx < across; bx += 1) {
        let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        // One voxel more on each side: interpolation reaches over the border.
        const toX = Math.min(columns, (bx + 1) * brickSide + 1);
        const toY = Math.min(rows, (by + 1) * brickSide + 1);
        const toZ = Math.min(slices, (bz + 1) * brickSide + 1);
        for (let z = Math.max(0, bz * brickSide - 1); z < toZ; z += 1) {
          for (let y = Math.max(0, by * brickSide - 1); y < toY; y += 1) {
            const line = (z * rows + y) * columns;
            for (let x = Math.max(0, bx * brickSide - 1); x < toX; x += 1) {
              const value = samples[line + x] ?? 0;
              if (value < low) low = value;
              if (value > high) high = value;
            }
          }
        }
        const at = (bz * down + by) * across + bx;
        least[at] = low;
        greatest[at] = high;
      }
    }
  }
  return { across, down, deep, least, greatest };
}
