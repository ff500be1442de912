import { describe, expect, it } from 'vitest';
import { cineTiming, nextFrame } from './cine-timing.ts';

const is = (...Value: unknown[]) => ({ Value });

describe('the speed of a clip', () => {
  it.each([
    ['what is recommended for display', { '00082144': is(12), '00180040': is(30), '00181063': is(20) }, 12],
    ['the cine rate', { '00180040': is(30), '00181063': is(20) }, 30],
    ['the frame time', { '00181063': is(40) }, 25],
    ['the mean of the vector', { '00181065': is(0, 50, 150) }, 10],
    ['the gate of nuclear medicine', { '00540062': is({ '00540063': is({ '00181063': is(62.5) }) }) }, 16],
  ])('is %s', (_name, instance, wanted) => {
    expect(cineTiming(instance, 3)?.framesPerSecond).toBe(wanted);
  });

  it('is left open by objects that say nothing, or nonsense', () => {
    expect(cineTiming({}, 3)).toBeNull();
    expect(cineTiming({ '00181063': is(0), '00180040': is(-5), '00181065': is(0, -1, -1) }, 3)).toBeNull();
    expect(cineTiming({ '00180040': is(30) }, 1)).toBeNull();
    expect(cineTiming({ '00180040': is(900) }, 5)?.framesPerSecond).toBe(60);
  });

  it('gives each frame its own time where there is a vector', () => {
    expect(cineTiming({ '00181065': is(0, 50, 150) }, 3)?.shares).toEqual([0.5, 1.5, 1]);
    expect(cineTiming({ '00181065': is(0, 50), '00180040': is(5) }, 3)?.shares).toBeNull();
  });
});

describe('the way of a clip', () => {
  const run = (instance: Record<string, { Value: unknown[] }>, count: number, steps: number) => {
    const timing = cineTiming(instance, count);
    const seen = [0];
    let at: { index: number; direction: 1 | -1 } = { index: 0, direction: 1 };
    for (let step = 0; step < steps; step += 1) {
      at = nextFrame(timing, count, at.index, at.direction);
      seen.push(at.index);
    }
    return seen;
  };

  it('begins anew after the last frame', () => {
    expect(run({}, 3, 4)).toEqual([0, 1, 2, 0, 1]);
  });

  it('goes back and forth when the object prefers it', () => {
    expect(run({ '00180040': is(10), '00181244': is(1) }, 3, 6)).toEqual([0, 1, 2, 1, 0, 1, 2]);
  });

  it('keeps to the trimmed part', () => {
    expect(run({ '00082142': is(2), '00082143': is(4) }, 9, 5)).toEqual([0, 1, 2, 3, 1, 2]);
  });

  it('goes the way the reader chose, whatever the object prefers', () => {
    const timing = cineTiming({ '00180040': is(10), '00181244': is(1) }, 3);
    expect(nextFrame(timing, 3, 2, 1, 'loop').index).toBe(0);
    expect(nextFrame(null, 3, 2, 1, 'sweep')).toEqual({ index: 1, direction: -1 });
  });

  it('stays on the last frame when it plays once', () => {
    expect([0, 1, 2].map((at) => nextFrame(null, 3, at, 1, 'once').index)).toEqual([1, 2, 2]);
  });
});
