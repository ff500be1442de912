// One drawing of a saved set as lines and words over the picture. Round shapes are drawn point by point, so that they stay
// right where pixels are not square.
import { svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import type { Mark } from './model/saved-types.ts';

type Place = { toCanvas(image: Point): Point; size: Size };
/** Words that stand already: the next ones move down. */
export type TakenPlaces = { x: number; y: number; width: number; height: number }[];
type Look = { color: string | null; label: string; taken?: TakenPlaces };

const roundSteps = 72;

type Drawable = Pick<Mark, 'shape' | 'points'> & { tool?: string | null };

export function drawMark(mark: Drawable, place: Place, look: Look): SVGElement {
  const group = svg('g', { class: 'yv-saved-mark', 'data-shape': mark.shape });
  const strokes = strokesOf(mark, place.toCanvas);
  for (const kind of ['yv-halo', 'yv-line']) {
    for (const { points, isClosed } of strokes) {
      const line = svg(isClosed ? 'polygon' : 'polyline', {
        class: kind,
        points: points.map(written).join(' '),
      });
      if (kind === 'yv-line' && look.color !== null) line.setAttribute('style', `stroke:${look.color}`);
      group.append(line);
    }
  }
  if (look.label !== '') group.append(labelOf(mark, place, look));
  return group;
}

function written({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

function labelOf(
  { shape, points }: Pick<Mark, 'shape' | 'points'>,
  { toCanvas, size }: Place,
  look: Look,
): SVGElement {
  const places = points.map(toCanvas);
  const anchor =
    shape === 'arrow'
      ? (places[places.length - 1] ?? { x: 0, y: 0 })
      : places.reduce((best, point) => (point.x > best.x ? point : best), places[0] ?? { x: 0, y: 0 });
  const offset = shape === 'text' ? 0 : 12;
  const lines = look.label.split('\n');
  const longest = Math.max(...lines.map((line) => line.length));
  const x =
    anchor.x + offset + 9 * longest > size.width
      ? Math.max(4, anchor.x - offset - 9 * longest)
      : anchor.x + offset;
  const wanted = Math.min(size.height - 16 * lines.length, Math.max(16, anchor.y + 4));
  const box = { x, y: wanted, width: 8 * longest, height: 16 * lines.length };
  const y = freeHeight(box, look.taken ?? [], size.height);
  look.taken?.push({ ...box, y });
  const text = svg('text', { class: 'yv-value', x: x.toFixed(1), y: y.toFixed(1) });
  if (look.color !== null) text.setAttribute('style', `fill:${look.color}`);
  for (const [at, line] of lines.entries())
    text.append(svg('tspan', { x: x.toFixed(1), dy: at === 0 ? '0' : '16' }, line));
  return text;
}

/** Below what it would cover, as long as that is on screen. */
function freeHeight(box: TakenPlaces[number], taken: TakenPlaces, height: number): number {
  let { y } = box;
  for (let tries = 0; tries < 20; tries += 1) {
    const hit = taken.find(
      (one) =>
        box.x < one.x + one.width &&
        one.x < box.x + box.width &&
        y < one.y + one.height &&
        one.y < y + box.height,
    );
    if (hit === undefined) return y;
    y = hit.y + hit.height;
    if (y + box.height > height) return box.y;
  }
  return box.y;
}

type Stroke = { points: Point[]; isClosed: boolean };

function strokesOf({ shape, points, tool }: Drawable, toCanvas: Place['toCanvas']): Stroke[] {
  const [a, b, c, d] = points;
  if (a === undefined) return [];
  switch (shape) {
    case 'text':
      return [];
    case 'point':
    case 'points':
      return points.flatMap((point) => crossAt(toCanvas(point)));
    case 'polyline':
      // Cobb: two lines, not one.
      if (tool === 'cobb')
        return [points.slice(0, 2), points.slice(2)].map((ends) => ({
          points: ends.map(toCanvas),
          isClosed: false,
        }));
      return [{ points: points.map(toCanvas), isClosed: false }];
    case 'polygon':
      return [{ points: points.map(toCanvas), isClosed: true }];
    case 'arrow':
      return b === undefined ? [] : arrow(toCanvas(a), toCanvas(b));
    case 'circle': {
      if (b === undefined) return [];
      const radius = Math.hypot(b.x - a.x, b.y - a.y);
      return [round(a, { x: radius, y: 0 }, { x: 0, y: radius }, toCanvas)];
    }
    case 'ellipse': {
      if (b === undefined || c === undefined || d === undefined) return [];
      const centre = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
      const first = { x: (b.x - a.x) / 2, y: (b.y - a.y) / 2 };
      const second = { x: (d.x - c.x) / 2, y: (d.y - c.y) / 2 };
      return [round(centre, first, second, toCanvas)];
    }
  }
}

function round(centre: Point, first: Point, second: Point, toCanvas: Place['toCanvas']): Stroke {
  const points = Array.from({ length: roundSteps }, (_, step) => {
    const angle = (step / roundSteps) * 2 * Math.PI;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return toCanvas({
      x: centre.x + cos * first.x + sin * second.x,
      y: centre.y + cos * first.y + sin * second.y,
    });
  });
  return { points, isClosed: true };
}

function crossAt({ x, y }: Point): Stroke[] {
  return [
    {
      points: [
        { x: x - 6, y },
        { x: x + 6, y },
      ],
      isClosed: false,
    },
    {
      points: [
        { x, y: y - 6 },
        { x, y: y + 6 },
      ],
      isClosed: false,
    },
  ];
}

/** Its head keeps its size on screen. */
function arrow(tip: Point, tail: Point): Stroke[] {
  const length = Math.hypot(tail.x - tip.x, tail.y - tip.y);
  if (length === 0) return [];
  const [ux, uy] = [(tail.x - tip.x) / length, (tail.y - tip.y) / length];
  const head = (side: number): Point => ({
    x: tip.x + 12 * ux - side * 5 * uy,
    y: tip.y + 12 * uy + side * 5 * ux,
  });
  return [
    { points: [tip, tail], isClosed: false },
    { points: [head(1), tip, head(-1)], isClosed: false },
  ];
}
