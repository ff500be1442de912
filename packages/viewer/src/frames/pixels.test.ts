import { describe, expect, it } from 'vitest';
import { applyPalette, type Pixels, rangeOf } from './pixels.ts';

const indexed = (samples: number[]): Pixels => ({
  samples: Uint8Array.from(samples),
  columns: samples.length,
  rows: 1,
  components: 1,
  step: 1,
  offset: 0,
  min: 0,
  max: 255,
});

describe('palette colour', () => {
  it('takes the high byte of 16-bit entries and clamps indexes to the table', () => {
    const table = (high: number[]) => Uint8Array.from(high.flatMap((byte) => [0x11, byte]));
    const out = applyPalette(
      indexed([9, 10, 11, 99]),
      [2, 10, 16],
      [table([1, 4]), table([2, 5]), table([3, 6])],
    );
    expect([...out.samples]).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
    expect(out.components).toBe(3);
  });

  it('reads tables of bytes', () => {
    const table = Uint8Array.from([7, 8]);
    expect([...applyPalette(indexed([1]), [2, 0, 8], [table, table, table]).samples]).toEqual([8, 8, 8]);
  });
});

describe('the range of samples', () => {
  it('leaves padding out', () => {
    expect(rangeOf(Int16Array.from([-2000, 5, -3, 70]), -2000)).toEqual({ min: -3, max: 70 });
    expect(rangeOf(Int16Array.from([-2000]), -2000)).toEqual({ min: 0, max: 0 });
  });
});
