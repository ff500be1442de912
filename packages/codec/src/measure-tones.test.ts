import { describe, expect, it } from 'vitest';
import { tonesOf } from './measure-tones.ts';
import type { PixelDescription } from './pixel-description.ts';
import { renderFrame } from './render-frame.ts';

const grey = (columns: number, rows: number): PixelDescription => ({
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  rows,
  columns,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  pixelRepresentation: 0,
  photometricInterpretation: 'MONOCHROME2',
});

describe('the spread of a frame', () => {
  it('leaves background and padding out and answers in modality units', () => {
    const pixels = Uint16Array.from({ length: 1000 }, (_, at) => (at < 500 ? 0 : at < 600 ? 9999 : at - 500));
    const d = { ...grey(100, 10), padding: 9999, rescaleSlope: 2, rescaleIntercept: -10 };
    const { count, quantiles, floor } = tonesOf(pixels, d);
    expect([count, floor]).toEqual([400, -10]);
    expect(quantiles).toHaveLength(257);
    expect([quantiles[0], quantiles.at(-1)]).toEqual([190, 988]);
    expect(quantiles[128]).toBeCloseTo(590, -1);
  });

  it('knows nothing of a frame of one tone', () => {
    expect(tonesOf(new Uint16Array(64).fill(7), grey(8, 8))).toEqual({ count: 0, quantiles: [], floor: 7 });
  });

  it('keeps falling slopes in order', () => {
    const { quantiles } = tonesOf(Uint16Array.from([0, 1, 2, 3]), { ...grey(2, 2), rescaleSlope: -1 });
    expect([quantiles[0], quantiles.at(-1)]).toEqual([-3, -1]);
  });
});

describe('small matrices', () => {
  const render = (side: number, options: { enlarge?: boolean } = {}) =>
    renderFrame(
      Uint16Array.from({ length: side * side }, (_, at) => at % 50),
      grey(side, side),
      {
        longSidePx: 512,
        format: 'png',
        ...options,
      },
    );

  it('are drawn up to the long side when that is wanted, others keep their size', async () => {
    expect((await render(64, { enlarge: true })).width).toBe(512);
    expect((await render(300, { enlarge: true })).width).toBe(300);
    expect((await render(64)).width).toBe(64);
  });
});
