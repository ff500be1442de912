// How a finger's way becomes slices: distance per slice, flick with friction, and which way a drag goes.

/** CSS px of drag for one slice: a screen height is about 60 slices, never finer than a finger can hold. */
export function pxPerFrame(boxHeight: number, frameCount: number): number {
  if (frameCount <= 1) return Number.POSITIVE_INFINITY;
  return Math.min(48, Math.max(7, (0.75 * boxHeight) / Math.min(frameCount, 60)));
}

const frictionMs = 320;

/** Slices travelled `elapsedMs` after letting go at `framesPerMs`, slowing down exponentially. */
export function flickDistance(framesPerMs: number, elapsedMs: number): number {
  return framesPerMs * frictionMs * (1 - Math.exp(-elapsedMs / frictionMs));
}

/** The flick is over when it moves less than a slice in a quarter of a second. */
export function flickIsOver(framesPerMs: number, elapsedMs: number): boolean {
  return Math.abs(framesPerMs * Math.exp(-elapsedMs / frictionMs)) < 0.004;
}

/** Below this a lifted finger just stops. */
export const smallestFlick = 0.012;

export type Axis = 'none' | 'horizontal' | 'vertical';

/** Decided once, after 8 px; slices win over series when in doubt. */
export function axisOf(dx: number, dy: number): Axis {
  if (Math.hypot(dx, dy) < 8) return 'none';
  return Math.abs(dx) > 1.4 * Math.abs(dy) ? 'horizontal' : 'vertical';
}

/** -1 or 1 when a horizontal drag is long or quick enough to change series, else 0. Left shows the next. */
export function swipeStep(dx: number, velocityX: number, boxWidth: number): -1 | 0 | 1 {
  const far = Math.abs(dx) > Math.min(120, boxWidth * 0.25);
  const quick = Math.abs(velocityX) > 0.5 && Math.abs(dx) > 30 && Math.sign(velocityX) === Math.sign(dx);
  if (!far && !quick) return 0;
  return dx < 0 ? 1 : -1;
}
