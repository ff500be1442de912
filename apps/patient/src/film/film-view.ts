// The film on the screen (layer 0): one canvas, server-rendered pictures, no imaging code. Owns the index, the zoom,
// the flick and the cine; everything is drawn in one animation frame, which also sets the performance marks of the
// contract. React reads snapshots and calls verbs; it never draws.
import { dropFirstPicture, hasFirstPicture } from '@yunying/ui/first-light';
import {
  type Axis,
  axisOf,
  flickDistance,
  flickIsOver,
  pxPerFrame,
  smallestFlick,
  swipeStep,
} from '../touch/motion.ts';
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
import { type FilmPicture, FrameLoader } from './frame-loader.ts';

export type FilmSnapshot = {
  index: number;
  count: number;
  loadedCount: number;
  bytes: number | null;
  /** The picture of `index` is on the screen; false while it comes. */
  isShown: boolean;
  hasFailed: boolean;
  isPlaying: boolean;
  speed: number;
  isZoomed: boolean;
};
export type FilmOptions = {
  urls: readonly (string | null)[];
  index: number;
  frameTimeMs: number | null;
  onSwipe(step: -1 | 1): void;
};

const defaultFrameTimeMs = 1000 / 15;
const stillness = '(prefers-reduced-motion: reduce)';
type Motion = { kind: 'flick'; from: number; velocity: number; startedAt: number } | null;

export class FilmView {
  readonly #canvas: HTMLCanvasElement;
  readonly #options: FilmOptions;
  readonly #loader: FrameLoader;
  readonly #gestures: PointerGestures;
  readonly #sizes: ResizeObserver;
  readonly #listeners = new Set<() => void>();
  #snapshot: FilmSnapshot;
  #position: number;
  #direction: -1 | 0 | 1 = 0;
  #view: View = fitView;
  #drag: { axis: Axis; position: number; view: View } = { axis: 'none', position: 0, view: fitView };
  #motion: Motion = null;
  #playing = false;
  #speed = 1;
  #cineAt = 0;
  #drawn: { index: number; picture: FilmPicture } | null = null;
  #wheelRest = 0;
  #request = 0;
  #hasDrawnOne = false;
  #allArrived = false;

  constructor(canvas: HTMLCanvasElement, options: FilmOptions) {
    this.#canvas = canvas;
    this.#options = options;
    this.#position = clamp(options.index, 0, Math.max(0, options.urls.length - 1));
    this.#loader = new FrameLoader(options.urls, {
      onChange: () => this.#wake(),
      onAll: () => {
        this.#allArrived = true;
        this.#wake();
      },
    });
    this.#gestures = new PointerGestures(canvas, {
      onDrag: (drag) => this.#onDrag(drag),
      onPinch: ({ at, factor, dx, dy }) => {
        const zoomed = zoomAbout(this.#view, at, factor);
        this.#setView({ ...zoomed, x: zoomed.x + dx, y: zoomed.y + dy });
      },
      onDoubleTap: (at) => this.#setView(toggleZoom(this.#view, at)),
      onWheel: ({ deltaY, zoom, at }) => {
        if (zoom) this.#setView(zoomAbout(this.#view, at, Math.exp(-deltaY / 240)));
        else this.#onWheelScroll(deltaY);
      },
    });
    this.#sizes = new ResizeObserver(() => this.#resize());
    this.#sizes.observe(canvas);
    this.#snapshot = this.#takeSnapshot();
    this.#loader.focus(this.#index, 0);
    this.#wake();
  }

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  };
  readonly snapshot = (): FilmSnapshot => this.#snapshot;

  show(index: number): void {
    this.#motion = null;
    this.#moveTo(index);
  }

  step(frames: number): void {
    this.show(this.#index + frames);
  }

  play(isPlaying: boolean): void {
    this.#playing = isPlaying && this.#options.urls.length > 1;
    this.#motion = null;
    this.#cineAt = 0;
    this.#wake();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#wake();
  }

  zoomBy(factor: number): void {
    this.#setView(zoomAbout(this.#view, { x: 0, y: 0 }, factor));
  }

  fit(): void {
    this.#setView(fitView);
  }

  retry(): void {
    this.#loader.retryFailed();
    this.#wake();
  }

  setUrls(urls: readonly (string | null)[]): void {
    this.#loader.setUrls(urls);
    this.#wake();
  }

  close(): void {
    cancelAnimationFrame(this.#request);
    this.#request = -1;
    this.#gestures.close();
    this.#sizes.disconnect();
    this.#loader.close();
    this.#listeners.clear();
  }

  get #index(): number {
    return Math.round(this.#position);
  }

  #moveTo(position: number): void {
    const before = this.#index;
    this.#position = clamp(position, 0, Math.max(0, this.#options.urls.length - 1));
    if (this.#index !== before) {
      this.#direction = this.#index > before ? 1 : -1;
      this.#loader.focus(this.#index, this.#direction);
    }
    this.#wake();
  }

  #onDrag(drag: Drag): void {
    if (drag.phase === 'start') {
      this.#motion = null;
      this.#drag = { axis: 'none', position: this.#position, view: this.#view };
      return;
    }
    const { width, height } = this.#canvas.getBoundingClientRect();
    if (this.#drag.axis === 'none') this.#drag.axis = axisOf(drag.dx, drag.dy);
    const pans =
      isZoomed(this.#view) && (this.#options.urls.length === 1 || this.#drag.axis === 'horizontal');
    if (pans) {
      const { view } = this.#drag;
      const lone = this.#options.urls.length === 1;
      this.#setView({ ...this.#view, x: view.x + drag.dx, y: lone ? view.y + drag.dy : this.#view.y });
    } else if (this.#drag.axis === 'horizontal') {
      const step = drag.phase === 'end' ? swipeStep(drag.dx, drag.vx, width) : 0;
      if (step !== 0) this.#options.onSwipe(step);
    } else if (this.#drag.axis === 'vertical') {
      this.#scrollBy(drag, pxPerFrame(height, this.#options.urls.length));
    }
  }

  #scrollBy(drag: Drag, perFrame: number): void {
    if (!Number.isFinite(perFrame)) return;
    this.#playing = false;
    this.#moveTo(this.#drag.position + drag.dy / perFrame);
    const velocity = drag.vy / perFrame;
    if (drag.phase !== 'end' || Math.abs(velocity) < smallestFlick) return;
    if (window.matchMedia(stillness).matches) return;
    this.#motion = { kind: 'flick', from: this.#position, velocity, startedAt: performance.now() };
    this.#wake();
  }

  #onWheelScroll(deltaY: number): void {
    this.#wheelRest += deltaY;
    const frames = Math.trunc(this.#wheelRest / 50);
    if (frames === 0) return;
    this.#wheelRest -= frames * 50;
    this.#playing = false;
    this.step(frames);
  }

  #setView(view: View): void {
    this.#view = clampView(view, this.#fitted(), this.#box());
    this.#wake();
  }

  #box(): Size {
    const { width, height } = this.#canvas.getBoundingClientRect();
    return { width, height };
  }

  #fitted(): Size {
    return this.#drawn === null ? this.#box() : fitSize(this.#drawn.picture, this.#box());
  }

  #resize(): void {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const { width, height } = this.#box();
    this.#canvas.width = Math.max(1, Math.round(width * ratio));
    this.#canvas.height = Math.max(1, Math.round(height * ratio));
    this.#view = clampView(this.#view, this.#fitted(), this.#box());
    this.#wake();
  }

  #wake(): void {
    if (this.#request !== 0) return;
    this.#request = requestAnimationFrame((now) => {
      this.#request = 0;
      this.#advance(now);
      this.#draw();
      this.#tell();
      if (this.#motion !== null || this.#playing) this.#wake();
    });
  }

  #advance(now: number): void {
    if (this.#motion !== null) {
      const elapsed = now - this.#motion.startedAt;
      const { from, velocity } = this.#motion;
      const target = from + flickDistance(velocity, Math.max(0, elapsed));
      const outside = target < 0 || target > this.#options.urls.length - 1;
      this.#moveTo(target);
      if (outside || flickIsOver(velocity, elapsed)) this.#motion = null;
      return;
    }
    if (!this.#playing) return;
    const frameMs = (this.#options.frameTimeMs ?? defaultFrameTimeMs) / this.#speed;
    if (this.#cineAt === 0) this.#cineAt = now;
    // A picture that has not come holds the cine; it never skips what was not there.
    if (now - this.#cineAt < frameMs || this.#drawn?.index !== this.#index) return;
    this.#cineAt = now - this.#cineAt > 4 * frameMs ? now : this.#cineAt + frameMs;
    this.#moveTo(this.#index + 1 >= this.#options.urls.length ? 0 : this.#index + 1);
    this.#direction = 1;
  }

  #draw(): void {
    const picture = this.#loader.picture(this.#index) ?? this.#wakeDecoder();
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    const shown = picture === undefined ? this.#drawn : { index: this.#index, picture };
    if (shown === null || isReleased(shown.picture)) return;
    const isNew = this.#drawn?.index !== shown.index || this.#drawn.picture !== shown.picture;
    this.#drawn = shown;
    const box = this.#box();
    const ratio = this.#canvas.width / Math.max(1, box.width);
    const fitted = fitSize(shown.picture, box);
    const [width, height] = [fitted.width * this.#view.scale, fitted.height * this.#view.scale];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, box.width, box.height);
    context.imageSmoothingQuality = 'high';
    const left = (box.width - width) / 2 + this.#view.x;
    const top = (box.height - height) / 2 + this.#view.y;
    context.drawImage(shown.picture, left, top, width, height);
    if (isNew) this.#mark(shown.index);
  }

  #wakeDecoder(): undefined {
    this.#loader.focus(this.#index, this.#direction);
    return undefined;
  }

  #mark(index: number): void {
    if (!this.#hasDrawnOne && !hasFirstPicture()) performance.mark('film-first');
    this.#hasDrawnOne = true;
    dropFirstPicture();
    performance.mark('frame', { detail: { index } });
  }

  #tell(): void {
    if (this.#allArrived && this.#hasDrawnOne) {
      this.#allArrived = false;
      performance.mark('previews-all');
    }
    this.#snapshot = this.#takeSnapshot();
    for (const listener of this.#listeners) listener();
  }

  #takeSnapshot(): FilmSnapshot {
    return {
      index: this.#index,
      count: this.#options.urls.length,
      loadedCount: this.#loader.loadedCount,
      bytes: this.#loader.bytesOf(this.#index),
      isShown: this.#drawn?.index === this.#index,
      hasFailed: this.#loader.hasFailed(this.#index),
      isPlaying: this.#playing,
      speed: this.#speed,
      isZoomed: isZoomed(this.#view),
    };
  }
}

/** A bitmap that was given back has no size any more. */
function isReleased(picture: FilmPicture): boolean {
  return picture.width === 0;
}
