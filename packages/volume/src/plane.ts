// Planes through a volume: any position and direction, thin or as a slab (maximum, minimum, average). Pixels are square
// and lie where the plane says, in patient millimetres, so that lengths on them are true whatever the voxels are.
import { cutPlane, type SlabMode } from './cut-plane.ts';
import { add, apply, applyDirection, cross, dot, scale, type Vec3 } from './vector.ts';
import { border, type VoxelGrid } from './voxel-grid.ts';

export type Plane = {
  /** Centre of the first pixel. */
  origin: Vec3;
  /** Unit vectors: along a row, and down a column. */
  right: Vec3;
  down: Vec3;
  spacingMm: number;
  width: number;
  height: number;
};

export type Slab = { thicknessMm: number; mode: SlabMode };

/** Real values, row by row; NaN where there is no volume. */
export function resamplePlane(grid: VoxelGrid, plane: Plane, slab?: Slab): Float32Array {
  const { origin, right, down, spacingMm, width, height } = plane;
  const normal = cross(right, down);
  const cut = {
    origin,
    right: scale(right, spacingMm),
    down: scale(down, spacingMm),
    normal,
    width,
    height,
  };
  const offsets = slab === undefined ? [0] : slabOffsets(grid, normal, slab.thicknessMm);
  const out = new Float32Array(width * height);
  cutPlane(grid, cut, { offsets, mode: slab?.mode ?? 'mip', reach: border }, out);
  for (let at = 0; at < out.length; at += 1) out[at] = (out[at] ?? 0) * grid.slope + grid.intercept;
  return out;
}

const mostSlabSteps = 512;

/** Samples through a slab: one per voxel that the normal crosses. */
function slabOffsets(grid: VoxelGrid, normal: Vec3, thicknessMm: number): number[] {
  const step = voxelStep(grid, normal);
  const count = Math.min(mostSlabSteps, Math.max(1, Math.round(thicknessMm / step) + 1));
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, at) => thicknessMm * (at / (count - 1) - 0.5));
}

/** mm along `direction` in which one voxel of the finest crossed axis is passed. */
export function voxelStep(grid: Pick<VoxelGrid, 'toVoxel'>, direction: Vec3): number {
  const perMm = applyDirection(grid.toVoxel, direction);
  return 1 / Math.max(1e-9, ...perMm.map(Math.abs));
}

export type AnatomicalPlane = 'axial' | 'coronal' | 'sagittal';

/** As radiologists look: from the feet, from the front, from the left. */
const directions: Record<AnatomicalPlane, { right: Vec3; down: Vec3; onward: Vec3 }> = {
  axial: { right: [1, 0, 0], down: [0, 1, 0], onward: [0, 0, 1] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1], onward: [0, 1, 0] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1], onward: [1, 0, 0] },
};

export type PlaneStack = { planes: number; stepMm: number; at(index: number): Plane };

/** All planes of one anatomical direction: they hold the whole volume and are one voxel apart. */
export function planeStack(
  grid: Pick<VoxelGrid, 'columns' | 'rows' | 'slices' | 'toPatient' | 'toVoxel'>,
  name: AnatomicalPlane,
  longSidePx: number,
): PlaneStack {
  const { right, down, onward } = directions[name];
  const corners = cornersOf(grid);
  const reach = (axis: Vec3): { low: number; high: number } => {
    const along = corners.map((corner) => dot(corner, axis));
    return { low: Math.min(...along), high: Math.max(...along) };
  };
  const [across, downwards, through] = [reach(right), reach(down), reach(onward)];
  const finest = Math.min(voxelStep(grid, right), voxelStep(grid, down));
  const long = Math.max(across.high - across.low, downwards.high - downwards.low);
  const spacingMm = Math.max(finest, long / Math.max(1, longSidePx - 1));
  const stepMm = voxelStep(grid, onward);
  const pixels = ({ low, high }: { low: number; high: number }) =>
    Math.max(1, Math.floor((high - low) / spacingMm + 1e-6) + 1);
  const [width, height] = [pixels(across), pixels(downwards)];
  return {
    planes: Math.max(1, Math.floor((through.high - through.low) / stepMm + 1e-6) + 1),
    stepMm,
    at: (index) => ({
      origin: add(
        add(scale(right, across.low), scale(down, downwards.low)),
        scale(onward, through.low + index * stepMm),
      ),
      right,
      down,
      spacingMm,
      width,
      height,
    }),
  };
}

/** Centres of the eight corner voxels. */
export function cornersOf(grid: Pick<VoxelGrid, 'columns' | 'rows' | 'slices' | 'toPatient'>): Vec3[] {
  const ends = (count: number) => [0, count - 1];
  return ends(grid.slices).flatMap((z) =>
    ends(grid.rows).flatMap((y) => ends(grid.columns).map((x) => apply(grid.toPatient, [x, y, z]))),
  );
}
