// npm test: everything. Sets up what a fresh machine lacks, runs the static checks and all tests against real
// PostgreSQL, sockets, DCMTK and Chromium, and ends with the line "N passed, N failed".
// `npm test -- PATTERN` runs the tests whose file names contain it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './check.ts';
import { requireDebianPackages } from './setup/debian.ts';
import { repositoryRoot } from './setup/root.ts';
import { buildWebApps } from './setup/web.ts';

const pattern = process.argv.slice(2);
requireDebianPackages(['chromium', 'dcmtk', 'fonts-noto-cjk', 'orthanc', 'orthanc-dicomweb', 'python3-odil']);
buildWebApps();
const failedChecks = pattern.length === 0 ? await runChecks() : [];
const counts = await runVitest(pattern);
for (const title of failedChecks) process.stdout.write(`failed check: ${title}\n`);
counts.failed += failedChecks.length;
const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);

async function runVitest(args: string[]): Promise<{ passed: number; failed: number; skipped: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-test-'));
  const reportFile = join(folder, 'report.json');
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: repositoryRoot,
    stdio: 'inherit',
  });
  const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  try {
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numFailedTestSuites: number;
      numTodoTests: number;
    };
    // A file that fails to load has failed although none of its tests ran.
    const failed =
      report.numFailedTests === 0 && status !== 0
        ? Math.max(1, report.numFailedTestSuites)
        : report.numFailedTests;
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
