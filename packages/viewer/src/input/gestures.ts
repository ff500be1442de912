// Pointer events of a viewport as gestures (viewer spec §8): one finger or the left button is a stroke with the
// active tool, two fingers pinch and pan, a long press probes, a double tap fits. Knows nothing of pictures.
import type { Point } from '../geometry/affine.ts';

export type StrokeKind = 'primary' | 'middle' | 'secondary';

export type GestureSink = {
  /** False: this stroke is not wanted. */
  begin(kind: StrokeKind, at: Point, isTouch: boolean): boolean;
  move(at: Point, by: Point): void;
  end(at: Point, wasTap: boolean): void;
  /** A stroke became something else (second finger, long press): undo what it began. */
  cancel(): void;
  /** The stroke has caught something: staying still is no long press. */
  isHolding?(): boolean;
  pinch(at: Point, factor: number, by: Point): void;
  wheel(at: Point, steps: number, zoomFactor: number | null): void;
  hover(at: Point | null): void;
  longPress(at: Point): void;
  longPressEnd(): void;
  doubleTap(at: Point, isTouch: boolean): void;
};

const longPressMs = 500;
const tapReach = 6;
const doubleTapMs = 300;

type Finger = { at: Point; start: Point };

export class Gestures {
  readonly #element: HTMLElement;
  readonly #sink: GestureSink;
  readonly #fingers = new Map<number, Finger>();
  readonly #listeners: [string, (event: Event) => void][];
  #stroke: { id: number; last: Point } | null = null;
  #isPressing = false;
  #timer = 0;
  #lastTap = { time: 0, at: { x: 0, y: 0 } };
  #wheelRest = 0;

  constructor(element: HTMLElement, sink: GestureSink) {
    this.#element = element;
    this.#sink = sink;
    const onPointer = (act: (event: PointerEvent) => void) => (event: Event) => {
      if (event instanceof PointerEvent) act(event);
    };
    const up = onPointer((event) => this.#up(event));
    this.#listeners = [
      ['pointerdown', onPointer((event) => this.#down(event))],
      ['pointermove', onPointer((event) => this.#move(event))],
      ['pointerup', up],
      ['pointercancel', up],
      ['pointerleave', () => sink.hover(null)],
      ['wheel', (event) => event instanceof WheelEvent && this.#wheel(event)],
      ['contextmenu', (event) => event.preventDefault()],
    ];
    for (const [name, listener] of this.#listeners) {
      element.addEventListener(name, listener, { passive: false });
    }
  }

  stop(): void {
    window.clearTimeout(this.#timer);
    for (const [name, listener] of this.#listeners) this.#element.removeEventListener(name, listener);
  }

  #down(event: PointerEvent): void {
    const at = this.#place(event);
    const isTouch = event.pointerType === 'touch';
    this.#element.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, { at, start: at });
    window.clearTimeout(this.#timer);
    if (this.#fingers.size > 1) {
      this.#dropStroke();
      if (this.#isPressing) this.#sink.longPressEnd();
      this.#isPressing = false;
      return;
    }
    const kind = event.button === 1 ? 'middle' : event.button === 2 ? 'secondary' : 'primary';
    if (event.button === 1) event.preventDefault();
    if (this.#sink.begin(kind, at, isTouch)) this.#stroke = { id: event.pointerId, last: at };
    if (!isTouch) return;
    this.#timer = window.setTimeout(() => {
      if (this.#sink.isHolding?.() === true) return;
      this.#dropStroke();
      this.#isPressing = true;
      this.#sink.longPress(at);
    }, longPressMs);
  }

  #move(event: PointerEvent): void {
    const at = this.#place(event);
    const finger = this.#fingers.get(event.pointerId);
    if (finger === undefined) {
      this.#sink.hover(at);
      return;
    }
    if (distance(finger.start, at) > tapReach) window.clearTimeout(this.#timer);
    if (this.#fingers.size === 2) this.#pinch(finger, at);
    finger.at = at;
    const stroke = this.#stroke;
    if (this.#isPressing) this.#sink.longPress(at);
    else if (stroke !== null && stroke.id === event.pointerId) {
      this.#sink.move(at, { x: at.x - stroke.last.x, y: at.y - stroke.last.y });
      stroke.last = at;
    }
    if (event.pointerType !== 'touch') this.#sink.hover(at);
  }

  #pinch(finger: Finger, at: Point): void {
    const other = [...this.#fingers.values()].find((one) => one !== finger);
    if (other === undefined) return;
    const before = Math.max(distance(finger.at, other.at), 1);
    const middle = { x: (at.x + other.at.x) / 2, y: (at.y + other.at.y) / 2 };
    const by = { x: (at.x - finger.at.x) / 2, y: (at.y - finger.at.y) / 2 };
    this.#sink.pinch(middle, Math.max(distance(at, other.at), 1) / before, by);
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    window.clearTimeout(this.#timer);
    if (finger === undefined) return;
    if (this.#isPressing) {
      this.#isPressing = false;
      this.#sink.longPressEnd();
      return;
    }
    const at = this.#place(event);
    const isGivenUp = event.type === 'pointercancel';
    const wasTap = distance(finger.start, at) <= tapReach;
    if (this.#stroke !== null && this.#stroke.id === event.pointerId) {
      if (isGivenUp) this.#dropStroke();
      else {
        this.#stroke = null;
        this.#sink.end(at, wasTap);
      }
    }
    if (!wasTap || event.button !== 0 || isGivenUp) return;
    const isSecond =
      event.timeStamp - this.#lastTap.time < doubleTapMs && distance(this.#lastTap.at, at) < 24;
    this.#lastTap = { time: isSecond ? 0 : event.timeStamp, at };
    if (isSecond) this.#sink.doubleTap(at, event.pointerType === 'touch');
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? event.deltaY * 33 : event.deltaY;
    const at = this.#place(event);
    if (event.ctrlKey || event.metaKey) {
      // A touchpad's pinch arrives as small deltas with Ctrl.
      const isPinch = event.deltaMode === 0 && Math.abs(pixels) < 40;
      this.#sink.wheel(at, 0, Math.exp(-pixels / (isPinch ? 100 : 400)));
      return;
    }
    // A notch of a wheel is one slice; a touchpad's small deltas add up.
    if (Math.sign(this.#wheelRest) !== Math.sign(pixels)) this.#wheelRest = 0;
    this.#wheelRest += pixels;
    const steps = Math.abs(pixels) >= 50 ? Math.sign(pixels) : Math.trunc(this.#wheelRest / 25);
    if (steps === 0) return;
    this.#wheelRest = 0;
    this.#sink.wheel(at, steps, null);
  }

  #dropStroke(): void {
    if (this.#stroke !== null) this.#sink.cancel();
    this.#stroke = null;
  }

  #place(event: PointerEvent | WheelEvent): Point {
    const box = this.#element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
