// npm run check: types, lint, import boundaries and the tests that need no database, in under a minute.
// `--static` leaves the tests out (npm test runs them itself).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './setup/root.ts';

const steps: [string, string, string[]][] = [
  ['types of server and packages', 'typescript/bin/tsc', ['-p', 'tsconfig.json']],
  ['types of the patient app', 'typescript/bin/tsc', ['-p', 'apps/patient/tsconfig.json']],
  ['types of the doctor app', 'typescript/bin/tsc', ['-p', 'apps/doctor/tsconfig.json']],
  ['types of the admin app', 'typescript/bin/tsc', ['-p', 'apps/admin/tsconfig.json']],
  ['format and lint', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']],
];

export function runStaticChecks(): string[] {
  const failed: string[] = [];
  for (const [title, program, args] of steps) if (!step(title, program, args)) failed.push(title);
  if (!boundariesHold()) failed.push('import boundaries and cycles');
  return failed;
}

function step(title: string, program: string, args: string[]): boolean {
  const started = Date.now();
  const done = spawnSync(process.execPath, [join(repositoryRoot, 'node_modules', program), ...args], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const ok = done.status === 0;
  process.stderr.write(
    `${ok ? 'ok  ' : 'FAIL'} ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  if (!ok) process.stderr.write(`${done.stdout}${done.stderr}\n`);
  return ok;
}

/** dependency-cruiser can read nothing and report success (wrong parser): so the count is checked too. */
function boundariesHold(): boolean {
  const started = Date.now();
  const bin = join(repositoryRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'apps'];
  const done = spawnSync(process.execPath, [bin, ...args], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  });
  const report = JSON.parse(
    done.stdout === '' ? '{"summary":{"totalCruised":0,"violations":[]}}' : done.stdout,
  ) as {
    summary: {
      totalCruised: number;
      violations: { from: string; to: string; rule: { name: string; severity: string } }[];
    };
  };
  const errors = report.summary.violations.filter((violation) => violation.rule.severity === 'error');
  const ok = errors.length === 0 && report.summary.totalCruised > 100;
  process.stderr.write(
    `${ok ? 'ok  ' : 'FAIL'} import boundaries and cycles (${report.summary.totalCruised} modules, ${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  for (const { from, to, rule } of errors) process.stderr.write(`  ${rule.name}: ${from} → ${to}\n`);
  if (!ok && errors.length === 0) process.stderr.write(`${done.stderr}\n`);
  return ok;
}

if (import.meta.main) {
  const failed = runStaticChecks();
  if (!process.argv.includes('--static')) {
    const args = ['run', '--project', 'unit', '--reporter=dot'];
    if (!step('unit tests', 'vitest/vitest.mjs', args)) failed.push('unit tests');
  }
  process.exit(failed.length === 0 ? 0 : 1);
}
