// Associations spread over receiver processes: the same platform to a peer, and no worse off when a process dies.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../scripts/setup/root.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/storescu');
const studies = join(repositoryRoot, 'demo/studies');

describe.skipIf(noDcmtk)('receiver processes (needs DCMTK)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yunying-receivers-'));
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform({ dataDir, env: { YUNYING_DIMSE_PROCESSES: '2' } });
  });
  afterAll(async () => {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const port = () => platform.ready.dimse.slice(platform.ready.dimse.lastIndexOf(':') + 1);
  const send = (study: string) =>
    run('storescu', [
      '-aec',
      platform.ready.aeTitle,
      '-xs',
      '+sd',
      '127.0.0.1',
      port(),
      join(studies, study),
    ]);
  const echo = () => run('echoscu', ['-aec', platform.ready.aeTitle, '127.0.0.1', port()]);
  const stored = async () => {
    const text = await (await fetch(`${platform.ready.http}/metrics`)).text();
    return Number(/^yunying_store_outcomes_total\{outcome="stored"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };

  it('store what arrives on several associations, and their counts are added up', async () => {
    const before = await stored();
    await Promise.all(['ct-head', 'pet-ct', 'mg'].map((study) => send(study).catch(() => send(study))));
    const files = ['ct-head', 'pet-ct', 'mg'].flatMap((study) => readdirSync(join(studies, study)));
    expect((await stored()) - before).toBeGreaterThan(files.length / 2);
    expect(receiversOf(platform.ready.pid)).toHaveLength(2);
  });

  it('count the associations of a node together where its rules limit them', async () => {
    const rules = '{"mostAssociations": 1}';
    expect(runYunying(dataDir, ['node', 'add', 'ONCE', '--rules', rules])).toContain('ONCE');
    const open = () =>
      connect({
        host: '127.0.0.1',
        port: Number(port()),
        callingAe: 'ONCE',
        calledAe: platform.ready.aeTitle,
        contexts: [{ abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }],
      });
    const first = await open();
    // Each goes to the receiver with the fewest, which is the other one.
    for (let tries = 0; tries < 4; tries += 1) await expect(open()).rejects.toThrow(/source 3, reason 2/);
    await first.release();
  });

  it('are started again when one is killed, while the other goes on', async () => {
    const [first] = receiversOf(platform.ready.pid);
    process.kill(first ?? 0, 'SIGKILL');
    await echo();
    await until(() => {
      const now = receiversOf(platform.ready.pid);
      return now.length === 2 && !now.includes(first ?? 0);
    });
    await Promise.all([echo(), echo(), echo()]);
  });

  it('end with the server, also when that is killed', async () => {
    const receivers = receiversOf(platform.ready.pid);
    process.kill(platform.ready.pid, 'SIGKILL');
    await until(() => receivers.every((pid) => !isAlive(pid)));
    platform = await startPlatform({ dataDir, env: { YUNYING_DIMSE_PROCESSES: '2' } });
    await echo();
  });
});

function receiversOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${child}/status`, 'latin1'))?.[1];
        return (
          Number(parent) === pid &&
          readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('receiver-process')
        );
      } catch {
        return false;
      }
    });
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 100) {
    if (waited > 30_000) throw new Error('it did not come about within 30 s');
    await pause(100);
  }
}
