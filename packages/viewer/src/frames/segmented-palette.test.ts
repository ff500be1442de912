import { describe, expect, it } from 'vitest';
import { openSegments } from './segmented-palette.ts';

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const read = (table: Uint8Array) => [...new Uint16Array(table.buffer)];

describe('a segmented palette', () => {
  it('is opened out by its discrete and linear segments', () => {
    expect(read(openSegments(words(0, 1, 0, 1, 4, 400), [5, 0, 16]))).toEqual([0, 100, 200, 300, 400]);
    expect([...openSegments(Uint8Array.of(0, 2, 7, 9, 1, 2, 13), [4, 0, 8])]).toEqual([7, 9, 11, 13]);
  });

  it('repeats segments that it refers to', () => {
    const table = openSegments(words(0, 1, 7, 0, 1, 0, 1, 2, 20, 2, 1, 6, 0), [5, 0, 16]);
    expect(read(table)).toEqual([7, 0, 10, 20, 0]);
  });

  it('never grows beyond its descriptor, and goes on with its last entry', () => {
    expect(read(openSegments(words(0, 1, 5, 1, 60_000, 65_535), [3, 0, 16]))).toHaveLength(3);
    expect(read(openSegments(words(0, 1, 5), [3, 0, 16]))).toEqual([5, 5, 5]);
  });

  it('that is broken, endless or empty is refused', () => {
    expect(() => openSegments(words(0, 1, 5, 2, 9, 6, 0, 2, 9, 6, 0), [99, 0, 16])).toThrow('segment 2');
    expect(() => openSegments(words(9, 1, 1), [9, 0, 16])).toThrow('segment 9');
    expect(() => openSegments(new Uint8Array(), [9, 0, 16])).toThrow('without entries');
  });
});
