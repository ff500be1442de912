// The little that the volume views need of the patient's space (mm, L+ P+ H+) beyond packages/volume.
import {
  type Affine,
  affineOf,
  applyDirection,
  length,
  normalize,
  subtract,
  type Vec3,
} from '@yunying/volume';

export const distance = (a: Vec3, b: Vec3): number => length(subtract(a, b));

/** Of length one; what has no direction stays nothing. */
export const unit = (a: Vec3): Vec3 => normalize(a) ?? [0, 0, 0];

/** The steps of a grid: columns of its matrix. */
export function stepsOf(map: Affine): { x: Vec3; y: Vec3; z: Vec3; origin: Vec3 } {
  const column = (at: 0 | 1 | 2 | 3): Vec3 => [map[0][at], map[1][at], map[2][at]];
  return { x: column(0), y: column(1), z: column(2), origin: column(3) };
}

/** The same grid with every step longer. */
export function coarser(map: Affine, by: Vec3): Affine {
  const { origin } = stepsOf(map);
  return affineOf(
    applyDirection(map, [by[0], 0, 0]),
    applyDirection(map, [0, by[1], 0]),
    applyDirection(map, [0, 0, by[2]]),
    origin,
  );
}
