// Drawing without WebGL (device tier C): the window through a table into an off-screen canvas, then one drawImage
// with the view's transform.
import { viewTransform } from '../geometry/affine.ts';
import type { View } from '../types.ts';
import type { Picture, Surface, Tone } from './surface.ts';
import { greyTable, paintColour, paintGrey } from './tone.ts';

export function openCanvasSurface(element: HTMLDivElement, onDrawn: (pictureId: string) => void): Surface {
  const canvas = document.createElement('canvas');
  canvas.className = 'yv-canvas';
  element.append(canvas);
  const buffer = document.createElement('canvas');
  let picture: Picture | null = null;
  let wanted: { view: View; tone: Tone } | null = null;
  let painted = '';
  let frame = 0;

  const paint = (tone: Tone): void => {
    const context = buffer.getContext('2d');
    if (picture === null || context === null) return;
    const key = `${picture.id} ${JSON.stringify(tone)}`;
    if (key === painted) return;
    painted = key;
    const { samples, columns, rows, components, min, max } = picture.pixels;
    buffer.width = columns;
    buffer.height = rows;
    const image = context.createImageData(columns, rows);
    const rgba = new Uint32Array(image.data.buffer);
    if (components === 3) paintColour(samples, tone.invert, rgba);
    else paintGrey(samples, greyTable(tone, Math.min(min, 0), max), rgba, tone.palette);
    context.putImageData(image, 0, 0);
  };

  const redraw = (): void => {
    frame = 0;
    const context = canvas.getContext('2d');
    if (picture === null || wanted === null || context === null) return;
    paint(wanted.tone);
    const size = { width: element.clientWidth, height: element.clientHeight };
    const ratio = devicePixelRatio;
    canvas.width = Math.max(1, Math.round(size.width * ratio));
    canvas.height = Math.max(1, Math.round(size.height * ratio));
    const { toCanvas } = viewTransform(picture.plane, wanted.view, size);
    const { step, offset } = picture.pixels;
    // The buffer's corner (0,0) is half a pixel before the centre of its first pixel.
    const at = (x: number, y: number) =>
      toCanvas({ x: offset + (x - 0.5) * step, y: offset + (y - 0.5) * step });
    const origin = at(0, 0);
    const right = at(1, 0);
    const down = at(0, 1);
    context.imageSmoothingEnabled = true;
    context.setTransform(
      (right.x - origin.x) * ratio,
      (right.y - origin.y) * ratio,
      (down.x - origin.x) * ratio,
      (down.y - origin.y) * ratio,
      origin.x * ratio,
      origin.y * ratio,
    );
    context.drawImage(buffer, 0, 0);
    onDrawn(picture.id);
  };
  const schedule = (): void => {
    if (frame === 0) frame = requestAnimationFrame(redraw);
  };

  return {
    show(next) {
      picture = next;
    },
    draw(view, tone) {
      wanted = { view, tone };
      schedule();
    },
    resize: schedule,
    canvas: () => canvas,
    close() {
      cancelAnimationFrame(frame);
      canvas.remove();
    },
  };
}
