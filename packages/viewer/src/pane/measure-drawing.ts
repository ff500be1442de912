// One measurement as SVG over the picture: halo, line, handles and the lines of text beside it, which keep inside the
// viewport and can be dragged away.
import { svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { handles, outlines } from '../geometry/measure-shape.ts';
import type { Measurement } from '../geometry/measurement.ts';

export type LabelBox = { id: string; x: number; y: number; width: number; height: number };

export type DrawnMeasurement = { drawing: SVGElement; label: LabelBox | null };

export type MeasurePlace = {
  lines: readonly string[];
  isSelected: boolean;
  size: Size;
  /** Phones have larger letters. */
  letterSize: number;
  toCanvas(image: Point): Point;
};

export function drawMeasurement(measurement: Measurement, place: MeasurePlace): DrawnMeasurement {
  const { toCanvas } = place;
  const group = svg('g', {
    class: 'yv-measure',
    'data-measurement': measurement.id,
    'data-kind': measurement.kind,
    'data-origin': measurement.origin,
    'data-selected': place.isSelected,
  });
  // Colours come as attributes: a style attribute would not pass the page's content policy.
  const paint = measurement.colour === undefined ? {} : { stroke: measurement.colour, 'data-coloured': true };
  const paths = outlines(measurement).map((line) => pathOf(line.map(toCanvas)));
  if (measurement.kind === 'arrow') paths.push(arrowHead(measurement.points.map(toCanvas)));
  if (measurement.kind === 'probe')
    paths.push(...measurement.points.map((point) => crossOf(toCanvas(point))));
  const d = paths.join('');
  if (d !== '') {
    group.append(svg('path', { class: 'yv-halo', d }), svg('path', { class: 'yv-line', d, ...paint }));
  }
  if (measurement.origin === 'drawn' && measurement.kind !== 'text' && measurement.kind !== 'probe') {
    for (const point of handles(measurement)) {
      const { x, y } = toCanvas(point);
      group.append(svg('circle', { class: 'yv-grip', cx: fixed(x), cy: fixed(y), r: '6', ...paint }));
    }
  }
  const label = labelOf(measurement, place);
  if (label !== null) appendLabel(group, label, measurement, place);
  return { drawing: group, label };
}

function appendLabel(group: SVGElement, box: LabelBox, measurement: Measurement, place: MeasurePlace): void {
  const lineHeight = place.letterSize * 1.3;
  if (measurement.label !== undefined && measurement.kind !== 'text') {
    const to = nearest(handles(measurement).map(place.toCanvas), box);
    if (to !== null) {
      const d = `M${fixed(to.x)} ${fixed(to.y)}L${fixed(box.x)} ${fixed(box.y + box.height / 2)}`;
      group.append(svg('path', { class: 'yv-leader', d }));
    }
  }
  for (const [at, line] of place.lines.entries()) {
    const y = box.y + (at + 0.8) * lineHeight;
    const fill = measurement.colour === undefined ? {} : { fill: measurement.colour };
    group.append(svg('text', { class: 'yv-value', x: fixed(box.x), y: fixed(y), ...fill }, line));
  }
}

/** Beside the rightmost point, or where it was dragged; always inside the viewport. */
function labelOf(
  measurement: Measurement,
  { lines, size, letterSize, toCanvas }: MeasurePlace,
): LabelBox | null {
  if (lines.length === 0) return null;
  const width = Math.max(...lines.map((line) => textWidth(line, letterSize)));
  const height = lines.length * letterSize * 1.3;
  const points = handles(measurement).map(toCanvas);
  const [first] = points;
  if (first === undefined) return null;
  let corner: Point;
  if (measurement.kind === 'text') corner = { x: first.x, y: first.y - letterSize };
  else if (measurement.label !== undefined) corner = toCanvas(measurement.label);
  else {
    // An arrow's words stand at its tail.
    const anchor =
      measurement.kind === 'arrow'
        ? (points[1] ?? first)
        : points.reduce((best, point) => (point.x > best.x ? point : best));
    const isTooFar = anchor.x + 14 + width > size.width;
    corner = { x: isTooFar ? anchor.x - 14 - width : anchor.x + 14, y: anchor.y - letterSize * 0.7 };
  }
  return {
    id: measurement.id,
    x: Math.max(4, Math.min(size.width - width - 4, corner.x)),
    y: Math.max(4, Math.min(size.height - height - 4, corner.y)),
    width,
    height,
  };
}

function textWidth(line: string, letterSize: number): number {
  let ems = 0;
  for (const letter of line) ems += letter > '\u2e80' ? 1 : 0.56;
  return ems * letterSize;
}

function nearest(points: readonly Point[], box: LabelBox): Point | null {
  const centre = { x: box.x, y: box.y + box.height / 2 };
  const away = (point: Point) => Math.hypot(point.x - centre.x, point.y - centre.y);
  return [...points].sort((a, b) => away(a) - away(b))[0] ?? null;
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${fixed(x)} ${fixed(y)}`).join('');
}

function arrowHead([tip, tail]: readonly Point[]): string {
  if (tip === undefined || tail === undefined) return '';
  const angle = Math.atan2(tail.y - tip.y, tail.x - tip.x);
  const barb = (turn: number) =>
    `M${fixed(tip.x)} ${fixed(tip.y)}L${fixed(tip.x + 14 * Math.cos(angle + turn))} ${fixed(tip.y + 14 * Math.sin(angle + turn))}`;
  return barb(0.4) + barb(-0.4);
}

function crossOf({ x, y }: Point): string {
  return `M${fixed(x - 7)} ${fixed(y)}h14M${fixed(x)} ${fixed(y - 7)}v14`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
