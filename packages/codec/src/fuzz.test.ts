// Damaged codestreams through the real pool: every one ends in pixels or a CodecError within its time, and the pool
// serves the next. 300 here; the soak run raises it.
import { afterAll, describe, expect, it } from 'vitest';
import { mutate } from '../../dicom/src/testing/mutate.ts';
import { CodecError } from './codec-error.ts';
import { CodecPool } from './codec-pool.ts';
import { encodeHtj2k, htj2kLosslessRpcl } from './encode-htj2k.ts';
import type { FrameRequest } from './prepare-frame.ts';
import { corpusAbsent, corpusFiles, readCorpusObject } from './testing/corpus.ts';
import { describePixels, patternFor } from './testing/descriptions.ts';

const rounds = Math.min(20_000, Number(process.env.YUNYING_FUZZ_ROUNDS ?? 300));
const largestSeed = 200_000;

describe('damaged codestreams', () => {
  const pool = new CodecPool({ size: 2, timeoutMs: 20_000 });
  afterAll(() => pool.close());

  it('end in pixels of the announced size or in a CodecError, and never take the pool along', async () => {
    const seeds = [await ownSeed(), ...corpusSeeds()];
    const outcomes = new Map<string, number>();
    const one = async (seed: number): Promise<void> => {
      const frame = seeds[seed % seeds.length];
      if (frame === undefined) return;
      const outcome = await pool.decodeFrame({ ...frame, bytes: mutate(frame.bytes, seed) }).then(
        ({ pixels }) => {
          const { rows, columns, samplesPerPixel } = frame.description;
          if (pixels.length !== rows * columns * samplesPerPixel) throw new Error(`seed ${seed}: wrong size`);
          return 'pixels';
        },
        (error: unknown) => {
          if (error instanceof CodecError) return error.code;
          throw new Error(`seed ${seed}`, { cause: error });
        },
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    for (let seed = 0; seed < rounds; seed += 4)
      await Promise.all([one(seed), one(seed + 1), one(seed + 2), one(seed + 3)]);
    expect(outcomes.get('pixels')).toBeGreaterThan(0);
    expect(outcomes.get('corrupt')).toBeGreaterThan(0);
    const [whole] = seeds;
    expect(whole === undefined ? null : (await pool.decodeFrame(whole)).pixels.length).toBe(64 * 64);
  }, 3_600_000);
});

async function ownSeed(): Promise<FrameRequest> {
  const description = describePixels({ rows: 64, columns: 64, bitsAllocated: 16, bitsStored: 12 });
  const { codestream } = await encodeHtj2k(patternFor(description), description);
  return { bytes: codestream, description: { ...description, transferSyntaxUid: htj2kLosslessRpcl } };
}

/** One small compressed frame of every transfer syntax in the corpus. */
function corpusSeeds(): FrameRequest[] {
  if (corpusAbsent) return [];
  const bySyntax = new Map<string, FrameRequest>();
  for (const path of corpusFiles('dicom')) {
    const object = readCorpusObject(path);
    if (object?.split === undefined || bySyntax.has(object.description.transferSyntaxUid)) continue;
    const { bytes } = object.frame(0);
    if (bytes.length === 0 || bytes.length > largestSeed) continue;
    bySyntax.set(object.description.transferSyntaxUid, { bytes, description: object.description });
  }
  return [...bySyntax.values()];
}
