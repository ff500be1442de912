// The short form of `npm run soak -- crash`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { crashRounds } from './soak/crash.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'yunying-crash-'));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it('keeps everything it acknowledged, shows nothing half-there and goes on with its jobs after three kill -9', async () => {
  const report = await crashRounds(dataDir, 3, (text) => process.stderr.write(`${text}\n`));
  expect(report.wrong).toEqual([]);
  expect(report.objects).toBeGreaterThan(0);
  expect(report.messages).toBeGreaterThan(0);
}, 600_000);
