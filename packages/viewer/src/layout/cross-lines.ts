// Over each viewport: where the active viewport's slice cuts this one, and the point that the crosshair marked. Drawn
// in an SVG of its own, so that measurements and corner text know nothing of it.
import { svg } from '../dom.ts';
import type { Pane } from '../pane/pane.ts';
import { planeShown } from './pane-stack.ts';
import { crossing, distanceTo, type SlicePlane, toPixel, type Vector } from './planes.ts';

export type Mark = { frameOfReferenceUid: string | null; series: string; point: Vector };

const drawings = new WeakMap<Pane, SVGElement>();

export function drawCrossLines(pane: Pane, active: Pane | null, hasLines: boolean, mark: Mark | null): void {
  const drawing = drawingOf(pane);
  const plane = planeShown(pane);
  if (plane === null) {
    drawing.replaceChildren();
    return;
  }
  const parts: SVGElement[] = [];
  if (hasLines && active !== null && active !== pane) parts.push(...lineOf(pane, plane, planeShown(active)));
  if (mark !== null) parts.push(...markIn(pane, plane, mark));
  drawing.replaceChildren(...parts);
}

function lineOf(pane: Pane, plane: SlicePlane, cutting: SlicePlane | null): SVGElement[] {
  const line = cutting === null ? null : crossing(plane, cutting);
  if (line === null) return [];
  const { toCanvas } = pane.transform();
  const [a, b] = [toCanvas(line[0]), toCanvas(line[1])];
  const d = `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
  return [svg('path', { class: 'yv-halo', d }), svg('path', { class: 'yv-reference', d })];
}

/** The point, where this slice is the one that holds it; else nothing, so that no slice claims it wrongly. */
function markIn(pane: Pane, plane: SlicePlane, mark: Mark): SVGElement[] {
  const isHere =
    mark.frameOfReferenceUid === null
      ? pane.opened?.series.seriesInstanceUid === mark.series
      : plane.frameOfReferenceUid === mark.frameOfReferenceUid;
  const reach = Math.max(pane.facts?.sliceThickness ?? 0, 1) / 2 + 0.5;
  if (!isHere || Math.abs(distanceTo(plane, mark.point)) > reach) return [];
  const { x, y } = pane.transform().toCanvas(toPixel(plane, mark.point));
  const gap = 6;
  const { width, height } = pane.size;
  const d = `M0 ${y}H${x - gap}M${x + gap} ${y}H${width}M${x} 0V${y - gap}M${x} ${y + gap}V${height}`;
  const attributes = { 'data-x': x.toFixed(1), 'data-y': y.toFixed(1) };
  return [svg('path', { class: 'yv-halo', d }), svg('path', { class: 'yv-crosshair', d, ...attributes })];
}

function drawingOf(pane: Pane): SVGElement {
  const known = drawings.get(pane);
  if (known !== undefined) return known;
  const made = svg('svg', { class: 'yv-drawing yv-cross-lines', 'aria-hidden': 'true' });
  drawings.set(pane, made);
  pane.stage.after(made);
  return made;
}
