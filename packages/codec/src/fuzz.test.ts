// Damaged codestreams: 150 here; `npm run soak -- fuzz` decodes 100,000.
import { expect, it } from 'vitest';
import { fuzzCodestreams } from './testing/fuzz-codestreams.ts';

it('ends in pixels of the announced size or in a CodecError for damaged codestreams of every kind', async () => {
  const totals = await fuzzCodestreams(150, { threads: 2, timeoutMs: 20_000 });
  expect(Object.keys(totals)).toEqual(
    expect.arrayContaining(['JPEG', 'JPEG 2000', 'HTJ2K', 'JPEG-LS', 'RLE']),
  );
  const outcomes = Object.values(totals).flatMap((total) => Object.keys(total.outcomes));
  expect(outcomes).toEqual(expect.arrayContaining(['pixels', 'corrupt']));
});
