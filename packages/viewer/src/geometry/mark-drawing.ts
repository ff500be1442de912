// A length or an angle of a reconstruction as SVG over the picture: halo, line, grips and its value.
import { svg } from '../dom.ts';
import type { Point } from './affine.ts';

/** Points in CSS pixels of the picture's stage. */
export function drawMark(points: readonly Point[], label: string): SVGElement[] {
  const line = points.map(({ x, y }) => `${x},${y}`).join(' ');
  const [a, b, c] = points;
  // Of an angle the value stands at its corner, outside the arms.
  const at = c === undefined || a === undefined || b === undefined ? (b ?? a) : outside(a, b, c);
  const text = svg('text', { class: 'yv-value', x: String((at?.x ?? 0) + 8), y: String((at?.y ?? 0) - 6) });
  text.textContent = label;
  const grips = points.map(({ x, y }) =>
    svg('circle', { class: 'yv-grip', cx: String(x), cy: String(y), r: '4' }),
  );
  return [
    svg('polyline', { class: 'yv-halo', points: line }),
    svg('polyline', { class: 'yv-line', points: line }),
    ...grips,
    text,
  ];
}

function outside(a: Point, b: Point, c: Point): Point {
  const [x, y] = [(a.x + c.x) / 2 - b.x, (a.y + c.y) / 2 - b.y];
  const size = Math.hypot(x, y) || 1;
  return { x: b.x - (x / size) * 18, y: b.y - (y / size) * 18 };
}
