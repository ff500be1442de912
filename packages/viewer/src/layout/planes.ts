// Slices as planes in the patient's coordinates (PS3.3 C.7.6.2.1.1): where a pixel lies in the body, which slice is
// nearest to a point, and where one slice cuts another. Millimetres; DICOM's right-handed LPH axes.
import type { Point } from '../geometry/affine.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';

export type Vector = readonly [number, number, number];

export type SlicePlane = {
  frameOfReferenceUid: string | null;
  /** Centre of the first pixel. */
  origin: Vector;
  row: Vector;
  column: Vector;
  normal: Vector;
  spacingX: number;
  spacingY: number;
  columns: number;
  rows: number;
};

type PlaneFacts = Pick<
  FrameFacts,
  'frameOfReferenceUid' | 'imageOrientation' | 'imagePosition' | 'spacing' | 'rows' | 'columns'
>;

/** null where the object does not say where it lies. */
export function planeOf(facts: PlaneFacts | null): SlicePlane | null {
  if (facts === null || facts.rows === null || facts.columns === null) return null;
  const row = vectorOf(facts.imageOrientation?.slice(0, 3));
  const column = vectorOf(facts.imageOrientation?.slice(3, 6));
  const origin = vectorOf(facts.imagePosition);
  const [spacingY, spacingX] = facts.spacing.pixelSpacing ?? [];
  if (row === null || column === null || origin === null) return null;
  if (spacingX === undefined || spacingY === undefined || !(spacingX > 0) || !(spacingY > 0)) return null;
  const normal = cross(row, column);
  if (Math.abs(length(normal) - 1) > 0.05) return null;
  const { frameOfReferenceUid, columns, rows } = facts;
  return { frameOfReferenceUid, origin, row, column, normal, spacingX, spacingY, columns, rows };
}

export function toPatient(plane: SlicePlane, { x, y }: Point): Vector {
  const { origin, row, column, spacingX, spacingY } = plane;
  const at = (axis: 0 | 1 | 2) => origin[axis] + row[axis] * x * spacingX + column[axis] * y * spacingY;
  return [at(0), at(1), at(2)];
}

export function toPixel(plane: SlicePlane, point: Vector): Point {
  const from = minus(point, plane.origin);
  return { x: dot(from, plane.row) / plane.spacingX, y: dot(from, plane.column) / plane.spacingY };
}

/** Signed distance of a point in front of (+, along the normal) or behind a slice. */
export function distanceTo(plane: SlicePlane, point: Vector): number {
  return dot(minus(point, plane.origin), plane.normal);
}

export function centreOfPlane(plane: SlicePlane): Vector {
  return toPatient(plane, { x: (plane.columns - 1) / 2, y: (plane.rows - 1) / 2 });
}

/** Position of a slice along its own normal. */
export function positionOf(plane: SlicePlane): number {
  return dot(plane.origin, plane.normal);
}

export function sharesFrame(a: SlicePlane, b: SlicePlane): boolean {
  return a.frameOfReferenceUid !== null && a.frameOfReferenceUid === b.frameOfReferenceUid;
}

/** Cosine of the angle between two slices: 1 parallel, -1 parallel from the other side, 0 upright on each other. */
export function cosineBetween(a: SlicePlane, b: SlicePlane): number {
  return dot(a.normal, b.normal);
}

/** The slice nearest to a point; null when none lies in space. */
export function nearestSlice(planes: readonly (SlicePlane | null)[], point: Vector): number | null {
  return nearestBy(planes, (plane) => Math.abs(distanceTo(plane, point)));
}

export function nearestPosition(planes: readonly (SlicePlane | null)[], position: number): number | null {
  return nearestBy(planes, (plane) => Math.abs(positionOf(plane) - position));
}

/**
 * Where the picture `cutting` cuts the picture `shown`, in pixels of `shown`: the part of the line inside the cutting
 * picture's frame. null when they are nearly parallel, do not meet, or have no common frame of reference.
 */
export function crossing(shown: SlicePlane, cutting: SlicePlane): [Point, Point] | null {
  if (!sharesFrame(shown, cutting) || Math.abs(cosineBetween(shown, cutting)) > 0.985) return null;
  const right = cutting.columns - 0.5;
  const bottom = cutting.rows - 0.5;
  const corners = [
    { x: -0.5, y: -0.5 },
    { x: right, y: -0.5 },
    { x: right, y: bottom },
    { x: -0.5, y: bottom },
  ].map((corner) => toPatient(cutting, corner));
  const found: Point[] = [];
  for (const [at, from] of corners.entries()) {
    const to = corners[(at + 1) % corners.length];
    if (to === undefined) continue;
    const before = distanceTo(shown, from);
    const after = distanceTo(shown, to);
    if (before < 0 === after < 0) continue;
    const share = before / (before - after);
    const along = (axis: 0 | 1 | 2) => from[axis] + (to[axis] - from[axis]) * share;
    found.push(toPixel(shown, [along(0), along(1), along(2)]));
  }
  const [first, second] = found;
  return first === undefined || second === undefined ? null : [first, second];
}

function nearestBy(planes: readonly (SlicePlane | null)[], far: (plane: SlicePlane) => number) {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, plane] of planes.entries()) {
    const distance = plane === null ? Number.POSITIVE_INFINITY : far(plane);
    if (distance >= least) continue;
    least = distance;
    best = at;
  }
  return best;
}

function vectorOf(numbers: readonly number[] | null | undefined): Vector | null {
  const [x, y, z] = numbers ?? [];
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
function length(a: Vector): number {
  return Math.sqrt(dot(a, a));
}
