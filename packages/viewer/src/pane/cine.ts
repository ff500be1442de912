// Playing a stack: the next frame when its time has come and something of it can be shown, so that a slow network
// slows the film down instead of tearing it.

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
}): Cine {
  let frame = 0;
  let due = 0;
  let interval = 100;
  const tick = (now: number): void => {
    frame = requestAnimationFrame(tick);
    if (now < due) return;
    const count = facts.count();
    if (count < 2) return;
    const next = (facts.index() + 1) % count;
    if (!facts.isReady(next)) return;
    due = Math.max(due + interval, now - interval);
    facts.show(next);
  };
  return {
    get isPlaying() {
      return frame !== 0;
    },
    play(framesPerSecond) {
      interval = 1000 / framesPerSecond;
      if (frame !== 0) return;
      due = performance.now() + interval;
      frame = requestAnimationFrame(tick);
    },
    stop() {
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
}
