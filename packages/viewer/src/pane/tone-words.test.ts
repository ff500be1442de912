import { describe, expect, it } from 'vitest';
import { greyTable, paintGrey, paintWords, type Tone, toneWords } from './tone.ts';

const tone: Tone = { lower: -100, upper: 300, invert: false, sigmoid: false };
const samples = Int16Array.from({ length: 2000 }, (_, at) => at - 900);

describe('a tone as colour words', () => {
  it('gives the same greys as the table, inside its range and beyond', () => {
    for (const one of [tone, { ...tone, invert: true }, { ...tone, sigmoid: true }]) {
      const [a, b] = [new Uint32Array(samples.length), new Uint32Array(samples.length)];
      paintWords(samples, toneWords(one, -500, 700), a);
      paintGrey(samples, greyTable(one, -500, 700), b);
      expect(a).toEqual(b);
    }
  });

  it('is kept while it reaches far enough, grows with the range and is made anew for another tone', () => {
    const first = toneWords(tone, 0, 100);
    expect(toneWords({ ...tone }, 10, 90, first)).toBe(first);
    const grown = toneWords(tone, -50, 80, first);
    expect([grown.first, grown.words.length]).toEqual([-50, 151]);
    const other = toneWords({ ...tone, upper: 400 }, 10, 20, grown);
    expect([other.first, other.words.length]).toEqual([10, 11]);
  });

  it('colours by a palette as the pixels of the card are', () => {
    const coloured = toneWords({ ...tone, palette: 'hot-iron' }, -100, 300);
    expect(coloured.words[0]).toBe(0xff000000);
    expect((coloured.words[400] ?? 0) & 255).toBe(255);
  });
});
