// What readers draw, in the shapes that documents know.
import type { Point } from '../geometry/affine.ts';
import type { Measurement } from '../geometry/measurement.ts';
import type { Mark, MarkShape, MarkTrust, MarkValue } from './model/saved-types.ts';

const shapes: Readonly<Record<string, MarkShape>> = {
  length: 'polyline',
  angle: 'polyline',
  cobb: 'polyline',
  ellipse: 'ellipse',
  rectangle: 'polygon',
  freehand: 'polygon',
  probe: 'point',
  arrow: 'arrow',
  text: 'text',
};

/** Its values, and how far they may be trusted. */
export type Valued = { values: MarkValue[]; trust: MarkTrust };

export function markOf(measurement: Measurement, { values, trust }: Valued, trackingUid: string): Mark {
  const { id, sopInstanceUid, frameNumber, kind } = measurement;
  const text: unknown = Reflect.get(measurement, 'text');
  return {
    id,
    sopInstanceUid,
    frameNumber,
    tool: kind,
    shape: shapes[kind] ?? 'polyline',
    points: outline(kind, measurement.points),
    values,
    text: typeof text === 'string' ? text : '',
    color: null,
    trust: values.length === 0 ? null : trust,
    trackingUid,
  };
}

/** A rectangle is kept by two corners and written with four. */
function outline(kind: string, points: readonly Point[]): Point[] {
  const [a, b] = points;
  if (kind !== 'rectangle' || a === undefined || b === undefined)
    return points.map((point) => ({ ...point }));
  return [{ ...a }, { x: b.x, y: a.y }, { ...b }, { x: a.x, y: b.y }];
}

/** Told apart by what matters for the archive: moved points make another drawing. */
export function versionOf(measurement: Measurement): string {
  return JSON.stringify([measurement.id, measurement.points, Reflect.get(measurement, 'text')]);
}
