// A built volume as the threads get it: samples and bricks in shared memory, so that no call copies them.
import type { Bricks, VolumeGeometry, VoxelGrid } from '@yunying/volume';

export type Factors = readonly [columns: number, rows: number, slices: number];

export type Volume = {
  grid: VoxelGrid;
  bricks: Bricks;
  /** Real values without the outliers: what presets and windows of other than CT go by. */
  range: { low: number; high: number };
  geometry: VolumeGeometry;
  /** How many voxels were averaged into one, each way. */
  reduced: Factors;
  modality: string | null;
  unit: string;
  suvFactor: number | null;
  isInverted: boolean;
  window: { center: number; width: number };
  /** A tag of the objects it was built from. */
  tag: string;
  sizeBytes: number;
};
