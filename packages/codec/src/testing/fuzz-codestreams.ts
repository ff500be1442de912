// Damaged codestreams through the real pool: every one ends in pixels of the announced size or a CodecError within its
// time, and the pool serves the next. In one round of eight the description of the pixels lies too. Seeds: small frames
// of our own encoders, and a small frame of every compressed transfer syntax in the corpus where that is at hand.
// Anything else throws and names its seed. For tests and the soak run.
import { mutate, randomInt, seededRandom } from '../../../dicom/src/testing/mutate.ts';
import { CodecError } from '../codec-error.ts';
import { CodecPool } from '../codec-pool.ts';
import { encodeFrame } from '../encode-frame.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { FrameRequest } from '../prepare-frame.ts';
import { corpusAbsent, corpusFiles, readCorpusObject } from './corpus.ts';
import { describePixels, patternFor } from './descriptions.ts';

export type CodestreamOutcomes = Record<string, { rounds: number; outcomes: Record<string, number> }>;

const families: [string, RegExp][] = [
  ['JPEG', /^1\.2\.840\.10008\.1\.2\.4\.(50|51|57|70)$/],
  ['JPEG 2000', /^1\.2\.840\.10008\.1\.2\.4\.9[0-3]$/],
  ['HTJ2K', /^1\.2\.840\.10008\.1\.2\.4\.20[1-3]$/],
  ['JPEG-LS', /^1\.2\.840\.10008\.1\.2\.4\.8[01]$/],
  ['RLE', /^1\.2\.840\.10008\.1\.2\.5$/],
  ['JPEG XL', /^1\.2\.840\.10008\.1\.2\.4\.11[0-2]$/],
];
const largestSeed = 200_000;

export async function fuzzCodestreams(
  rounds: number,
  options: { threads: number; timeoutMs: number; onRound?: (done: number) => void },
): Promise<CodestreamOutcomes> {
  const kinds = await seedsByKind();
  const totals: CodestreamOutcomes = {};
  const pool = new CodecPool({ size: options.threads, timeoutMs: options.timeoutMs });
  let next = 0;
  let done = 0;
  const one = async (seed: number): Promise<void> => {
    const [kind, seeds] = kinds[seed % kinds.length] ?? ['', []];
    const frame = seeds[Math.floor(seed / kinds.length) % seeds.length];
    if (frame === undefined) return;
    const outcome = await decodeDamaged(pool, frame, seed);
    const total = totals[kind] ?? { rounds: 0, outcomes: {} };
    totals[kind] = total;
    total.rounds += 1;
    total.outcomes[outcome] = (total.outcomes[outcome] ?? 0) + 1;
    options.onRound?.(++done);
  };
  const lane = async () => {
    while (next < rounds) await one(next++);
  };
  try {
    await Promise.all(Array.from({ length: options.threads * 2 }, lane));
    for (const [kind, seeds] of kinds) {
      const [whole] = seeds;
      if (whole !== undefined) await decodeWhole(pool, whole, kind);
    }
  } finally {
    await pool.close();
  }
  return totals;
}

async function decodeDamaged(pool: CodecPool, frame: FrameRequest, seed: number): Promise<string> {
  const isLie = seededRandom(seed ^ 0x11e)() < 1 / 8;
  const description = isLie ? lie(frame.description, seed) : frame.description;
  try {
    const { pixels } = await pool.decodeFrame({ bytes: mutate(frame.bytes, seed), description });
    if (pixels.length !== sizeOf(description)) throw new Error(`seed ${seed}: wrong size`);
    return 'pixels';
  } catch (error) {
    if (!(error instanceof CodecError)) throw new Error(`seed ${seed}`, { cause: error });
    // Allowed, as it takes only its worker along; but somebody will want to look at it.
    if (error.code === 'timeout' || error.code === 'worker-lost')
      process.stderr.write(`seed ${seed}, ${frame.description.transferSyntaxUid}: ${error.message}\n`);
    return error.code;
  }
}

async function decodeWhole(pool: CodecPool, frame: FrameRequest, kind: string): Promise<void> {
  const { pixels } = await pool.decodeFrame(frame);
  if (pixels.length !== sizeOf(frame.description)) throw new Error(`${kind}: an undamaged frame fails`);
}

const sizeOf = ({ rows, columns, samplesPerPixel }: PixelDescription): number =>
  rows * columns * samplesPerPixel;

/** The object's attributes do not fit its codestream, up to sizes that no codec may try to allocate. */
function lie(description: PixelDescription, seed: number): PixelDescription {
  const random = seededRandom(seed ^ 0x5eed);
  const sizes = [0, 1, 7, 64, 65, 512, 4096, 32_768, 65_535];
  const size = () => sizes[randomInt(random, sizes.length)] ?? 1;
  return randomInt(random, 2) === 0
    ? { ...description, rows: size() }
    : { ...description, rows: size(), columns: size(), samplesPerPixel: [1, 3][randomInt(random, 2)] ?? 1 };
}

async function seedsByKind(): Promise<[string, FrameRequest[]][]> {
  const all = [...(await ownSeeds()), ...corpusSeeds()];
  return families
    .map(([name, syntaxes]): [string, FrameRequest[]] => [
      name,
      all.filter(({ description }) => syntaxes.test(description.transferSyntaxUid)),
    ])
    .filter(([, seeds]) => seeds.length > 0);
}

async function ownSeeds(): Promise<FrameRequest[]> {
  const grey = describePixels({ rows: 64, columns: 64, bitsAllocated: 16, bitsStored: 12 });
  const colour = describePixels({
    rows: 40,
    columns: 56,
    samplesPerPixel: 3,
    photometricInterpretation: 'RGB',
  });
  const root = '1.2.840.10008.1.2.4.';
  const syntaxes = ['1.2.840.10008.1.2.5', ...[57, 70, 80, 90, 201, 202].map((n) => `${root}${n}`)];
  const seeds: FrameRequest[] = [];
  for (const to of syntaxes)
    for (const description of [grey, colour])
      seeds.push(await encodeFrame(patternFor(description), description, to));
  return seeds;
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
