import { describe, expect, it } from 'vitest';
import { frameRanges, layOutPixels, type PixelFacts, parsePixelLayout } from './pixel-layout.ts';

const facts: PixelFacts = {
  shift: 100,
  numberOfFrames: 1,
  rows: 2,
  columns: 3,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  photometricInterpretation: 'MONOCHROME2',
  deflated: false,
  bigEndian: false,
};
const at = { tag: '7FE00010', path: '7FE00010', vr: 'OW' as const };
const fragmented = (...lengths: number[]) => {
  let offset = 1008;
  const fragments = [{ offset: 1000, length: 0 }];
  for (const length of lengths) {
    fragments.push({ offset: offset + 8, length });
    offset += length + 8;
  }
  return { ...at, offset: 992, length: lengths.reduce((sum, l) => sum + l, 0), fragments };
};

describe('layOutPixels', () => {
  it('cuts native pixel data into frames by rows, columns, samples and bits', () => {
    const layout = layOutPixels(
      { ...at, offset: 50, length: 36, fragments: null },
      { ...facts, numberOfFrames: 3 },
    );
    expect(frameRanges(layout, 1, 3)).toEqual([{ start: 150, length: 12 }]);
    expect(frameRanges(layout, 3, 3)).toEqual([{ start: 174, length: 12 }]);
    expect(frameRanges(layout, 4, 3)).toBeNull();
  });

  it('covers the bytes that a one-bit frame touches', () => {
    const layout = layOutPixels(
      { ...at, offset: 0, length: 2, fragments: null },
      { ...facts, shift: 0, bitsAllocated: 1, numberOfFrames: 2 },
    );
    expect(frameRanges(layout, 1, 2)).toEqual([{ start: 0, length: 1 }]);
    expect(frameRanges(layout, 2, 2)).toEqual([{ start: 0, length: 2 }]);
  });

  it('takes one fragment as one frame when their numbers agree', () => {
    const layout = layOutPixels(fragmented(10, 20, 30), { ...facts, numberOfFrames: 3 });
    expect(frameRanges(layout, 2, 3)).toEqual([{ start: 1016 + 10 + 8 + 100, length: 20 }]);
  });

  it('joins all fragments of a single frame', () => {
    const layout = layOutPixels(fragmented(10, 20), facts);
    expect(frameRanges(layout, 1, 1)).toEqual([
      { start: 1116, length: 10 },
      { start: 1134, length: 20 },
    ]);
  });

  it('assigns fragments to frames by the offset table, and says so when the table is wrong', () => {
    const frames = { ...facts, numberOfFrames: 2 };
    const good = layOutPixels(fragmented(10, 20, 30), frames, [0, 46]);
    expect(frameRanges(good, 1, 2)?.map((r) => r.length)).toEqual([10, 20]);
    expect(frameRanges(good, 2, 2)?.map((r) => r.length)).toEqual([30]);
    expect(frameRanges(layOutPixels(fragmented(10, 20, 30), frames, [0, 45]), 1, 2)).toBeNull();
    expect(frameRanges(layOutPixels(fragmented(10, 20, 30), frames), 1, 2)).toBeNull();
  });

  it('survives JSON', () => {
    const layout = layOutPixels(fragmented(10, 20), facts);
    expect(parsePixelLayout(JSON.stringify(layout))).toEqual(layout);
    expect(parsePixelLayout(null)).toBeNull();
  });
});
