// Lengths and areas drawn on a slide: points in pixels of the finest level, so that they stay where they were drawn at
// every zoom. Kept for the tab, so that a reload loses none.
import { svg } from '../dom.ts';
import { areaUm2, lengthUm, type SlidePoint, showArea, showLength } from './slide-levels.ts';

export type SlideDrawing = { kind: 'length' | 'area'; points: SlidePoint[] };

const mostDrawings = 200;
const mostPoints = 500;

export function loadDrawings(key: string): SlideDrawing[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored.filter(isDrawing).slice(0, mostDrawings);
  } catch {
    return [];
  }
}

export function keepDrawings(key: string, drawings: readonly SlideDrawing[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(drawings));
  } catch {
    // Storage is full or forbidden: they stay on the screen.
  }
}

function isDrawing(value: unknown): value is SlideDrawing {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('points' in value)) return false;
  const { kind, points } = value;
  return (
    (kind === 'length' || kind === 'area') &&
    Array.isArray(points) &&
    points.length <= mostPoints &&
    points.every((one) => Number.isFinite(one?.x) && Number.isFinite(one?.y))
  );
}

export function drawAll(
  root: SVGElement,
  drawings: readonly SlideDrawing[],
  facts: {
    um: SlidePoint | null;
    toScreen(point: SlidePoint): SlidePoint;
    uncalibrated: string;
  },
): void {
  root.replaceChildren(...drawings.map((one) => drawOne(one, facts)));
}

function drawOne(
  { kind, points }: SlideDrawing,
  { um, toScreen, uncalibrated }: Parameters<typeof drawAll>[2],
): SVGElement {
  const shown = points.map(toScreen);
  const line = shown.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const shape = kind === 'area' && points.length > 2 ? 'polygon' : 'polyline';
  const last = shown[shown.length - 1] ?? { x: 0, y: 0 };
  const value = kind === 'length' ? lengthUm(points, um) : areaUm2(points, um);
  const text = value === null ? uncalibrated : kind === 'length' ? showLength(value) : showArea(value);
  const isComplete = points.length >= (kind === 'length' ? 2 : 3);
  return svg(
    'g',
    { class: 'yv-slide-drawing' },
    svg(shape, { points: line, class: 'yv-slide-halo' }),
    svg(shape, { points: line, class: 'yv-slide-line' }),
    ...shown.map(({ x, y }) => svg('circle', { cx: x.toFixed(1), cy: y.toFixed(1), r: '4' })),
    ...(isComplete ? [svg('text', { x: (last.x + 10).toFixed(1), y: (last.y - 8).toFixed(1) }, text)] : []),
  );
}
