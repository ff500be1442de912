import { describe, expect, it } from 'vitest';
import { isWholeCodestream } from './codestream-shape.ts';

/** Main header with one small segment, then tile-parts with bodies of these lengths. */
function codestream(...bodies: number[]): Uint8Array {
  const parts = bodies.flatMap((body) => [
    0xff,
    0x90,
    0,
    10,
    0,
    0,
    0,
    0,
    0,
    14 + body,
    0,
    1,
    0xff,
    0x93,
    ...new Array(body).fill(7),
  ]);
  return Uint8Array.from([0xff, 0x4f, 0xff, 0x64, 0, 4, 1, 2, ...parts, 0xff, 0xd9]);
}

describe('the shape of a codestream', () => {
  it('is whole when its tile-parts fill it to the end marker', () => {
    expect(isWholeCodestream(codestream(5, 20, 3))).toBe(true);
    expect(isWholeCodestream(Uint8Array.from([...codestream(5), 0]))).toBe(true);
  });

  it('is not when the rest is missing, overwritten, shifted, or nothing at all', () => {
    const good = codestream(5, 20, 3);
    const shifted = new Uint8Array(good.length + 1);
    shifted.set(good.subarray(0, 27));
    shifted.set(good.subarray(27), 28);
    const overwritten = good.slice();
    overwritten.fill(0xff, 27);
    for (const bad of [good.subarray(0, 40), shifted, overwritten, new Uint8Array(), new Uint8Array(50)])
      expect(isWholeCodestream(bad)).toBe(false);
  });
});
