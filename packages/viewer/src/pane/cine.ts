// Playing a stack: the next frame when its time has come and something of it can be shown, so that a slow network
// slows the film down instead of tearing it.
import { type CineMode, type CineTiming, modeOf, nextFrame } from './cine-timing.ts';

export const speeds: readonly number[] = [2, 5, 10, 15, 25, 30, 50];

/** Frames per second of a first play: the object's own Frame Time, else a usual one. */
export function initialSpeed(frameTimeMs: number | null): number {
  if (frameTimeMs === null || !(frameTimeMs > 0)) return 10;
  return Math.min(60, Math.max(1, Math.round(1000 / frameTimeMs)));
}

export type Cine = { readonly isPlaying: boolean; play(framesPerSecond: number): void; stop(): void };

export function makeCine(facts: {
  count(): number;
  index(): number;
  isReady(index: number): boolean;
  show(index: number): void;
  /** What the object says of its playing. */
  timing?(): CineTiming | null;
  mode?(): CineMode;
  /** A clip that plays once has ended. */
  ended?(): void;
}): Cine {
  let frame = 0;
  let due = 0;
  let interval = 100;
  let direction: 1 | -1 = 1;
  const tick = (now: number): void => {
    frame = requestAnimationFrame(tick);
    if (now < due) return;
    const count = facts.count();
    if (count < 2) return;
    const timing = facts.timing?.() ?? null;
    const mode = facts.mode?.() ?? modeOf(timing);
    const next = nextFrame(timing, count, facts.index(), direction, mode);
    if (mode === 'once' && next.index === facts.index()) {
      stop();
      facts.ended?.();
      return;
    }
    if (!facts.isReady(next.index)) return;
    const stands = interval * (timing?.shares?.[next.index] ?? 1);
    due = Math.max(due + stands, now - interval);
    direction = next.direction;
    facts.show(next.index);
  };
  const stop = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
  };
  return {
    get isPlaying() {
      return frame !== 0;
    },
    play(framesPerSecond) {
      interval = 1000 / framesPerSecond;
      if (frame !== 0) return;
      direction = 1;
      const timing = facts.timing?.() ?? null;
      const last = Math.min(timing?.last ?? facts.count() - 1, facts.count() - 1);
      if (facts.mode?.() === 'once' && facts.index() >= last) facts.show(timing?.first ?? 0);
      due = performance.now() + interval;
      frame = requestAnimationFrame(tick);
    },
    stop,
  };
}
