// Damaged files: whatever arrives, the parser ends, in bounded memory, with a result or a DicomError.
// 1,000 here; `npm run soak -- fuzz` reads 100,000.
import { describe, expect, it } from 'vitest';
import { fuzzFiles, readDamaged, smallestFile } from './testing/fuzz-files.ts';
import { mutate } from './testing/mutate.ts';

const rounds = 1_000;

describe('1,000 damaged files', () => {
  it('are read or refused with a DicomError, never anything else', () => {
    const outcomes = fuzzFiles(rounds);
    expect(outcomes.read + outcomes.refused).toBe(rounds);
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(outcomes.read).toBeGreaterThan(50);
  });

  it('cannot make the parser allocate what they only announce', () => {
    const bytes = Uint8Array.from(smallestFile);
    const before = process.memoryUsage().rss;
    for (let seed = 0; seed < 200; seed++) readDamaged(mutate(bytes, seed), seed);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});
