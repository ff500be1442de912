// Pointers, wheel and double taps of one element as gestures: one finger drags, two pinch and pan, a double tap
// toggles. The element needs touch-action: none. No gesture is left half done: a lost pointer ends its drag.
import type { Point } from './zoom.ts';

export type Drag = { phase: 'start' | 'move' | 'end'; dx: number; dy: number; vx: number; vy: number };
export type Gestures = {
  /** One finger or the mouse; dx and dy from the start, velocities in px per ms. */
  onDrag(drag: Drag): void;
  /** Two fingers since the last call: factor and shift, `at` from the element's centre. */
  onPinch(pinch: { at: Point; factor: number; dx: number; dy: number }): void;
  onDoubleTap(at: Point): void;
  onTap?(at: Point): void;
  onWheel(wheel: { deltaY: number; zoom: boolean; at: Point }): void;
};

type Finger = Point & { startX: number; startY: number };
type Sample = Point & { time: number };

const tapMs = 260;
const doubleTapMs = 320;
const tapReach = 10;

export class PointerGestures {
  readonly #element: HTMLElement;
  readonly #gestures: Gestures;
  readonly #fingers = new Map<number, Finger>();
  readonly #abort = new AbortController();
  #samples: Sample[] = [];
  #dragging = false;
  #downAt = 0;
  #lastTap: Sample | null = null;

  constructor(element: HTMLElement, gestures: Gestures) {
    this.#element = element;
    this.#gestures = gestures;
    const { signal } = this.#abort;
    element.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    element.addEventListener('pointermove', (event) => this.#move(event), { signal });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      element.addEventListener(end, (event) => this.#up(event), { signal });
    }
    element.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
  }

  close(): void {
    this.#abort.abort();
    this.#fingers.clear();
  }

  #centred(x: number, y: number): Point {
    const box = this.#element.getBoundingClientRect();
    return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (this.#fingers.size >= 2) return;
    this.#element.setPointerCapture(event.pointerId);
    const { clientX: x, clientY: y, pointerId } = event;
    this.#fingers.set(pointerId, { x, y, startX: x, startY: y });
    if (this.#fingers.size === 1) {
      this.#downAt = event.timeStamp;
      this.#samples = [{ x, y, time: event.timeStamp }];
      this.#dragging = true;
      this.#gestures.onDrag({ phase: 'start', dx: 0, dy: 0, vx: 0, vy: 0 });
      return;
    }
    // A second finger: the drag ends without a flick, the tap is none.
    this.#endDrag(false);
    this.#lastTap = null;
  }

  #move(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    if (finger === undefined) return;
    const before = this.#pair();
    finger.x = event.clientX;
    finger.y = event.clientY;
    const after = this.#pair();
    if (before !== null && after !== null) {
      const factor = before.distance < 1 ? 1 : after.distance / before.distance;
      const [dx, dy] = [after.x - before.x, after.y - before.y];
      this.#gestures.onPinch({ at: this.#centred(after.x, after.y), factor, dx, dy });
      return;
    }
    if (!this.#dragging) return;
    this.#samples.push({ x: finger.x, y: finger.y, time: event.timeStamp });
    if (this.#samples.length > 12) this.#samples.shift();
    this.#gestures.onDrag({ phase: 'move', ...this.#way(finger), ...this.#velocity(event.timeStamp) });
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    if (finger === undefined) return;
    const moved = Math.hypot(finger.x - finger.startX, finger.y - finger.startY);
    const isTap =
      event.type === 'pointerup' &&
      this.#dragging &&
      moved < tapReach &&
      event.timeStamp - this.#downAt < tapMs;
    this.#endDrag(event.type === 'pointerup', event.timeStamp);
    this.#fingers.delete(event.pointerId);
    if (isTap) this.#tap(finger, event.timeStamp);
  }

  #endDrag(mayFlick: boolean, time = 0): void {
    const finger = this.#fingers.values().next().value;
    if (!this.#dragging || finger === undefined) return;
    this.#dragging = false;
    const velocity = mayFlick ? this.#velocity(time) : { vx: 0, vy: 0 };
    this.#gestures.onDrag({ phase: 'end', ...this.#way(finger), ...velocity });
  }

  #tap(at: Point, time: number): void {
    const last = this.#lastTap;
    const near = last !== null && Math.hypot(at.x - last.x, at.y - last.y) < 40;
    if (near && time - last.time < doubleTapMs) {
      this.#lastTap = null;
      this.#gestures.onDoubleTap(this.#centred(at.x, at.y));
      return;
    }
    this.#lastTap = { x: at.x, y: at.y, time };
    this.#gestures.onTap?.(this.#centred(at.x, at.y));
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    const at = this.#centred(event.clientX, event.clientY);
    this.#gestures.onWheel({ deltaY: event.deltaY * lines, zoom: event.ctrlKey || event.metaKey, at });
  }

  #way(finger: Finger): { dx: number; dy: number } {
    return { dx: finger.x - finger.startX, dy: finger.y - finger.startY };
  }

  /** Over the last tenth of a second; a finger that rested has none. */
  #velocity(now: number): { vx: number; vy: number } {
    const recent = this.#samples.filter((sample) => now - sample.time < 100);
    const [first, last] = [recent[0], recent[recent.length - 1]];
    if (first === undefined || last === undefined || last.time - first.time < 8) return { vx: 0, vy: 0 };
    const span = last.time - first.time;
    return { vx: (last.x - first.x) / span, vy: (last.y - first.y) / span };
  }

  #pair(): (Point & { distance: number }) | null {
    const [a, b] = [...this.#fingers.values()];
    if (a === undefined || b === undefined) return null;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.hypot(a.x - b.x, a.y - b.y) };
  }
}
