// npm run soak [-- NAME [ROUNDS]]: the long fault and fuzz runs, with progress and a summary. Without a name: all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform } from '../test/harness/platform.ts';
import { crashRounds } from '../test/soak/crash.ts';
import { runFaults } from '../test/soak/faults.ts';
import { runFuzz } from '../test/soak/fuzz.ts';
import { storeHugeObject } from '../test/soak/memory.ts';
import { runS3Faults } from '../test/soak/s3-faults.ts';

type Verdict = { ok: boolean; summary: string };

const runs: Record<string, (rounds: number | null) => Promise<Verdict>> = {
  crash: (rounds) =>
    withFolder(async (dataDir) => {
      const report = await crashRounds(dataDir, rounds ?? 50, (text) => process.stderr.write(`${text}\n`));
      for (const wrong of report.wrong.slice(0, 20)) process.stdout.write(`  ${wrong}\n`);
      return {
        ok: report.wrong.length === 0,
        summary: `${report.rounds} kill -9, ${report.objects} objects and ${report.messages} messages acknowledged, ${report.wrong.length} wrong`,
      };
    }),
  faults: (seconds) =>
    withFolder(async (folder) => {
      const report = await runFaults(folder, seconds ?? 60, (text) => process.stderr.write(`${text}\n`));
      for (const wrong of report.wrong.slice(0, 20)) process.stdout.write(`  ${wrong}\n`);
      return {
        ok: report.wrong.length === 0,
        summary: `${report.faults.length} faults, ${report.objects} objects, ${report.repeats} repeats (${report.statuses.join(', ')}), ${report.peakMiB} MiB at most, ${report.wrong.length} wrong`,
      };
    }),
  's3-faults': (seconds) =>
    withFolder(async (folder) => {
      const report = await runS3Faults(folder, seconds ?? 60, (text) => process.stderr.write(`${text}\n`));
      for (const wrong of report.wrong.slice(0, 20)) process.stdout.write(`  ${wrong}\n`);
      return {
        ok: report.wrong.length === 0,
        summary: `${report.faults.length} faults of S3, ${report.objects} objects, ${report.repeats} repeats (${report.statuses.join(', ')}), ${report.peakMiB} MiB at most, ${report.wrong.length} wrong`,
      };
    }),
  memory: (rounds) =>
    withFolder(async (dataDir) => {
      const platform = await startPlatform({ dataDir, env: { YUNYING_SETTLE_SECONDS: '3600' } });
      try {
        const report = await storeHugeObject(platform, rounds ?? 1024);
        const rise = report.peakMiB - report.beforeMiB;
        return {
          ok: report.status === 0 && rise < 100,
          summary: `${(report.sentBytes / 2 ** 30).toFixed(2)} GiB in ${report.seconds.toFixed(1)} s, memory ${report.beforeMiB} → ${report.peakMiB} MiB (+${rise})`,
        };
      } finally {
        await platform.stop();
      }
    }),
  fuzz: async (rounds) => {
    const report = await runFuzz(rounds ?? 100_000, (text) => process.stdout.write(`  ${text}\n`));
    for (const wrong of report.wrong) process.stdout.write(`  ${wrong}\n`);
    const all = report.totals.reduce((sum, one) => sum + one.rounds, 0);
    return { ok: report.wrong.length === 0, summary: `${all} damaged inputs, ${report.wrong.length} wrong` };
  },
};

const [name, rounds] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(runs) : [name];
let failed = 0;
for (const one of chosen) {
  const run = runs[one];
  if (run === undefined) {
    process.stderr.write(`there is no soak run "${one}": ${Object.keys(runs).join(', ')}\n`);
    process.exit(2);
  }
  process.stderr.write(`── ${one}\n`);
  const verdict = await run(rounds === undefined ? null : Number(rounds));
  if (!verdict.ok) failed++;
  process.stdout.write(`${verdict.ok ? 'ok  ' : 'FAIL'} ${one}: ${verdict.summary}\n`);
}
process.exit(failed === 0 ? 0 : 1);

async function withFolder(work: (dataDir: string) => Promise<Verdict>): Promise<Verdict> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yunying-soak-'));
  try {
    return await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
