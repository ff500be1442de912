// Public names of the volume package: geometry of slices, resampling and ray casting. No DOM and no I/O: the viewer and
// the server's reconstruction threads use the same sums.

export type { Bricks } from './bricks.ts';
export { makeBricks } from './bricks.ts';
export type { Camera, CastOptions, ClipBox } from './cast-rays.ts';
export { cameraAround, castRays, projectMaximum, wholeBox } from './cast-rays.ts';
export type { Cut, CutGrid, Layers, SlabMode } from './cut-plane.ts';
export { cutPlane } from './cut-plane.ts';
export type { AnatomicalPlane, Plane, PlaneStack, Slab } from './plane.ts';
export { cornersOf, planeStack, resamplePlane, voxelStep } from './plane.ts';
export type { PresetLook, PresetStop, VolumePreset } from './presets.ts';
export { presetNames, presetsFor, volumePresets } from './presets.ts';
export type { Suv, SuvFacts, SuvRefusal } from './suv.ts';
export { suvOf } from './suv.ts';
export type { TransferFunction, TransferPoint } from './transfer.ts';
export { transferOf } from './transfer.ts';
export type { Affine, Vec3 } from './vector.ts';
export {
  add,
  affineOf,
  apply,
  applyDirection,
  cross,
  dot,
  invert,
  length,
  normalize,
  rotateAround,
  scale,
  subtract,
} from './vector.ts';
export type {
  GeometryResult,
  Layer,
  SlicePlace,
  VolumeGeometry,
  VolumeRefusal,
} from './volume-geometry.ts';
export { volumeGeometry } from './volume-geometry.ts';
export type { VoxelGrid, VoxelSamples } from './voxel-grid.ts';
export { isInside, sampleAt } from './voxel-grid.ts';
