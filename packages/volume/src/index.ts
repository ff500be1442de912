// Public names of the volume package: geometry of slices, resampling and ray casting. No DOM and no I/O: the viewer and
// the server's reconstruction threads use the same sums.
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
