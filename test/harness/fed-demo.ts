// Runs once before the tests of the screens: feeds one demo and stops it. They start on a copy of its data directory
// (startPlatform), so that each has its own and none waits for the feeding.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform } from './platform.ts';

export default async function feedDemo(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-fed-'));
  chmodSync(folder, 0o711);
  const dataDir = join(folder, 'data');
  const platform = await startPlatform({ dataDir, program: 'demo' });
  await platform.demo;
  await platform.stop();
  process.env.FED_DEMO = dataDir;
  return () => rmSync(folder, { recursive: true, force: true });
}
