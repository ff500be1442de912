// Frames of segmentations as little pictures in their colour, made when they are first on screen. Bounded: scrolling through
// a long series lets the oldest go.
import { element } from '../dom.ts';
import type { Rgb } from './model/cielab.ts';
import { framePixels, type Segmentation, type SegmentFrame } from './model/segmentation.ts';

const mostPixels = 24 * 1024 ** 2;

export class SegmentPictures {
  readonly #made = new Map<string, HTMLCanvasElement>();
  #pixels = 0;

  picture(
    name: string,
    segmentation: Segmentation,
    bytes: Uint8Array,
    frame: SegmentFrame,
    hidden: ReadonlySet<number>,
  ): HTMLCanvasElement {
    const key = `${name}/${frame.index}/${frame.segment === null ? [...hidden].join(',') : ''}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const { rows, columns } = segmentation;
    const made = element('canvas', { width: String(columns), height: String(rows) });
    const paint = made.getContext('2d');
    if (paint !== null) {
      const image = paint.createImageData(columns, rows);
      fill(image.data, segmentation, framePixels(segmentation, bytes, frame.index), frame.segment, hidden);
      paint.putImageData(image, 0, 0);
    }
    this.#made.set(key, made);
    this.#pixels += rows * columns;
    for (const [oldest, canvas] of this.#made) {
      if (this.#pixels <= mostPixels || oldest === key) break;
      this.#made.delete(oldest);
      this.#pixels -= canvas.width * canvas.height;
    }
    return made;
  }
}

function fill(
  out: Uint8ClampedArray,
  segmentation: Segmentation,
  pixels: Uint16Array,
  segment: number | null,
  hidden: ReadonlySet<number>,
): void {
  const colors = new Map<number, Rgb>(segmentation.segments.map(({ number, rgb }) => [number, rgb]));
  const fallback: Rgb = [240, 200, 80];
  for (const [at, value] of pixels.entries()) {
    if (value === 0) continue;
    const number = segment ?? value;
    if (hidden.has(number)) continue;
    const [red, green, blue] = colors.get(number) ?? fallback;
    out[at * 4] = red;
    out[at * 4 + 1] = green;
    out[at * 4 + 2] = blue;
    out[at * 4 + 3] = segment === null ? 255 : Math.min(255, value);
  }
}
