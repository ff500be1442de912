// Damaged files: whatever arrives, the parser ends, in bounded memory, with a result or a DicomError.
import { describe, expect, it } from 'vitest';
import { DicomError } from './errors.ts';
import { toDicomJson } from './json-write.ts';
import { encodeFileMeta } from './part10.ts';
import { parseDicom } from './read.ts';
import { DicomStream } from './stream.ts';
import { corpusAbsent, corpusFiles, readCorpus } from './testing/corpus.ts';
import { mutate, randomInt, seededRandom } from './testing/mutate.ts';

const own = encodeFileMeta({
  sopClassUid: '1.2',
  sopInstanceUid: '1.3',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
});
const seeds = corpusAbsent
  ? [own]
  : corpusFiles()
      .map(readCorpus)
      .filter((bytes) => bytes.length < 40_000);

function readDamaged(bytes: Uint8Array, seed: number): 'read' | 'refused' {
  try {
    const random = seededRandom(seed);
    const stream = new DicomStream();
    for (let at = 0; at < bytes.length; ) {
      const step = 1 + randomInt(random, 3000);
      stream.write(bytes.subarray(at, at + step));
      at += step;
    }
    stream.end();
    toDicomJson(parseDicom(bytes).dataset);
    return 'read';
  } catch (error) {
    if (error instanceof DicomError) return 'refused';
    throw new Error(`seed ${seed}`, { cause: error });
  }
}

/** 1,000 here; the soak run raises it. A failure names its seed. */
const rounds = Number(process.env.YUNYING_FUZZ_ROUNDS ?? 1_000);

describe('1,000 damaged files', () => {
  it('are read or refused with a DicomError, never anything else', () => {
    const outcomes = { read: 0, refused: 0 };
    for (let seed = 0; seed < rounds; seed++) {
      const bytes = seeds[seed % seeds.length] ?? own;
      outcomes[readDamaged(mutate(bytes, seed), seed)]++;
    }
    expect(outcomes.read + outcomes.refused).toBe(rounds);
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(outcomes.read).toBeGreaterThan(50);
  }, 600_000);

  it('cannot make the parser allocate what they only announce', () => {
    const bytes = Uint8Array.from(own);
    const before = process.memoryUsage().rss;
    for (let seed = 0; seed < 200; seed++) readDamaged(mutate(bytes, seed), seed);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});
