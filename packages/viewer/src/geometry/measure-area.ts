// Statistics of the pixels under an area: those whose centre lies inside it, in rescaled values (HU, SUV …). The
// standard deviation is that of the pixels themselves (divided by their number).
import type { Pixels } from '../frames/pixels.ts';
import type { Point } from './affine.ts';
import type { AreaMeasurement } from './measure.ts';

export type AreaStatistics = { count: number; mean: number; deviation: number; min: number; max: number };

export type Rescaling = { slope: number; intercept: number };

/** First and last column inside, per row. */
type Span = { row: number; from: number; to: number };

/** Null where there is nothing to tell: colours, previews, no pixel inside. */
export function areaStatistics(
  measurement: AreaMeasurement,
  pixels: Pixels,
  { slope, intercept }: Rescaling,
): AreaStatistics | null {
  if (pixels.components !== 1 || pixels.step !== 1) return null;
  let count = 0;
  let mean = 0;
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { row, from, to } of spansOf(measurement, pixels.columns, pixels.rows)) {
    const start = row * pixels.columns;
    for (let column = from; column <= to; column += 1) {
      const value = pixels.samples[start + column] ?? 0;
      count += 1;
      const off = value - mean;
      mean += off / count;
      squares += off * (value - mean);
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (count === 0) return null;
  const ends = [min * slope + intercept, max * slope + intercept];
  return {
    count,
    mean: mean * slope + intercept,
    deviation: Math.sqrt(squares / count) * Math.abs(slope),
    min: Math.min(...ends),
    max: Math.max(...ends),
  };
}

function spansOf(measurement: AreaMeasurement, columns: number, rows: number): Iterable<Span> {
  switch (measurement.kind) {
    case 'rectangle': {
      const [a, b] = measurement.points;
      const corners = [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
      return polygonSpans(corners, columns, rows);
    }
    case 'freehand':
      return polygonSpans(measurement.points, columns, rows);
    case 'ellipse':
      return ellipseSpans(measurement.points, columns, rows);
  }
}

/** Even-odd rule, row by row; an edge holds its upper and left points, not its lower and right ones. */
function* polygonSpans(points: readonly Point[], columns: number, rows: number): Generator<Span> {
  const ys = points.map(({ y }) => y);
  const first = Math.max(0, Math.ceil(Math.min(...ys)));
  const last = Math.min(rows - 1, Math.floor(Math.max(...ys)));
  for (let row = first; row <= last; row += 1) {
    const crossings: number[] = [];
    for (const [at, a] of points.entries()) {
      const b = points[(at + 1) % points.length] ?? a;
      if (a.y <= row === b.y <= row) continue;
      crossings.push(a.x + ((row - a.y) / (b.y - a.y)) * (b.x - a.x));
    }
    crossings.sort((x, y) => x - y);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = Math.max(0, Math.ceil(crossings[at] ?? 0));
      const to = Math.min(columns - 1, Math.ceil(crossings[at + 1] ?? 0) - 1);
      if (from <= to) yield { row, from, to };
    }
  }
}

function* ellipseSpans(
  [a, b, c, d]: readonly [Point, Point, Point, Point],
  columns: number,
  rows: number,
): Generator<Span> {
  const centre = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const half = Math.hypot(b.x - a.x, b.y - a.y) / 2;
  const across = Math.hypot(d.x - c.x, d.y - c.y) / 2;
  if (half === 0 || across === 0) return;
  const cos = (b.x - a.x) / (2 * half);
  const sin = (b.y - a.y) / (2 * half);
  // Qx·x² + Qxy·x·y + Qy·y² ≤ 1 about the centre: solved for x in every row.
  const qx = (cos / half) ** 2 + (sin / across) ** 2;
  const qy = (sin / half) ** 2 + (cos / across) ** 2;
  const qxy = 2 * cos * sin * (1 / half ** 2 - 1 / across ** 2);
  const reach = Math.hypot(half * sin, across * cos);
  const last = Math.min(rows - 1, Math.floor(centre.y + reach));
  for (let row = Math.max(0, Math.ceil(centre.y - reach)); row <= last; row += 1) {
    const y = row - centre.y;
    const inner = (qxy * y) ** 2 - 4 * qx * (qy * y * y - 1);
    if (inner < 0) continue;
    const root = Math.sqrt(inner);
    const from = Math.max(0, Math.ceil(centre.x + (-qxy * y - root) / (2 * qx)));
    const to = Math.min(columns - 1, Math.floor(centre.x + (-qxy * y + root) / (2 * qx)));
    if (from <= to) yield { row, from, to };
  }
}
