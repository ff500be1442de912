import { describe, expect, it } from 'vitest';
import { furthestFrom, planFrames } from './plan-frames.ts';

const all = () => true;

describe('planFrames', () => {
  it('goes outwards from the focus at rest', () => {
    expect(planFrames({ focus: 5, direction: 0, count: 100, isWanted: all }, 5)).toEqual([5, 6, 4, 7, 3]);
  });
  it('takes two ahead for one behind while travelling', () => {
    expect(planFrames({ focus: 5, direction: 1, count: 100, isWanted: all }, 7)).toEqual([
      5, 6, 7, 4, 8, 9, 3,
    ]);
    expect(planFrames({ focus: 5, direction: -1, count: 100, isWanted: all }, 4)).toEqual([5, 4, 3, 6]);
  });
  it('reaches every frame exactly once, also from the ends', () => {
    for (const focus of [0, 3, 9]) {
      for (const direction of [-1, 0, 1] as const) {
        const order = planFrames({ focus, direction, count: 10, isWanted: all }, 99);
        expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        expect(order[0]).toBe(focus);
      }
    }
  });
  it('leaves out what is there or has no picture', () => {
    const even = (index: number) => index % 2 === 0;
    expect(planFrames({ focus: 3, direction: 0, count: 8, isWanted: even }, 3)).toEqual([4, 2, 6]);
    expect(planFrames({ focus: 0, direction: 0, count: 0, isWanted: all }, 3)).toEqual([]);
  });
});

describe('furthestFrom', () => {
  it('gives up only what is far away', () => {
    expect(furthestFrom(50, [10, 51, 52, 48, 90, 49])).toBe(10);
    expect(furthestFrom(50, [51, 52, 49])).toBeNull();
    expect(furthestFrom(50, [])).toBeNull();
  });
});
