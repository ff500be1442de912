// The outlines of measurements and the handles by which they are changed: where they lie, what a handle moves, and
// what a finger or pointer has caught. Works in image pixels; reaches are canvas pixels.
import type { Point } from './affine.ts';
import type { EllipseMeasurement, Measurement } from './measurement.ts';

export type Grip = { id: string; handle: number };
type ToCanvas = (point: Point) => Point;

const ellipseSteps = 64;
const freehandHandles = 8;

/** Lines to draw, in image pixels. A closed one ends where it began. */
export function outlines(measurement: Measurement): readonly (readonly Point[])[] {
  switch (measurement.kind) {
    case 'length':
    case 'angle':
    case 'arrow':
      return [measurement.points];
    case 'cobb': {
      const [a, b, c, d] = measurement.points;
      return [
        [a, b],
        [c, d],
      ];
    }
    case 'rectangle': {
      const [a, b, c, d] = handles(measurement);
      return a === undefined || b === undefined || c === undefined || d === undefined
        ? []
        : [[a, c, b, d, a]];
    }
    case 'freehand': {
      const [first] = measurement.points;
      return first === undefined ? [] : [[...measurement.points, first]];
    }
    case 'ellipse':
      return [ellipseOutline(measurement)];
    case 'probe':
    case 'text':
      return [];
  }
}

function ellipseOutline({ points: [a, b, c, d] }: EllipseMeasurement): Point[] {
  const centre = middle(a, b);
  const u = { x: (b.x - a.x) / 2, y: (b.y - a.y) / 2 };
  const v = { x: (d.x - c.x) / 2, y: (d.y - c.y) / 2 };
  return Array.from({ length: ellipseSteps + 1 }, (_, at) => {
    const turn = (2 * Math.PI * at) / ellipseSteps;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return { x: centre.x + cos * u.x + sin * v.x, y: centre.y + cos * u.y + sin * v.y };
  });
}

/** Handle n of a rectangle is 0 and 1 its two points, 2 and 3 the other corners. */
export function handles(measurement: Measurement): readonly Point[] {
  switch (measurement.kind) {
    case 'rectangle': {
      const [a, b] = measurement.points;
      return [a, b, { x: b.x, y: a.y }, { x: a.x, y: b.y }];
    }
    case 'freehand': {
      const stride = handleStride(measurement.points.length);
      return measurement.points.filter((_, at) => at % stride === 0);
    }
    default:
      return measurement.points;
  }
}

/** The measurement's points after a handle was dragged to a place. */
export function dragHandle(measurement: Measurement, handle: number, to: Point): readonly Point[] {
  switch (measurement.kind) {
    case 'rectangle':
      return dragCorner(measurement.points, handle, to);
    case 'ellipse':
      return dragAxis(measurement.points, handle, to);
    case 'freehand':
      return dragOutline(measurement.points, handle, to);
    default:
      return measurement.points.map((point, at) => (at === handle ? { ...to } : point));
  }
}

function dragCorner([a, b]: readonly [Point, Point], handle: number, to: Point): Point[] {
  if (handle === 0) return [{ ...to }, b];
  if (handle === 1) return [a, { ...to }];
  return handle === 2
    ? [
        { x: a.x, y: to.y },
        { x: to.x, y: b.y },
      ]
    : [
        { x: to.x, y: a.y },
        { x: b.x, y: to.y },
      ];
}

/** The axis keeps its direction and its other end; the axis across it moves along with the middle. */
function dragAxis(points: readonly [Point, Point, Point, Point], handle: number, to: Point): Point[] {
  const [a, b, c, d] = points;
  const [own, fixed] = (
    [
      [a, b],
      [b, a],
      [c, d],
      [d, c],
    ] as const
  )[handle] ?? [a, b];
  const length = Math.hypot(own.x - fixed.x, own.y - fixed.y);
  const along =
    length === 0 ? { x: 1, y: 0 } : { x: (own.x - fixed.x) / length, y: (own.y - fixed.y) / length };
  const reach = Math.max(1, (to.x - fixed.x) * along.x + (to.y - fixed.y) * along.y);
  const end = { x: fixed.x + along.x * reach, y: fixed.y + along.y * reach };
  const before = middle(own, fixed);
  const after = middle(end, fixed);
  const by = { x: after.x - before.x, y: after.y - before.y };
  return points.map((point, at) => {
    if (at === handle) return end;
    return Math.floor(at / 2) === Math.floor(handle / 2) ? point : shift(point, by);
  });
}

/** The outline gives way softly: neighbours follow the handle, less the farther they are. */
function dragOutline(points: readonly Point[], handle: number, to: Point): Point[] {
  const stride = handleStride(points.length);
  const held = points[handle * stride];
  if (held === undefined) return [...points];
  const by = { x: to.x - held.x, y: to.y - held.y };
  return points.map((point, at) => {
    const straight = Math.abs(at - handle * stride);
    const away = Math.min(straight, points.length - straight);
    const share = away >= stride ? 0 : (1 + Math.cos((Math.PI * away) / stride)) / 2;
    return share === 0 ? point : { x: point.x + by.x * share, y: point.y + by.y * share };
  });
}

function handleStride(count: number): number {
  return Math.max(1, Math.ceil(count / freehandHandles));
}

/** An ellipse in the box between two corners. */
export function ellipseIn(a: Point, b: Point): [Point, Point, Point, Point] {
  const x = (a.x + b.x) / 2;
  const y = (a.y + b.y) / 2;
  const isWide = Math.abs(b.x - a.x) >= Math.abs(b.y - a.y);
  const wide: [Point, Point] = [
    { x: a.x, y },
    { x: b.x, y },
  ];
  const high: [Point, Point] = [
    { x, y: a.y },
    { x, y: b.y },
  ];
  return isWide ? [...wide, ...high] : [...high, ...wide];
}

export function shift({ x, y }: Point, by: Point): Point {
  return { x: x + by.x, y: y + by.y };
}

/** The handle within `reach` canvas pixels of `at`, nearest first. */
export function findGrip(
  measurements: readonly Measurement[],
  toCanvas: ToCanvas,
  at: Point,
  reach: number,
): Grip | null {
  let found: Grip | null = null;
  let nearest = reach;
  for (const measurement of measurements) {
    for (const [handle, point] of handles(measurement).entries()) {
      const { x, y } = toCanvas(point);
      const distance = Math.hypot(x - at.x, y - at.y);
      if (distance <= nearest) {
        nearest = distance;
        found = { id: measurement.id, handle };
      }
    }
  }
  return found;
}

/** The measurement whose line passes within `reach` canvas pixels of `at`. */
export function findLine(
  measurements: readonly Measurement[],
  toCanvas: ToCanvas,
  at: Point,
  reach: number,
): string | null {
  for (const measurement of measurements) {
    for (const line of outlines(measurement)) {
      const drawn = line.map(toCanvas);
      for (const [index, from] of drawn.entries()) {
        const to = drawn[index + 1];
        if (to !== undefined && distanceToSegment(at, from, to) <= reach) return measurement.id;
      }
    }
  }
  return null;
}

/** Points of a drawn outline that matter (Ramer–Douglas–Peucker, without recursion). */
export function simplify(points: readonly Point[], tolerance: number): Point[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [first, last] = span;
    const [from, to] = [points[first], points[last]];
    if (from === undefined || to === undefined) continue;
    let farthest = -1;
    let most = tolerance;
    for (let at = first + 1; at < last; at += 1) {
      const point = points[at];
      const away = point === undefined ? 0 : distanceToSegment(point, from, to);
      if (away > most) [farthest, most] = [at, away];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    open.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, at) => kept.has(at));
}

export function distanceToSegment(at: Point, from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  const t =
    length === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - from.x) * dx + (at.y - from.y) * dy) / length));
  return Math.hypot(from.x + t * dx - at.x, from.y + t * dy - at.y);
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
