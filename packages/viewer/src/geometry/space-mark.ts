// What is measured on planes of a reconstruction, whoever drew them: points in the patient (mm), two of them a length,
// three an angle at the middle one. Values are of the patient's space, so the pixels of the picture do not matter.
import { cross, dot, length, subtract, type Vec3 } from '@yunying/volume';

export type SpaceMark = {
  id: number;
  /** Two: a length. Three: an angle, its corner in the middle. */
  points: readonly Vec3[];
  /** Of the plane it was drawn on. */
  normal: Vec3;
};

/** Degrees at `corner`, 0 to 180. */
export function angleAt(a: Vec3, corner: Vec3, b: Vec3): number {
  const [u, v] = [subtract(a, corner), subtract(b, corner)];
  return (Math.atan2(length(cross(u, v)), dot(u, v)) * 180) / Math.PI;
}

/** `errorMm`: what the voxels leave open where the volume is reduced; said beside the value. */
export function markText(points: readonly Vec3[], errorMm: number): string {
  const [a, b, c] = points;
  if (a === undefined || b === undefined) return '';
  if (c === undefined) return `${length(subtract(b, a)).toFixed(1)}${give(errorMm)}\u2009mm`;
  const shortest = Math.max(1e-6, Math.min(length(subtract(a, b)), length(subtract(c, b))));
  const open = errorMm > 0 ? Math.min(180, (Math.atan2(errorMm, shortest) * 180) / Math.PI) : 0;
  return `${angleAt(a, b, c).toFixed(1)}${give(open)}°`;
}

function give(error: number): string {
  return error > 0 ? ` ±${error.toFixed(1)}` : '';
}

/** Whether a mark lies on the plane through `through`, or within the slab around it. */
export function isOnPlane(
  { points, normal: own }: Pick<SpaceMark, 'points' | 'normal'>,
  normal: Vec3,
  through: Vec3,
  reachMm: number,
): boolean {
  const [first] = points;
  if (first === undefined || Math.abs(dot(own, normal)) <= 0.9999) return false;
  return Math.abs(dot(subtract(first, through), normal)) <= reachMm + 1e-3;
}
