// Where a frame lies in the patient (PS3.3 C.7.6.2.1.1), and where points of the patient lie on it.
import type { Point } from '../../geometry/affine.ts';

export type Vector = readonly [number, number, number];

/** Pixel (column x, row y) -> position + x·along + y·down, all in mm. */
export type PatientPlane = { position: Vector; along: Vector; down: Vector; normal: Vector };

export function patientPlane(
  position: readonly number[] | null,
  orientation: readonly number[] | null,
  spacing: readonly number[] | null,
): PatientPlane | null {
  const [x, y, z] = position ?? [];
  const [rx, ry, rz, cx, cy, cz] = orientation ?? [];
  const [rowSpacing, columnSpacing] = spacing ?? [];
  if (x === undefined || y === undefined || z === undefined || rowSpacing === undefined) return null;
  if (rx === undefined || ry === undefined || rz === undefined) return null;
  if (cx === undefined || cy === undefined || cz === undefined || columnSpacing === undefined) return null;
  if (!(rowSpacing > 0) || !(columnSpacing > 0)) return null;
  const normal: Vector = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  if (Math.hypot(...normal) < 0.5) return null;
  return {
    position: [x, y, z],
    along: [rx * columnSpacing, ry * columnSpacing, rz * columnSpacing],
    down: [cx * rowSpacing, cy * rowSpacing, cz * rowSpacing],
    normal,
  };
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Signed distance of a point from the plane, mm. */
export function distanceTo(plane: PatientPlane, point: Vector): number {
  return dot(minus(point, plane.position), plane.normal);
}

export function isParallel(a: PatientPlane, b: PatientPlane): boolean {
  return Math.abs(dot(a.normal, b.normal)) > 0.999;
}

export function pointOnPlane(plane: PatientPlane, { x, y }: Point): Vector {
  const { position, along, down } = plane;
  return [
    position[0] + x * along[0] + y * down[0],
    position[1] + x * along[1] + y * down[1],
    position[2] + x * along[2] + y * down[2],
  ];
}

/** The pixel under a point of the patient, straight down on the plane. */
export function pixelUnder(plane: PatientPlane, point: Vector): Point {
  const away = minus(point, plane.position);
  return {
    x: dot(away, plane.along) / dot(plane.along, plane.along),
    y: dot(away, plane.down) / dot(plane.down, plane.down),
  };
}
