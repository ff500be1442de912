// Vectors of three and affine maps of the patient's space (PS3.3 C.7.6.2.1.1: millimetres, L+ P+ H+). Plain tuples, so
// that they cross threads and go into JSON as they are.

export type Vec3 = readonly [number, number, number];
/** Rows of a 3 × 4 matrix: linear part and translation. */
export type Affine = readonly [
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
];

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec3, by: number): Vec3 => [a[0] * by, a[1] * by, a[2] * by];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vec3): number => Math.hypot(a[0], a[1], a[2]);
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** null for what has no direction. */
export function normalize(a: Vec3): Vec3 | null {
  const size = length(a);
  return size > 1e-9 && Number.isFinite(size) ? scale(a, 1 / size) : null;
}

export function apply(map: Affine, [x, y, z]: Vec3): Vec3 {
  const row = ([a, b, c, d]: Affine[number]): number => a * x + b * y + c * z + d;
  return [row(map[0]), row(map[1]), row(map[2])];
}

/** The linear part only: directions, not places. */
export function applyDirection(map: Affine, [x, y, z]: Vec3): Vec3 {
  const row = ([a, b, c]: Affine[number]): number => a * x + b * y + c * z;
  return [row(map[0]), row(map[1]), row(map[2])];
}

/** The map whose unit steps are `i`, `j`, `k` and whose zero is `origin`. */
export function affineOf(i: Vec3, j: Vec3, k: Vec3, origin: Vec3): Affine {
  return [
    [i[0], j[0], k[0], origin[0]],
    [i[1], j[1], k[1], origin[1]],
    [i[2], j[2], k[2], origin[2]],
  ];
}

export function invert(map: Affine): Affine {
  const column = (at: 0 | 1 | 2 | 3): Vec3 => [map[0][at], map[1][at], map[2][at]];
  const [i, j, k, origin] = [column(0), column(1), column(2), column(3)];
  const volume = dot(i, cross(j, k));
  if (!(Math.abs(volume) > 1e-12)) throw new RangeError('the map has no inverse');
  const rows = [cross(j, k), cross(k, i), cross(i, j)].map((row) => scale(row, 1 / volume));
  const [a, b, c] = rows as [Vec3, Vec3, Vec3]; // three in, three out
  return [
    [...a, -dot(a, origin)],
    [...b, -dot(b, origin)],
    [...c, -dot(c, origin)],
  ];
}

/** `axis` must be of length one. */
export function rotateAround(a: Vec3, axis: Vec3, radians: number): Vec3 {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return add(add(scale(a, cos), scale(cross(axis, a), sin)), scale(axis, dot(axis, a) * (1 - cos)));
}
