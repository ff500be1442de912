// Planes and slabs of a reconstruction's voxels, in stored values: the sums are those of packages/volume.
import {
  apply,
  type Cut,
  cutPlane,
  isInside,
  length,
  type Slab,
  type SlabMode,
  sampleAt as sampleGrid,
  type Vec3,
} from '@yunying/volume';
import type { Voxels } from './voxels.ts';

export const slabModes: readonly SlabMode[] = ['mip', 'minip', 'average'];

const mostLayers = 256;
/** Beyond the outermost voxel centres nothing is shown: a reader measures there. */
const reach = 1e-6;

/** Offsets along the normal at which a slab is sampled: about one per voxel, ends included. */
export function layersOf(slab: Slab, stepMm: number): number[] {
  if (!(slab.thicknessMm > 0) || !(stepMm > 0)) return [0];
  const count = Math.min(mostLayers, Math.max(2, Math.round(slab.thicknessMm / stepMm) + 1));
  return Array.from({ length: count }, (_, at) => slab.thicknessMm * (at / (count - 1) - 0.5));
}

/** Into `out` (width × height); NaN where the plane leaves the voxels. While something moves, `coarse` thins the layers of a slab. */
export function reslice(
  { grid, spacing }: Voxels,
  plane: Cut,
  slab: Slab,
  out: Float32Array,
  coarse = 1,
): void {
  cutPlane(
    grid,
    plane,
    { offsets: layersOf(slab, Math.min(...spacing) * coarse), mode: slab.mode, reach },
    out,
  );
}

/** One interpolated stored value; NaN outside. */
export function sampleAt({ grid }: Voxels, point: Vec3): number {
  const [x, y, z] = apply(grid.toVoxel, point);
  return isInside(grid, [x, y, z], reach) ? sampleGrid(grid, x, y, z) : Number.NaN;
}

/** mm per pixel of a plane, along its rows. */
export const pixelMm = (plane: Cut): number => length(plane.right);
