import { describe, expect, it } from 'vitest';
import { sliceBytes, swapBytes } from './byte-streams.ts';

async function* pieces(size: number, total = 40): AsyncGenerator<Uint8Array> {
  const all = Uint8Array.from({ length: total }, (_unused, index) => index);
  for (let at = 0; at < total; at += size) yield all.slice(at, at + size);
}
async function collect(source: AsyncIterable<Uint8Array>): Promise<number[]> {
  const out: number[] = [];
  for await (const chunk of source) out.push(...chunk);
  return out;
}

describe('byte streams', () => {
  it.each([1, 3, 7, 64])('cut the same bytes from chunks of %i', async (size) => {
    expect(await collect(sliceBytes(pieces(size), 5, 11))).toEqual([5, 6, 7, 8, 9, 10, 11]);
  });

  it.each([2, 4, 8] as const)(
    'turn words of %i bytes round across chunk borders and leave a short rest',
    async (width) => {
      const swapped = await collect(swapBytes(pieces(3, 41), width));
      expect(swapped.slice(0, width)).toEqual(
        Array.from({ length: width }, (_unused, index) => width - 1 - index),
      );
      expect(swapped.at(-1)).toBe(40);
      expect(swapped).toHaveLength(41);
    },
  );
});
