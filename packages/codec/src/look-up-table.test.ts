import { describe, expect, it } from 'vitest';
import { readLookUpTable } from './look-up-table.ts';
import { corpusAbsent, corpusFiles, parseCorpusFile, readPalette } from './testing/corpus.ts';

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

describe('segmented palettes', () => {
  it('expand discrete, linear and indirect segments', () => {
    const values = words(0, 2, 10, 20, 1, 4, 60, 2, 2, 0, 0);
    const table = readLookUpTable({ descriptor: [12, 0, 16], values, segmented: true });
    expect([...table.entries]).toEqual([10, 20, 30, 40, 50, 60, 10, 20, 30, 40, 50, 60]);
  });

  it('fill up with the last value when they end early and stop at the declared length', () => {
    expect([
      ...readLookUpTable({ descriptor: [4, 0, 16], values: words(0, 2, 5, 6), segmented: true }).entries,
    ]).toEqual([5, 6, 6, 6]);
    expect([
      ...readLookUpTable({ descriptor: [2, 0, 16], values: words(1, 60000, 9), segmented: true }).entries,
    ]).toHaveLength(2);
  });

  it('refuse indirect segments that point at indirect segments', () => {
    const values = words(0, 1, 7, 2, 1, 0, 0, 2, 1, 6, 0);
    expect(() => readLookUpTable({ descriptor: [9, 0, 16], values, segmented: true })).toThrow(/opcode 2/);
  });

  it.skipIf(corpusAbsent)(
    'of the standard’s well-known palettes have 256 entries from dark to bright',
    () => {
      for (const path of corpusFiles('dicom/palettes')) {
        const palette = readPalette(parseCorpusFile(path), false);
        expect(palette, path).toBeDefined();
        if (palette === undefined) continue;
        for (const channel of [palette.r, palette.g, palette.b]) {
          const table = readLookUpTable(channel);
          expect(table.entries.length, path).toBe(256);
          expect(Math.max(...table.entries), path).toBeLessThan(2 ** table.bits);
        }
      }
    },
  );
});
