// Damaged multipart bodies: 1,000 here; `npm run soak -- fuzz` reads 100,000.
import { expect, it } from 'vitest';
import { fuzzBodies, readBody, wholeBody } from '../testing/fuzz-multipart.ts';

it('reads or refuses damaged multipart bodies', async () => {
  expect(await readBody(wholeBody, 0)).toBe('read');
  const outcomes = await fuzzBodies(1_000);
  expect(outcomes.read).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(50);
});
