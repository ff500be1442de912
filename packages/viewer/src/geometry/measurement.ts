// What readers draw on frames, as plain objects that can be kept and sent. Points lie in image pixels of one frame
// (column, row; the centre of the first pixel is 0,0), so they stay right under every zoom and turn. Objects are
// never changed in place: a change makes a new one, so that values can be remembered by object.
import type { Point } from './affine.ts';

export type Placed = {
  id: string;
  sopInstanceUid: string;
  frameNumber: number;
  /** stored: read from an object of the archive (SR, GSPS); shown, and not changed by hand. */
  origin: 'drawn' | 'stored';
  /** What somebody wrote to it; empty when nobody did. */
  text: string;
  /** Where the text begins, when it was moved from beside the shape. */
  label?: Point;
  /** #rrggbb, when the object says one. */
  colour?: string;
};

export type LengthMeasurement = Placed & { kind: 'length'; points: readonly [Point, Point] };
/** The vertex is the middle point. */
export type AngleMeasurement = Placed & { kind: 'angle'; points: readonly [Point, Point, Point] };
/** Two lines, each by its ends: the angle between them (Cobb). */
export type CobbMeasurement = Placed & { kind: 'cobb'; points: readonly [Point, Point, Point, Point] };
/** The ends of one axis, then of the axis across it, as in the standard's ELLIPSE (either may be the longer). */
export type EllipseMeasurement = Placed & { kind: 'ellipse'; points: readonly [Point, Point, Point, Point] };
/** Two opposite corners; sides along rows and columns. */
export type RectangleMeasurement = Placed & { kind: 'rectangle'; points: readonly [Point, Point] };
/** A closed outline; the last point joins the first. */
export type FreehandMeasurement = Placed & { kind: 'freehand'; points: readonly Point[] };
export type ProbeMeasurement = Placed & { kind: 'probe'; points: readonly [Point] };
/** From the tip to the tail. */
export type ArrowMeasurement = Placed & { kind: 'arrow'; points: readonly [Point, Point] };
export type TextMeasurement = Placed & { kind: 'text'; points: readonly [Point] };

export type Measurement =
  | LengthMeasurement
  | AngleMeasurement
  | CobbMeasurement
  | EllipseMeasurement
  | RectangleMeasurement
  | FreehandMeasurement
  | ProbeMeasurement
  | ArrowMeasurement
  | TextMeasurement;

export type MeasurementKind = Measurement['kind'];

/** The size of a pixel that a reader gave for a whole series by drawing a known length. */
export type Calibration = { seriesInstanceUid: string; mmPerColumn: number; mmPerRow: number };

export const measurementKinds: readonly MeasurementKind[] = [
  'length',
  'angle',
  'cobb',
  'ellipse',
  'rectangle',
  'freehand',
  'probe',
  'arrow',
  'text',
];

/** Points a kind has; freehand outlines have at least three. */
export const pointCounts: Record<MeasurementKind, number> = {
  length: 2,
  angle: 3,
  cobb: 4,
  ellipse: 4,
  rectangle: 2,
  freehand: 3,
  probe: 1,
  arrow: 2,
  text: 1,
};

const mostPoints = 5000;
const mostText = 1000;

/** The same measurement with other points; null where their number does not suit the kind. */
export function withPoints(measurement: Measurement, points: readonly Point[]): Measurement | null {
  return shaped(measurement, measurement.kind, points);
}

export function shaped(placed: Placed, kind: MeasurementKind, points: readonly Point[]): Measurement | null {
  const { id, sopInstanceUid, frameNumber, origin, text, label, colour } = placed;
  const where: Placed = { id, sopInstanceUid, frameNumber, origin, text };
  if (label !== undefined) where.label = label;
  if (colour !== undefined) where.colour = colour;
  if (kind === 'freehand') return points.length === 0 ? null : { ...where, kind, points };
  if (points.length !== pointCounts[kind]) return null;
  const [a, b, c, d] = points;
  if (a === undefined) return null;
  if (kind === 'probe' || kind === 'text') return { ...where, kind, points: [a] };
  if (b === undefined) return null;
  if (kind === 'length' || kind === 'rectangle' || kind === 'arrow')
    return { ...where, kind, points: [a, b] };
  if (c === undefined) return null;
  if (kind === 'angle') return { ...where, kind, points: [a, b, c] };
  return d === undefined ? null : { ...where, kind, points: [a, b, c, d] };
}

/** Reads what was kept or sent; null for anything that is not a measurement of sane size. */
export function readMeasurement(raw: unknown): Measurement | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const field = (name: string): unknown => Reflect.get(raw, name);
  const kind = measurementKinds.find((one) => one === field('kind'));
  const [id, sopInstanceUid, frameNumber] = [field('id'), field('sopInstanceUid'), field('frameNumber')];
  const list = field('points');
  if (kind === undefined || typeof id !== 'string' || typeof sopInstanceUid !== 'string') return null;
  if (typeof frameNumber !== 'number' || !Array.isArray(list) || list.length > mostPoints) return null;
  const points = list.map(readPoint).filter((point) => point !== null);
  if (points.length !== list.length) return null;
  const text = field('text');
  const label = readPoint(field('label'));
  const colour = field('colour');
  const placed: Placed = {
    id,
    sopInstanceUid,
    frameNumber,
    origin: field('origin') === 'stored' ? 'stored' : 'drawn',
    text: typeof text === 'string' ? text.slice(0, mostText) : '',
  };
  if (label !== null) placed.label = label;
  if (typeof colour === 'string' && /^#[0-9a-f]{6}$/i.test(colour)) placed.colour = colour;
  return shaped(placed, kind, points);
}

function readPoint(raw: unknown): Point | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const [x, y] = [Reflect.get(raw, 'x'), Reflect.get(raw, 'y')];
  const isPoint = typeof x === 'number' && typeof y === 'number' && Number.isFinite(x + y);
  return isPoint ? { x, y } : null;
}
