// Values of what was drawn: lengths, angles and areas, each with its unit and with what must be said beside it. They
// are told only for frames in full quality (viewer safety rule): until then they read "…".
import type { Point } from './affine.ts';
import type { EllipseMeasurement, FreehandMeasurement, RectangleMeasurement } from './measurement.ts';
import type { Spacing } from './spacing.ts';

/** Something with a length and a direction, in mm or square pixels. */
type Arm = { x: number; y: number };

export type AreaMeasurement = EllipseMeasurement | RectangleMeasurement | FreehandMeasurement;

export type Caveat = 'none' | 'uncalibrated' | 'at-detector' | 'manual';

export type MeasuredValue = {
  value: number;
  unit: 'mm' | 'px' | 'mm²' | 'px²' | '°';
  /** What must be said with the number. */
  caveat: Caveat;
};

export function measureLength([a, b]: readonly [Point, Point], spacing: Spacing): MeasuredValue {
  // Pixels that are not square but of unknown size are counted in units of the row distance.
  const value = lengthOf(arm(a, b, spacing));
  return { value, unit: spacing.kind === 'none' ? 'px' : 'mm', caveat: caveatOf(spacing) };
}

/** Degrees from 0 to 180; 0 when an arm has no length. */
export function measureAngle(
  [a, vertex, b]: readonly [Point, Point, Point],
  spacing: Spacing,
): MeasuredValue {
  return degrees(between(arm(vertex, a, spacing), arm(vertex, b, spacing)));
}

/**
 * The angle between two lines. Which way each line was drawn does not matter: the ends that lie nearer to each other
 * belong to one side, so a curve of more than 90° reads as such.
 */
export function measureCobb(
  [a1, a2, b1, b2]: readonly [Point, Point, Point, Point],
  spacing: Spacing,
): MeasuredValue {
  const apart = (a: Point, b: Point) => lengthOf(arm(a, b, spacing));
  const isCrossed = apart(a1, b2) + apart(a2, b1) < apart(a1, b1) + apart(a2, b2);
  const first = arm(a1, a2, spacing);
  const second = isCrossed ? arm(b2, b1, spacing) : arm(b1, b2, spacing);
  return degrees(between(first, second));
}

/** Null for an outline that crosses itself: it encloses no one area. */
export function measureArea(measurement: AreaMeasurement, spacing: Spacing): MeasuredValue | null {
  const value = areaOf(measurement, spacing);
  if (value === null) return null;
  return { value, unit: spacing.kind === 'none' ? 'px²' : 'mm²', caveat: caveatOf(spacing) };
}

function areaOf(measurement: AreaMeasurement, spacing: Spacing): number | null {
  switch (measurement.kind) {
    case 'ellipse': {
      const [a, b, c, d] = measurement.points;
      // The area scales with the pixel; the axes are right-angled in pixels, not always in mm.
      return (Math.PI / 4) * distance(a, b) * distance(c, d) * spacing.x * spacing.y;
    }
    case 'rectangle': {
      const [a, b] = measurement.points;
      return Math.abs((b.x - a.x) * (b.y - a.y)) * spacing.x * spacing.y;
    }
    case 'freehand':
      if (crossesItself(measurement.points)) return null;
      return Math.abs(shoelace(measurement.points)) * spacing.x * spacing.y;
  }
}

function shoelace(points: readonly Point[]): number {
  let sum = 0;
  for (const [at, a] of points.entries()) {
    const b = points[(at + 1) % points.length] ?? a;
    sum += a.x * b.y - b.x * a.y;
  }
  return sum / 2;
}

export function crossesItself(points: readonly Point[]): boolean {
  const count = points.length;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 2; j < count; j += 1) {
      if (i === 0 && j === count - 1) continue;
      const [a, b, c, d] = [points[i], points[i + 1], points[j], points[(j + 1) % count]];
      if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

function side(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

export function caveatOf({ kind }: Spacing): Caveat {
  if (kind === 'none') return 'uncalibrated';
  if (kind === 'manual') return 'manual';
  return kind === 'detector' ? 'at-detector' : 'none';
}

/** 12.4 mm, 38 px, 42.0°, 103 mm²: a thin space before the unit, as many digits as mean something. */
export function formatValue(measured: MeasuredValue): string {
  const { value, unit } = measured;
  switch (unit) {
    case '°':
      return `${value.toFixed(1)}°`;
    case 'px':
      return `${value.toFixed(value < 10 ? 1 : 0)}\u2009px`;
    case 'mm':
      return `${value.toFixed(value < 10 ? 2 : 1)}\u2009mm`;
    case 'px²':
    case 'mm²':
      return `${value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0)}\u2009${unit}`;
  }
}

function arm(from: Point, to: Point, spacing: Spacing): Arm {
  return { x: (to.x - from.x) * spacing.x, y: (to.y - from.y) * spacing.y };
}

function between(u: Arm, v: Arm): number {
  if (lengthOf(u) === 0 || lengthOf(v) === 0) return 0;
  return (Math.abs(Math.atan2(u.x * v.y - u.y * v.x, u.x * v.x + u.y * v.y)) * 180) / Math.PI;
}

function degrees(value: number): MeasuredValue {
  return { value, unit: '°', caveat: 'none' };
}

function lengthOf({ x, y }: Arm): number {
  return Math.hypot(x, y);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** Scale bar: the longest of 1, 2, 5 × 10ⁿ mm that fits into `most` canvas pixels. */
export function scaleBarMm(pixelsPerMm: number, most: number): number {
  const limit = most / pixelsPerMm;
  const power = 10 ** Math.floor(Math.log10(limit));
  return [5, 2, 1].map((step) => step * power).find((length) => length <= limit) ?? power;
}
