// npm run check: types, lint, import boundaries and the tests that need no database, in under a minute on two cores.
// Steps run two at a time, the longest first. `--static` leaves the tests out (npm test runs them itself).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './setup/root.ts';

type Step = { title: string; program: string; args: string[]; judge?: (output: string) => string | null };

const types = (title: string, project: string): Step => ({
  title: `types of ${title}`,
  program: 'typescript/bin/tsc',
  args: ['-p', project],
});
const staticSteps: Step[] = [
  types('server and packages', 'tsconfig.json'),
  types('the doctor app', 'apps/doctor/tsconfig.json'),
  types('the admin app', 'apps/admin/tsconfig.json'),
  types('the patient app', 'apps/patient/tsconfig.json'),
  {
    title: 'format and lint',
    program: '@biomejs/biome/bin/biome',
    args: ['check', '--error-on-warnings', '.'],
  },
  {
    title: 'import boundaries and cycles',
    program: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'apps'],
    judge: boundaryTrouble,
  },
];
const unitTests: Step = {
  title: 'unit tests',
  program: 'vitest/vitest.mjs',
  args: ['run', '--project', 'unit', '--reporter=dot'],
};

/** Titles of the steps that failed. */
export async function runChecks(steps: Step[] = staticSteps): Promise<string[]> {
  const failed: string[] = [];
  const queue = [...steps];
  const worker = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      if (!(await runStep(step))) failed.push(step.title);
    }
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

async function runStep({ title, program, args, judge }: Step): Promise<boolean> {
  const started = Date.now();
  const child = spawn(process.execPath, [join(repositoryRoot, 'node_modules', program), ...args], {
    cwd: repositoryRoot,
  });
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  const trouble =
    judge === undefined ? (status === 0 ? null : output.join('') + errors.join('')) : judge(output.join(''));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(
    `${trouble === null ? 'ok  ' : 'FAIL'} ${title} (${seconds} s)\n${trouble === null ? '' : `${trouble}\n`}`,
  );
  return trouble === null;
}

/** dependency-cruiser can read nothing and report success (wrong parser), so the count is checked too. */
function boundaryTrouble(output: string): string | null {
  const { summary } = JSON.parse(
    output === '' ? '{"summary":{"totalCruised":0,"violations":[]}}' : output,
  ) as {
    summary: {
      totalCruised: number;
      violations: { from: string; to: string; rule: { name: string; severity: string } }[];
    };
  };
  const errors = summary.violations.filter((violation) => violation.rule.severity === 'error');
  if (summary.totalCruised < 300)
    return `only ${summary.totalCruised} modules were read: the parser does not see them`;
  return errors.length === 0
    ? null
    : errors.map(({ from, to, rule }) => `  ${rule.name}: ${from} → ${to}`).join('\n');
}

if (import.meta.main) {
  const failed = await runChecks(
    process.argv.includes('--static') ? staticSteps : [unitTests, ...staticSteps],
  );
  process.exit(failed.length === 0 ? 0 : 1);
}
