// Pages side by side in a window: swipe to turn, pinch or double tap to zoom, drag to move what is zoomed. Moves
// elements by transforms only; React draws the pages and hears which one is in front.
import { type Axis, axisOf, swipeStep } from '../touch/motion.ts';
import { type Drag, PointerGestures } from '../touch/pointer-gestures.ts';
import {
  clamp,
  clampView,
  fitSize,
  fitView,
  isZoomed,
  type Size,
  toggleZoom,
  type View,
  zoomAbout,
} from '../touch/zoom.ts';

export type PagesOptions = {
  sizes: readonly Size[];
  page: number;
  onPage(page: number): void;
};

const gapPx = 16;
const wheelRestMs = 320;

export class PagesView {
  readonly #window: HTMLElement;
  readonly #track: HTMLElement;
  readonly #options: PagesOptions;
  readonly #gestures: PointerGestures;
  readonly #resize: ResizeObserver;
  #page: number;
  #view: View = fitView;
  #dragFrom: { axis: Axis; view: View } = { axis: 'none', view: fitView };
  #wheelAt = 0;

  constructor(element: HTMLElement, track: HTMLElement, options: PagesOptions) {
    this.#window = element;
    this.#track = track;
    this.#options = options;
    this.#page = clamp(options.page, 0, Math.max(0, options.sizes.length - 1));
    this.#gestures = new PointerGestures(element, {
      onDrag: (drag) => this.#onDrag(drag),
      onPinch: ({ at, factor, dx, dy }) => {
        const zoomed = zoomAbout(this.#view, at, factor);
        this.#setView({ ...zoomed, x: zoomed.x + dx, y: zoomed.y + dy });
      },
      onDoubleTap: (at) => this.#setView(toggleZoom(this.#view, at), true),
      onWheel: ({ deltaY, zoom, at }) => this.#onWheel(deltaY, zoom, at),
    });
    this.#resize = new ResizeObserver(() => this.#place(0, false));
    this.#resize.observe(element);
    this.#place(0, false);
  }

  close(): void {
    this.#gestures.close();
    this.#resize.disconnect();
  }

  turn(step: number): void {
    this.show(this.#page + step);
  }

  show(page: number): void {
    const next = clamp(page, 0, this.#options.sizes.length - 1);
    const isOther = next !== this.#page;
    if (isOther) this.#setView(fitView);
    this.#page = next;
    this.#place(0, true);
    if (isOther) this.#options.onPage(next);
  }

  zoomBy(factor: number): void {
    this.#setView(zoomAbout(this.#view, { x: 0, y: 0 }, factor), true);
  }

  #onDrag(drag: Drag): void {
    if (drag.phase === 'start') {
      this.#dragFrom = { axis: 'none', view: this.#view };
      return;
    }
    if (this.#dragFrom.axis === 'none') this.#dragFrom.axis = axisOf(drag.dx, drag.dy);
    if (isZoomed(this.#view)) {
      const { view } = this.#dragFrom;
      this.#setView({ ...this.#view, x: view.x + drag.dx, y: view.y + drag.dy });
      return;
    }
    if (this.#dragFrom.axis !== 'horizontal') return;
    if (drag.phase === 'move') {
      this.#place(this.#isEdge(drag.dx) ? drag.dx / 3 : drag.dx, false);
      return;
    }
    this.show(this.#page + swipeStep(drag.dx, drag.vx, this.#box().width));
  }

  #onWheel(deltaY: number, zoom: boolean, at: { x: number; y: number }): void {
    if (zoom) {
      this.#setView(zoomAbout(this.#view, at, Math.exp(-deltaY / 240)));
    } else if (isZoomed(this.#view)) {
      this.#setView({ ...this.#view, y: this.#view.y - deltaY });
    } else if (Math.abs(deltaY) > 8 && performance.now() - this.#wheelAt > wheelRestMs) {
      this.#wheelAt = performance.now();
      this.turn(deltaY > 0 ? 1 : -1);
    }
  }

  #isEdge(dx: number): boolean {
    return dx > 0 ? this.#page === 0 : this.#page === this.#options.sizes.length - 1;
  }

  #box(): Size {
    return { width: this.#window.clientWidth, height: this.#window.clientHeight };
  }

  #setView(view: View, glides = false): void {
    const size = this.#options.sizes[this.#page];
    const box = this.#box();
    this.#view = clampView(view, size === undefined ? box : fitSize(size, box), box);
    const page = this.#track.children[this.#page];
    const content = page instanceof HTMLElement ? page.firstElementChild : null;
    if (!(content instanceof HTMLElement)) return;
    const { scale, x, y } = this.#view;
    content.style.transition = glides ? 'transform 180ms ease-out' : 'none';
    content.style.transform = scale === 1 ? '' : `translate(${x}px, ${y}px) scale(${scale})`;
  }

  #place(shiftPx: number, glides: boolean): void {
    const step = this.#box().width + gapPx;
    this.#track.style.transition = glides ? 'transform 180ms ease-out' : 'none';
    this.#track.style.transform = `translateX(${shiftPx - this.#page * step}px)`;
  }
}
