// Damaged files read the way the archive reads them: as a stream in arbitrary steps and whole, then written as JSON.
// Each ends with a result or a DicomError; anything else throws and names its seed. For tests and the soak run.
import { DicomError } from '../errors.ts';
import { toDicomJson } from '../json-write.ts';
import { encodeFileMeta } from '../part10.ts';
import { parseDicom } from '../read.ts';
import { DicomStream } from '../stream.ts';
import { corpusAbsent, corpusFiles, readCorpus } from './corpus.ts';
import { mutate, randomInt, seededRandom } from './mutate.ts';

export type FileOutcomes = { read: number; refused: number; slowestMs: number };

export const smallestFile = encodeFileMeta({
  sopClassUid: '1.2',
  sopInstanceUid: '1.3',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
});

export function fileSeeds(): Uint8Array[] {
  if (corpusAbsent) return [smallestFile];
  return corpusFiles()
    .map(readCorpus)
    .filter((bytes) => bytes.length < 40_000);
}

export function fuzzFiles(
  rounds: number,
  seeds: readonly Uint8Array[] = fileSeeds(),
  onRound: (done: number) => void = () => {},
): FileOutcomes {
  const outcomes = { read: 0, refused: 0, slowestMs: 0 };
  for (let seed = 0; seed < rounds; seed++) {
    const bytes = seeds[seed % seeds.length] ?? smallestFile;
    const started = performance.now();
    outcomes[readDamaged(mutate(bytes, seed), seed)]++;
    outcomes.slowestMs = Math.max(outcomes.slowestMs, performance.now() - started);
    onRound(seed + 1);
  }
  return outcomes;
}

export function readDamaged(bytes: Uint8Array, seed: number): 'read' | 'refused' {
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
