// Damaged multipart bodies, cut into arbitrary chunks: the reader ends with parts or an AppError, and never hands out
// more bytes than came in; anything else throws and names its seed. For tests and the soak run.
import { mutate, randomInt, seededRandom } from '../../../../packages/dicom/src/testing/mutate.ts';
import { AppError } from '../errors.ts';
import { readMultipart } from '../http/multipart.ts';

export type BodyOutcomes = { read: number; refused: number; slowestMs: number };

const contentType = 'multipart/related; type="application/dicom"; boundary=yunying';
const parts = [0, 1, 2].flatMap((part) => [
  Buffer.from(`--yunying\r\nContent-Type: application/dicom\r\nContent-Location: ${part}\r\n\r\n`),
  Buffer.alloc(700, part),
  Buffer.from('\r\n'),
]);
export const wholeBody: Uint8Array = Buffer.concat([...parts, Buffer.from('--yunying--\r\n')]);

export async function fuzzBodies(
  rounds: number,
  onRound: (done: number) => void = () => {},
): Promise<BodyOutcomes> {
  const outcomes = { read: 0, refused: 0, slowestMs: 0 };
  for (let seed = 0; seed < rounds; seed += 1) {
    const started = performance.now();
    outcomes[await readBody(mutate(wholeBody, seed), seed)] += 1;
    outcomes.slowestMs = Math.max(outcomes.slowestMs, performance.now() - started);
    onRound(seed + 1);
  }
  return outcomes;
}

export async function readBody(bytes: Uint8Array, seed: number): Promise<'read' | 'refused'> {
  let given = 0;
  try {
    for await (const part of readMultipart(chunks(bytes, seed), contentType, { parts: 50 })) {
      for await (const piece of part.body) given += piece.length;
      if (given > bytes.length) throw new Error('more bytes were given than came in');
    }
    return 'read';
  } catch (error) {
    if (error instanceof AppError) return 'refused';
    throw new Error(`seed ${seed}`, { cause: error });
  }
}

async function* chunks(bytes: Uint8Array, seed: number): AsyncGenerator<Uint8Array> {
  const random = seededRandom(seed);
  for (let at = 0; at < bytes.length; ) {
    const step = 1 + randomInt(random, 400);
    yield bytes.subarray(at, at + step);
    at += step;
  }
}
