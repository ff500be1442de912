import { describe, expect, it } from 'vitest';
import { axisOf, flickDistance, flickIsOver, pxPerFrame, smallestFlick, swipeStep } from './motion.ts';

describe('scrolling through slices', () => {
  it('needs about a screen for sixty slices, and a finger can hold a single one', () => {
    expect(pxPerFrame(600, 140)).toBeCloseTo(7.5);
    expect(pxPerFrame(300, 2000)).toBe(7);
    expect(pxPerFrame(600, 5)).toBe(48);
    expect(pxPerFrame(600, 1)).toBe(Number.POSITIVE_INFINITY);
  });
  it('comes to rest after a flick, further the faster it was', () => {
    expect(flickDistance(0.1, 10_000)).toBeCloseTo(32);
    expect(flickDistance(-0.1, 10_000)).toBeCloseTo(-32);
    expect(flickDistance(0.1, 0)).toBe(0);
    expect(flickIsOver(0.1, 0)).toBe(false);
    expect(flickIsOver(0.1, 2000)).toBe(true);
    expect(flickIsOver(smallestFlick, 0)).toBe(false);
  });
});

describe('the direction of a drag', () => {
  it('is open for the first px and vertical when in doubt', () => {
    expect(axisOf(3, 3)).toBe('none');
    expect(axisOf(10, 10)).toBe('vertical');
    expect(axisOf(20, 5)).toBe('horizontal');
  });
  it('changes series when long or quick, never by a twitch', () => {
    expect(swipeStep(-150, 0, 390)).toBe(1);
    expect(swipeStep(150, 0, 390)).toBe(-1);
    expect(swipeStep(-40, -0.9, 390)).toBe(1);
    expect(swipeStep(-40, 0.9, 390)).toBe(0);
    expect(swipeStep(-20, -2, 390)).toBe(0);
  });
});
