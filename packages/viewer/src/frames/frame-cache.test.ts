import { describe, expect, it } from 'vitest';
import { FrameCache } from './frame-cache.ts';
import type { Pixels } from './pixels.ts';

const ofBytes = (bytes: number): Pixels => ({
  samples: new Uint8Array(bytes),
  columns: bytes,
  rows: 1,
  components: 1,
  step: 1,
  offset: 0,
  min: 0,
  max: 0,
});
const nobody = () => false;

describe('the frame cache', () => {
  it('lets go of the frame that was used longest ago when the budget is spent', () => {
    const cache = new FrameCache(250);
    cache.putFull(0, ofBytes(100), nobody);
    cache.putFull(1, ofBytes(100), nobody);
    cache.full(0);
    cache.putFull(2, ofBytes(100), nobody);
    expect([0, 1, 2].map((index) => cache.hasFull(index))).toEqual([true, false, true]);
  });

  it('never lets go of what is on screen', () => {
    const cache = new FrameCache(150);
    cache.putFull(0, ofBytes(100), nobody);
    cache.putFull(1, ofBytes(100), (index) => index === 0);
    expect([0, 1].map((index) => cache.hasFull(index))).toEqual([true, true]);
  });

  it('keeps previews when full frames go, so that the stack stays scrollable', () => {
    const cache = new FrameCache(100);
    cache.putPreview(0, ofBytes(10));
    cache.putFull(0, ofBytes(100), nobody);
    cache.putFull(1, ofBytes(100), nobody);
    expect(cache.hasFull(0)).toBe(false);
    expect(cache.preview(0)).toBeDefined();
    expect(cache.bytes).toBe(110);
  });

  it('counts a frame once when it is put again', () => {
    const cache = new FrameCache(1000);
    cache.putFull(0, ofBytes(100), nobody);
    cache.putFull(0, ofBytes(100), nobody);
    expect(cache.bytes).toBe(100);
  });
});
