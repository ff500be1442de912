import { describe, expect, it } from 'vitest';
import { previewPrefix, wantedSide, wholeLength } from './prefix.ts';

// A 512 x 512 CT slice with five decompositions: 16, 32, 64, 128, 256, 512 pixels.
const ct = [613, 1640, 4980, 15406, 46732, 126248];

describe('the prefix of a preview', () => {
  it('is the smallest resolution whose long side is large enough', () => {
    expect(previewPrefix(ct, 512, 128)).toEqual({ bytes: 15406, level: 2 });
    expect(previewPrefix(ct, 512, 256)).toEqual({ bytes: 46732, level: 1 });
    expect(previewPrefix(ct, 512, 100)).toEqual({ bytes: 15406, level: 2 });
  });

  it('counts odd sides rounded up, as the codestream does', () => {
    expect(previewPrefix([10, 20, 100], 513, 257)).toEqual({ bytes: 20, level: 1 });
  });

  it('is none when only the whole picture is large enough', () => {
    expect(previewPrefix(ct, 512, 440)).toBeNull();
  });

  it('is none when it would save next to nothing, or nothing is known', () => {
    expect(previewPrefix([10, 90, 100], 512, 256)).toBeNull();
    expect(previewPrefix([100], 512, 128)).toBeNull();
    expect(previewPrefix(undefined, 512, 128)).toBeNull();
  });

  it('is larger for short stacks and for projection images', () => {
    expect(wantedSide('CT', 300)).toBe(128);
    expect(wantedSide('CT', 60)).toBe(256);
    expect(wantedSide('US', 300)).toBe(256);
    expect(wantedSide('DX', 2)).toBe(440);
  });

  it('ends with the length of the whole codestream', () => {
    expect(wholeLength(ct)).toBe(126248);
    expect(wholeLength([])).toBeNull();
    expect(wholeLength(undefined)).toBeNull();
  });
});
