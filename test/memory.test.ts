// The short form of `npm run soak -- memory`: 300 MB instead of 2 GB, the same limit.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startPlatform } from './harness/platform.ts';
import { storeHugeObject } from './soak/memory.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'yunying-memory-'));
const platform = await startPlatform({ dataDir, env: { YUNYING_SETTLE_SECONDS: '3600' } });
afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('takes a 300 MB object by C-STORE without its memory following the size', async () => {
  const report = await storeHugeObject(platform, 150);
  expect(report.status).toBe(0);
  expect(report.peakMiB - report.beforeMiB).toBeLessThan(100);
}, 300_000);
