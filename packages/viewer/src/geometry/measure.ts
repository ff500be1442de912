// Lengths and angles as plain objects in image pixels, so that they stay right under every zoom and turn, and can be
// kept. Values exist only for frames in full quality (viewer safety rule): until then they read "…".
import type { Point } from './affine.ts';
import type { Spacing } from './spacing.ts';

type Placed = { id: string; sopInstanceUid: string; frameNumber: number };

export type LengthMeasurement = Placed & { kind: 'length'; points: [Point, Point] };
/** The vertex is the middle point. */
export type AngleMeasurement = Placed & { kind: 'angle'; points: [Point, Point, Point] };
export type Measurement = LengthMeasurement | AngleMeasurement;

export type MeasuredValue = {
  value: number;
  unit: 'mm' | 'px' | '°';
  /** What must be said with the number. */
  caveat: 'none' | 'uncalibrated' | 'at-detector';
};

export function measure(measurement: Measurement, spacing: Spacing): MeasuredValue {
  switch (measurement.kind) {
    case 'length':
      return measureLength(measurement.points, spacing);
    case 'angle':
      return { value: angleOf(measurement.points, spacing), unit: '°', caveat: 'none' };
  }
}

function measureLength([a, b]: [Point, Point], spacing: Spacing): MeasuredValue {
  const isMm = spacing.kind !== 'none';
  // Pixels that are not square but of unknown size are counted in units of the row distance.
  const value = Math.hypot((b.x - a.x) * spacing.x, (b.y - a.y) * spacing.y);
  if (!isMm) return { value, unit: 'px', caveat: 'uncalibrated' };
  return { value, unit: 'mm', caveat: spacing.kind === 'detector' ? 'at-detector' : 'none' };
}

/** Degrees from 0 to 180; 0 when an arm has no length. */
function angleOf([a, vertex, b]: [Point, Point, Point], spacing: Spacing): number {
  const ux = (a.x - vertex.x) * spacing.x;
  const uy = (a.y - vertex.y) * spacing.y;
  const vx = (b.x - vertex.x) * spacing.x;
  const vy = (b.y - vertex.y) * spacing.y;
  if (Math.hypot(ux, uy) === 0 || Math.hypot(vx, vy) === 0) return 0;
  return (Math.abs(Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)) * 180) / Math.PI;
}

/** 12.4 mm, 38 px, 42.0°: a thin space before the unit, as many digits as mean something. */
export function formatValue(measured: MeasuredValue): string {
  const { value, unit } = measured;
  if (unit === '°') return `${value.toFixed(1)}°`;
  if (unit === 'px') return `${value.toFixed(value < 10 ? 1 : 0)}\u2009px`;
  return `${value.toFixed(value < 10 ? 2 : 1)}\u2009mm`;
}

export type Grip = { id: string; point: number };

/** The grip within `reach` canvas pixels of `at`, nearest first. */
export function findGrip(
  measurements: readonly Measurement[],
  toCanvas: (point: Point) => Point,
  at: Point,
  reach: number,
): Grip | null {
  let found: Grip | null = null;
  let nearest = reach;
  for (const { id, points } of measurements) {
    for (const [index, point] of points.entries()) {
      const { x, y } = toCanvas(point);
      const distance = Math.hypot(x - at.x, y - at.y);
      if (distance <= nearest) {
        nearest = distance;
        found = { id, point: index };
      }
    }
  }
  return found;
}

/** The measurement whose line passes within `reach` canvas pixels of `at`. */
export function findLine(
  measurements: readonly Measurement[],
  toCanvas: (point: Point) => Point,
  at: Point,
  reach: number,
): string | null {
  for (const { id, points } of measurements) {
    const drawn = points.map(toCanvas);
    for (const [index, from] of drawn.entries()) {
      const to = drawn[index + 1];
      if (to !== undefined && distanceToSegment(at, from, to) <= reach) return id;
    }
  }
  return null;
}

function distanceToSegment(at: Point, from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  const t =
    length === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - from.x) * dx + (at.y - from.y) * dy) / length));
  return Math.hypot(from.x + t * dx - at.x, from.y + t * dy - at.y);
}

/** Scale bar: the longest of 1, 2, 5 × 10ⁿ mm that fits into `most` canvas pixels. */
export function scaleBarMm(pixelsPerMm: number, most: number): number {
  const limit = most / pixelsPerMm;
  const power = 10 ** Math.floor(Math.log10(limit));
  return [5, 2, 1].map((step) => step * power).find((length) => length <= limit) ?? power;
}
