// Voxels made ready for the ray caster: fewer where the texture must be smaller (each the mean of its neighbours), one
// byte each over the range that the preset shows, and zero where the scalpel took them away.
import type { Affine, Vec3 } from '@yunying/volume';
import type { Range } from '../voi/window.ts';
import type { RayCaster } from './ray-caster.ts';
import type { VolumeLayer } from './scene.ts';
import type { Removed } from './solid-cut.ts';
import { coarser } from './space.ts';

export type SolidGrid = { dims: Vec3; step: Vec3; toPatient: Affine };

/** The finest whole steps that keep the texture within its voxels and sides. */
export function solidGrid({ voxels }: VolumeLayer, mostVoxels: number, mostSide: number): SolidGrid {
  const [sx, sy, sz] = voxels.spacing;
  let step: [number, number, number] = [1, 1, 1];
  const dimsOf = (): [number, number, number] => [
    Math.ceil(voxels.dims[0] / step[0]),
    Math.ceil(voxels.dims[1] / step[1]),
    Math.ceil(voxels.dims[2] / step[2]),
  ];
  const fits = () => {
    const [x, y, z] = dimsOf();
    return x * y * z <= mostVoxels && Math.max(x, y, z) <= mostSide;
  };
  while (!fits()) {
    // The direction with the finest voxels gives way first.
    const finest = [sx * step[0], sy * step[1], sz * step[2]];
    const least = finest.indexOf(Math.min(...finest));
    step = [
      step[0] + (least === 0 ? 1 : 0),
      step[1] + (least === 1 ? 1 : 0),
      step[2] + (least === 2 ? 1 : 0),
    ];
  }
  return { dims: dimsOf(), step, toPatient: coarser(voxels.affine, step) };
}

export function fillSolid(
  caster: RayCaster,
  layer: VolumeLayer,
  { dims, step }: SolidGrid,
  range: Range,
  removed: Removed,
): void {
  const { array, dims: all, rescale } = layer.voxels;
  const [nx, ny, nz] = dims;
  const [fx, fy] = all;
  const bytes = new Uint8Array(nx * ny);
  const slope = rescale.slope * layer.factor;
  const offset = rescale.intercept * layer.factor;
  const gain = 254 / Math.max(range.upper - range.lower, 1e-9);
  const isWhole = step[0] === 1 && step[1] === 1;
  caster.begin();
  for (let k = 0; k < nz; k += 1) {
    const base = Math.min(all[2] - 1, k * step[2]) * fx * fy;
    for (let j = 0; j < ny; j += 1) {
      const row = base + j * step[1] * fx;
      for (let i = 0; i < nx; i += 1) {
        const stored = isWhole ? (array[row + i] ?? 0) : meanOf(array, row + i * step[0], i, j, all, step);
        const share = (stored * slope + offset - range.lower) * gain;
        bytes[j * nx + i] = share <= 0 ? 1 : share >= 254 ? 255 : share + 1.5;
      }
    }
    if (!removed.isEmpty) {
      const from = k * nx * ny;
      for (let at = 0; at < bytes.length; at += 1) if (removed.has(from + at)) bytes[at] = 0;
    }
    caster.put(k, bytes);
  }
  caster.end();
}

/** Mean of the step's square in one slice. */
function meanOf(
  array: ArrayLike<number>,
  from: number,
  i: number,
  j: number,
  [fx, fy]: Vec3,
  [stepX, stepY]: Vec3,
): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < stepY && j * stepY + y < fy; y += 1) {
    for (let x = 0; x < stepX && i * stepX + x < fx; x += 1) {
      sum += array[from + y * fx + x] ?? 0;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
