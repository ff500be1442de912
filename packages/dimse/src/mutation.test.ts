// Seeded mutations of whole sessions against our SCP, and of the acceptor's answers against our SCU.
// 1,000 and 250 here; `npm run soak -- fuzz` makes 100,000 of each. A failure names its seed.
import { expect, it } from 'vitest';
import { fuzzScp, fuzzScu } from './testing/fuzz-sessions.ts';

it('survives 1,000 mutated sessions as SCP', async () => {
  const heapBefore = process.memoryUsage().heapUsed;
  const outcomes = await fuzzScp(1_000);
  expect(outcomes.sessions).toBe(1_000);
  expect(outcomes.stored).toBeGreaterThan(0);
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(150_000_000);
});

it('survives 250 mutated answers as SCU', async () => {
  const outcomes = await fuzzScu(250);
  expect(outcomes.echoed + outcomes.refused).toBe(250);
  expect(outcomes.echoed).toBeGreaterThan(0); // reserved bytes may change without harm
  expect(outcomes.refused).toBeGreaterThan(0);
});
