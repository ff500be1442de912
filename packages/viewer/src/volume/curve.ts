// Curved planar reconstruction: a smooth line through the points of a path drawn on a plane (Catmull-Rom, centripetal),
// cut at even steps of arc length, and the sheet that stands on it along the plane's normal. The dental panorama is the
// path along the arch, on an axial plane, with a slab across it.
import { add, cross, dot, type Slab, scale, subtract, type Vec3 } from '@yunying/volume';
import { layersOf, sampleAt } from './reslice.ts';
import { distance, unit } from './space.ts';
import type { Voxels } from './voxels.ts';

export type CurvePoint = { at: Vec3; tangent: Vec3 };

const finePerSpan = 48;

/** Points every `stepMm` along the smooth line; fewer than two points make none. */
export function samplePath(points: readonly Vec3[], stepMm: number): CurvePoint[] {
  const distinct = points.filter((point, at) => at === 0 || distance(point, points[at - 1] ?? point) > 1e-3);
  if (distinct.length < 2 || !(stepMm > 0)) return [];
  const fine = smooth(distinct);
  const lengths = [0];
  for (let at = 1; at < fine.length; at += 1) {
    lengths.push((lengths[at - 1] ?? 0) + distance(fine[at] ?? [0, 0, 0], fine[at - 1] ?? [0, 0, 0]));
  }
  const whole = lengths[lengths.length - 1] ?? 0;
  const count = Math.min(4096, Math.floor(whole / stepMm) + 1);
  const out: CurvePoint[] = [];
  let span = 1;
  for (let at = 0; at < count; at += 1) {
    const wanted = at * stepMm;
    while (span < fine.length - 1 && (lengths[span] ?? 0) < wanted) span += 1;
    const [from, to] = [fine[span - 1], fine[span]];
    if (from === undefined || to === undefined) break;
    const [start, end] = [lengths[span - 1] ?? 0, lengths[span] ?? 0];
    const t = end > start ? (wanted - start) / (end - start) : 0;
    out.push({ at: add(from, scale(subtract(to, from), t)), tangent: unit(subtract(to, from)) });
  }
  return out;
}

export function pathLength(points: readonly CurvePoint[]): number {
  let sum = 0;
  for (let at = 1; at < points.length; at += 1) {
    const [a, b] = [points[at - 1], points[at]];
    if (a !== undefined && b !== undefined) sum += distance(a.at, b.at);
  }
  return sum;
}

/** Centripetal parametrisation: no loops, whatever the distances. */
function smooth(points: readonly Vec3[]): Vec3[] {
  const out: Vec3[] = [];
  for (let at = 0; at < points.length - 1; at += 1) {
    const [p1, p2] = [points[at], points[at + 1]];
    if (p1 === undefined || p2 === undefined) continue;
    const p0 = points[at - 1] ?? add(p1, subtract(p1, p2));
    const p3 = points[at + 2] ?? add(p2, subtract(p2, p1));
    const t1 = Math.sqrt(distance(p0, p1));
    const t2 = t1 + Math.sqrt(distance(p1, p2));
    const t3 = t2 + Math.sqrt(distance(p2, p3));
    for (let step = 0; step < finePerSpan; step += 1) {
      const t = t1 + ((t2 - t1) * step) / finePerSpan;
      const a1 = mix(p0, p1, 0, t1, t);
      const a2 = mix(p1, p2, t1, t2, t);
      const a3 = mix(p2, p3, t2, t3, t);
      const b1 = mix(a1, a2, 0, t2, t);
      const b2 = mix(a2, a3, t1, t3, t);
      out.push(mix(b1, b2, t1, t2, t));
    }
  }
  const last = points[points.length - 1];
  if (last !== undefined) out.push(last);
  return out;
}

function mix(a: Vec3, b: Vec3, from: number, to: number, t: number): Vec3 {
  const share = to - from < 1e-9 ? 0 : (t - from) / (to - from);
  return add(a, scale(subtract(b, a), share));
}

export type Sheet = {
  width: number;
  height: number;
  stepMm: number;
  values: Float32Array;
  points: CurvePoint[];
};

/** The straightened sheet: columns along the curve, rows along `down`, the slab across the curve in its plane. */
export function curvedSheet(
  voxels: Voxels,
  points: readonly Vec3[],
  down: Vec3,
  options: { stepMm: number; slab: Slab },
): Sheet | null {
  const { stepMm, slab } = options;
  const curve = samplePath(points, stepMm);
  const [first] = curve;
  if (first === undefined || curve.length < 2) return null;
  const direction = unit(down);
  const reach = voxels.corners.map((corner) => dot(subtract(corner, first.at), direction));
  const [top, bottom] = [Math.min(...reach), Math.max(...reach)];
  const height = Math.min(2048, Math.max(2, Math.floor((bottom - top) / stepMm) + 1));
  const values = new Float32Array(curve.length * height).fill(Number.NaN);
  const layers = layersOf(slab, Math.min(...voxels.spacing));
  for (const [column, { at, tangent }] of curve.entries()) {
    const across = unit(cross(tangent, direction));
    for (let row = 0; row < height; row += 1) {
      const middle = add(at, scale(direction, top + row * stepMm));
      values[row * curve.length + column] = project(voxels, middle, across, layers, slab);
    }
  }
  return { width: curve.length, height, stepMm, values, points: curve };
}

function project(
  voxels: Voxels,
  middle: Vec3,
  across: Vec3,
  layers: readonly number[],
  { mode }: Slab,
): number {
  if (layers.length === 1) return sampleAt(voxels, middle);
  let result = Number.NaN;
  let count = 0;
  for (const offset of layers) {
    const value = sampleAt(voxels, add(middle, scale(across, offset)));
    if (Number.isNaN(value)) continue;
    count += 1;
    if (count === 1) result = value;
    else if (mode === 'average') result += value;
    else if (mode === 'mip' ? value > result : value < result) result = value;
  }
  return mode === 'average' && count > 1 ? result / count : result;
}
