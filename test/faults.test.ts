// The short form of `npm run soak -- faults`.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runFaults } from './soak/faults.ts';
import { runS3Faults } from './soak/s3-faults.ts';

const folder = mkdtempSync(join(tmpdir(), 'yunying-faults-'));
chmodSync(folder, 0o711);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('loses nothing and recovers by itself from a dead database, a full disk and hostile peers', async () => {
  const report = await runFaults(folder, 3, (text) => process.stderr.write(`${text}\n`));
  expect(report.wrong).toEqual([]);
  expect(report.repeats).toBeGreaterThan(0);
  expect(report.objects).toBeGreaterThan(20);
}, 600_000);

it('loses nothing and recovers by itself from an S3 store that refuses, is away, hangs, is slow or gets other bytes', async () => {
  const report = await runS3Faults(folder, 3, (text) => process.stderr.write(`${text}\n`));
  expect(report.wrong).toEqual([]);
  expect(report.repeats).toBeGreaterThan(0);
  expect(report.objects).toBeGreaterThan(10);
}, 600_000);
