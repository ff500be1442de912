// Shutters and overlays of a presentation state over a picture: everything outside of a shutter's openings in its colour,
// overlay planes bit by bit.
import { element, svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import type { OverlayPlane, Shutter } from './model/gsps-cover.ts';

type Place = { toCanvas(image: Point): Point; size: Size };

const pictures = new WeakMap<OverlayPlane, HTMLCanvasElement>();

/** Each opening covers what is outside of it: several leave what lies in all of them. */
export function shutterLines({ openings, color }: Shutter, { toCanvas, size }: Place): SVGElement[] {
  const { width, height } = size;
  return openings.map((opening) => {
    const hole = opening.map(toCanvas).map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`);
    const d = `M-1 -1H${width + 1}V${height + 1}H-1ZM${hole.join('L')}Z`;
    const path = svg('path', { class: 'yv-shutter', 'fill-rule': 'evenodd', d });
    path.setAttribute('style', `fill:${color}`);
    return path;
  });
}

export function paintOverlay(
  paint: CanvasRenderingContext2D,
  plane: OverlayPlane,
  { toCanvas }: Place,
): void {
  const { left, top, columns, rows } = plane;
  const picture = pictures.get(plane) ?? made(plane);
  pictures.set(plane, picture);
  const origin = toCanvas({ x: left - 0.5, y: top - 0.5 });
  const right = toCanvas({ x: left + columns - 0.5, y: top - 0.5 });
  const below = toCanvas({ x: left - 0.5, y: top + rows - 0.5 });
  const ratio = devicePixelRatio;
  paint.setTransform(
    (ratio * (right.x - origin.x)) / columns,
    (ratio * (right.y - origin.y)) / columns,
    (ratio * (below.x - origin.x)) / rows,
    (ratio * (below.y - origin.y)) / rows,
    ratio * origin.x,
    ratio * origin.y,
  );
  paint.imageSmoothingEnabled = false;
  paint.drawImage(picture, 0, 0);
}

function made({ columns, rows, bits, color }: OverlayPlane): HTMLCanvasElement {
  const canvas = element('canvas', { width: String(columns), height: String(rows) });
  const paint = canvas.getContext('2d');
  if (paint === null) return canvas;
  const image = paint.createImageData(columns, rows);
  for (let at = 0; at < columns * rows; at += 1)
    if (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) image.data[at * 4 + 3] = 255;
  paint.putImageData(image, 0, 0);
  paint.globalCompositeOperation = 'source-in';
  paint.fillStyle = color;
  paint.fillRect(0, 0, columns, rows);
  return canvas;
}
