// Damaged multipart bodies, cut into arbitrary chunks: the reader ends with parts or an AppError, never hangs, and
// never hands out more bytes than came in. 1,000 here; the soak run raises it.
import { expect, it } from 'vitest';
import { mutate, randomInt, seededRandom } from '../../../../packages/dicom/src/testing/mutate.ts';
import { AppError } from '../errors.ts';
import { readMultipart } from './multipart.ts';

const rounds = Number(process.env.YUNYING_FUZZ_ROUNDS ?? 1_000);
const contentType = 'multipart/related; type="application/dicom"; boundary=yunying';
const whole = Buffer.concat(
  [0, 1, 2].flatMap((part) => [
    Buffer.from(`--yunying\r\nContent-Type: application/dicom\r\nContent-Location: ${part}\r\n\r\n`),
    Buffer.alloc(700, part),
    Buffer.from('\r\n'),
  ]),
);
const body = Buffer.concat([whole, Buffer.from('--yunying--\r\n')]);

async function* chunks(bytes: Uint8Array, seed: number): AsyncGenerator<Uint8Array> {
  const random = seededRandom(seed);
  for (let at = 0; at < bytes.length; ) {
    const step = 1 + randomInt(random, 400);
    yield bytes.subarray(at, at + step);
    at += step;
  }
}

async function read(bytes: Uint8Array, seed: number): Promise<'read' | 'refused'> {
  let given = 0;
  try {
    for await (const part of readMultipart(chunks(bytes, seed), contentType, { parts: 50 })) {
      for await (const piece of part.body) given += piece.length;
    }
    return 'read';
  } catch (error) {
    if (error instanceof AppError) return 'refused';
    throw new Error(`seed ${seed}`, { cause: error });
  } finally {
    expect(given).toBeLessThanOrEqual(bytes.length);
  }
}

it('reads or refuses damaged multipart bodies', async () => {
  const outcomes = { read: 0, refused: 0 };
  expect(await read(body, 0)).toBe('read');
  for (let seed = 0; seed < rounds; seed += 1) outcomes[await read(mutate(body, seed), seed)] += 1;
  expect(outcomes.read).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(50);
}, 3_600_000);
