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

export function listenToGestures(element: HTMLElement, sink: GestureSink): () => void {
  const fingers = new Map<number, Finger>();
  let stroke: { id: number; last: Point } | null = null;
  let pressing = false;
  let timer = 0;
  let lastTap = { time: 0, at: { x: 0, y: 0 } };
  let wheelRest = 0;

  const place = (event: PointerEvent | WheelEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const stopTimer = () => window.clearTimeout(timer);

  const down = (event: PointerEvent): void => {
    const at = place(event);
    const isTouch = event.pointerType === 'touch';
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { at, start: at });
    stopTimer();
    if (fingers.size > 1) {
      if (stroke !== null) sink.cancel();
      stroke = null;
      if (pressing) sink.longPressEnd();
      pressing = false;
      return;
    }
    const kind = event.button === 1 ? 'middle' : event.button === 2 ? 'secondary' : 'primary';
    if (event.button === 1) event.preventDefault();
    if (sink.begin(kind, at, isTouch)) stroke = { id: event.pointerId, last: at };
    if (!isTouch) return;
    timer = window.setTimeout(() => {
      if (stroke !== null) sink.cancel();
      stroke = null;
      pressing = true;
      sink.longPress(at);
    }, longPressMs);
  };

  const move = (event: PointerEvent): void => {
    const at = place(event);
    const finger = fingers.get(event.pointerId);
    if (finger === undefined) {
      sink.hover(at);
      return;
    }
    if (distance(finger.start, at) > tapReach) stopTimer();
    if (fingers.size === 2) pinchBy(finger, at);
    finger.at = at;
    if (pressing) sink.longPress(at);
    else if (stroke !== null && stroke.id === event.pointerId) {
      sink.move(at, { x: at.x - stroke.last.x, y: at.y - stroke.last.y });
      stroke.last = at;
    }
    if (event.pointerType !== 'touch') sink.hover(at);
  };

  const pinchBy = (finger: Finger, at: Point): void => {
    const other = [...fingers.values()].find((one) => one !== finger);
    if (other === undefined) return;
    const before = Math.max(distance(finger.at, other.at), 1);
    const middle = { x: (at.x + other.at.x) / 2, y: (at.y + other.at.y) / 2 };
    const by = { x: (at.x - finger.at.x) / 2, y: (at.y - finger.at.y) / 2 };
    sink.pinch(middle, Math.max(distance(at, other.at), 1) / before, by);
  };

  const up = (event: PointerEvent): void => {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    stopTimer();
    if (finger === undefined) return;
    if (pressing) {
      pressing = false;
      sink.longPressEnd();
      return;
    }
    const at = place(event);
    const wasTap = distance(finger.start, at) <= tapReach;
    if (stroke !== null && stroke.id === event.pointerId) {
      stroke = null;
      if (event.type === 'pointercancel') sink.cancel();
      else sink.end(at, wasTap);
    }
    if (!wasTap || event.button !== 0 || event.type === 'pointercancel') return;
    const isSecond = event.timeStamp - lastTap.time < doubleTapMs && distance(lastTap.at, at) < 24;
    lastTap = { time: isSecond ? 0 : event.timeStamp, at };
    if (isSecond) sink.doubleTap(at, event.pointerType === 'touch');
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? event.deltaY * 33 : event.deltaY;
    if (event.ctrlKey || event.metaKey) {
      sink.wheel(
        place(event),
        0,
        Math.exp(-pixels / (event.deltaMode === 0 && Math.abs(pixels) < 40 ? 100 : 400)),
      );
      return;
    }
    // A notch of a wheel is one slice; a touchpad's small deltas add up.
    if (Math.sign(wheelRest) !== Math.sign(pixels)) wheelRest = 0;
    wheelRest += pixels;
    const steps = Math.abs(pixels) >= 50 ? Math.sign(pixels) : Math.trunc(wheelRest / 25);
    if (steps === 0) return;
    wheelRest = 0;
    sink.wheel(place(event), steps, null);
  };

  const leave = () => sink.hover(null);
  const noMenu = (event: Event) => event.preventDefault();
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', leave);
  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('contextmenu', noMenu);
  return () => {
    stopTimer();
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('pointerleave', leave);
    element.removeEventListener('wheel', wheel);
    element.removeEventListener('contextmenu', noMenu);
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
