// Measuring in M-mode and spectral Doppler: regions whose axes are time and depth, velocity or frequency (PS3.3
// C.8.5.5, US Region Calibration). A line gives the difference along each axis with its own unit, never a length across
// two different ones; a point gives its distance from the base line.
import type { Point } from '../geometry/affine.ts';
import { holdsPoint, type UltrasoundRegion } from '../geometry/spacing.ts';

/** Physical Units X/Y Direction (0018,6024), (0018,6026). */
const quantities = {
  3: { name: 'distance', unit: 'mm', factor: 10 },
  4: { name: 'time', unit: 's', factor: 1 },
  5: { name: 'frequency', unit: 'Hz', factor: 1 },
  7: { name: 'velocity', unit: 'cm/s', factor: 1 },
} as const;

export type TraceQuantity = (typeof quantities)[keyof typeof quantities]['name'];
export type TraceValue = { name: TraceQuantity; value: number; unit: string };

type Axis = { name: TraceQuantity; unit: string; perPixel: number };

export type Trace = { region: UltrasoundRegion; x: Axis; y: Axis };

/** The one region that holds all points, when its axes are not both distances. */
export function traceAt(regions: readonly UltrasoundRegion[], points: readonly Point[]): Trace | null {
  if (points.length === 0) return null;
  const holding = regions.filter((region) => points.every((point) => holdsPoint(region, point)));
  const [region] = holding;
  if (region === undefined || holding.length > 1) return null;
  const x = axisOf(region.unitsX, region.deltaX);
  const y = axisOf(region.unitsY, region.deltaY);
  if (x === null || y === null || (x.name === 'distance' && y.name === 'distance')) return null;
  return { region, x, y };
}

/** Differences between two points, without sign; those that the line does not have are left out. */
export function traceDifferences(trace: Trace, [a, b]: readonly [Point, Point]): TraceValue[] {
  const along = (axis: Axis, pixels: number): TraceValue[] =>
    Math.abs(pixels) < 0.5
      ? []
      : [{ name: axis.name, value: Math.abs(pixels) * axis.perPixel, unit: axis.unit }];
  return [...along(trace.x, b.x - a.x), ...along(trace.y, b.y - a.y)];
}

/** How steep: mm/s in M-mode, cm/s² in Doppler. Null where the axes have no such meaning. */
export function traceSlope(values: readonly TraceValue[]): { value: number; unit: string } | null {
  const time = values.find(({ name }) => name === 'time');
  const other = values.find(({ name }) => name === 'distance' || name === 'velocity');
  if (time === undefined || other === undefined || !(time.value > 0)) return null;
  return { value: other.value / time.value, unit: other.name === 'distance' ? 'mm/s' : 'cm/s²' };
}

/** One heart beat as long as the line: told for lines along the time axis alone. */
export function beatsPerMinute(values: readonly TraceValue[]): number | null {
  const [only] = values;
  if (values.length !== 1 || only?.name !== 'time' || !(only.value >= 0.2 && only.value <= 3)) return null;
  return 60 / only.value;
}

/** Velocity or depth of a point, from the region's reference pixel; null where the object names none. */
export function traceLevel(trace: Trace, at: Point): TraceValue | null {
  const { region, y } = trace;
  if (y.name === 'distance' || y.name === 'time') return null;
  if (region.referenceY == null) return null;
  const rows = at.y - (region.top + region.referenceY);
  const value = Math.abs((region.referenceValueY ?? 0) + rows * Math.sign(region.deltaY) * y.perPixel);
  return { name: y.name, value, unit: y.unit };
}

/** Simplified Bernoulli equation, mmHg of a velocity in cm/s. */
export function pressureGradient(velocity: TraceValue): number | null {
  return velocity.name === 'velocity' ? 4 * (velocity.value / 100) ** 2 : null;
}

function axisOf(units: number, delta: number): Axis | null {
  const quantity = units === 3 || units === 4 || units === 5 || units === 7 ? quantities[units] : null;
  const perPixel = Math.abs(delta) * (quantity?.factor ?? 0);
  if (quantity === null || !(perPixel > 0) || !Number.isFinite(perPixel)) return null;
  return { name: quantity.name, unit: quantity.unit, perPixel };
}
