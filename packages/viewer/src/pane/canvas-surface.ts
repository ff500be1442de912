// Drawing without a graphics engine: the window through a table into an off-screen canvas, then one drawImage with the
// view's transform. Tables and buffers live on from frame to frame, so that scrolling costs one pass over the samples.
import { type Size, viewTransform } from '../geometry/affine.ts';
import type { View } from '../types.ts';
import type { Picture, Surface, Tone } from './surface.ts';
import { isSameTone, paintColour, paintWords, type ToneWords, toneWords } from './tone.ts';

export function openCanvasSurface(element: HTMLDivElement, onDrawn: (pictureId: string) => void): Surface {
  return new CanvasSurface(element, onDrawn);
}

class CanvasSurface implements Surface {
  readonly #element: HTMLDivElement;
  readonly #onDrawn: (pictureId: string) => void;
  readonly #canvas = document.createElement('canvas');
  readonly #buffer = document.createElement('canvas');
  #image: ImageData | null = null;
  #words: ToneWords | null = null;
  #picture: Picture | null = null;
  #painted: { picture: Picture; tone: Tone } | null = null;
  #wanted: { view: View; tone: Tone } | null = null;
  #size: Size | null = null;

  constructor(element: HTMLDivElement, onDrawn: (pictureId: string) => void) {
    this.#element = element;
    this.#onDrawn = onDrawn;
    this.#canvas.className = 'yv-canvas';
    element.append(this.#canvas);
  }

  show(picture: Picture): void {
    this.#picture = picture;
  }

  draw(view: View, tone: Tone): void {
    this.#wanted = { view, tone };
    this.#redraw();
  }

  resize(): void {
    this.#size = null;
    this.#redraw();
  }

  canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  close(): void {
    this.#canvas.remove();
  }

  #redraw(): void {
    const context = this.#canvas.getContext('2d', { alpha: false });
    const picture = this.#picture;
    if (picture === null || this.#wanted === null || context === null) return;
    const { view, tone } = this.#wanted;
    this.#paint(picture, tone);
    this.#size ??= { width: this.#element.clientWidth, height: this.#element.clientHeight };
    const ratio = devicePixelRatio;
    const width = Math.max(1, Math.round(this.#size.width * ratio));
    const height = Math.max(1, Math.round(this.#size.height * ratio));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const { toCanvas } = viewTransform(picture.plane, view, this.#size);
    const { step, offset } = picture.pixels;
    // The buffer's corner (0,0) is half a pixel before the centre of its first pixel.
    const at = (x: number, y: number) =>
      toCanvas({ x: offset + (x - 0.5) * step, y: offset + (y - 0.5) * step });
    const origin = at(0, 0);
    const right = at(1, 0);
    const down = at(0, 1);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillRect(0, 0, width, height);
    context.imageSmoothingEnabled = true;
    context.setTransform(
      (right.x - origin.x) * ratio,
      (right.y - origin.y) * ratio,
      (down.x - origin.x) * ratio,
      (down.y - origin.y) * ratio,
      origin.x * ratio,
      origin.y * ratio,
    );
    context.drawImage(this.#buffer, 0, 0);
    this.#onDrawn(picture.id);
  }

  #paint(picture: Picture, tone: Tone): void {
    const painted = this.#painted;
    if (painted !== null && painted.picture === picture && isSameTone(painted.tone, tone)) return;
    const { samples, columns, rows, components, min, max } = picture.pixels;
    if (this.#buffer.width !== columns) this.#buffer.width = columns;
    if (this.#buffer.height !== rows) this.#buffer.height = rows;
    const context = this.#buffer.getContext('2d', { alpha: false });
    if (context === null) return;
    if (this.#image?.width !== columns || this.#image.height !== rows)
      this.#image = context.createImageData(columns, rows);
    const rgba = new Uint32Array(this.#image.data.buffer);
    if (components === 3) paintColour(samples, tone.invert, rgba);
    else {
      this.#words = toneWords(tone, Math.min(min, 0), max, this.#words);
      paintWords(samples, this.#words, rgba);
    }
    context.putImageData(this.#image, 0, 0);
    this.#painted = { picture, tone };
  }
}
