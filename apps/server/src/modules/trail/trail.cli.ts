// `yunying verify audit [--from --to]`: reads the chain of the audit trail and names the first thing that is wrong. Ends
// with a code other than 0 when there is one, so that a timer can watch it.
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { type Fault, type FaultKind, verifyTrail } from './verify-trail.ts';

type Part = Pick<Context, 'db' | 'crypto' | 'config'>;
/** Opens database and configuration for one command, and closes them after it. */
type WithContext = (run: (ctx: Part) => Promise<void>) => Promise<void>;

const words: Record<FaultKind, string> = {
  changed: 'the row was changed after it was written',
  deleted: 'a row or its link was deleted',
  reordered: 'rows stand in each other’s place',
  tail_cut: 'the tail was cut off',
  head_forged: 'the signature of a head does not hold',
  rewritten: 'the chain was written anew: a signed head says another hash',
};

export function trailCommands(
  program: Command,
  withContext: WithContext,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): void {
  program
    .command('verify')
    .description('prove that records are what they were')
    .command('audit')
    .description('the audit trail: its chain and the signed heads')
    .option('--from <time>', 'rows from this time on (ISO 8601)')
    .option('--to <time>', 'rows before this time')
    .action((options: { from?: string; to?: string }) =>
      withContext(async (ctx) => {
        const verdict = await verifyTrail(ctx, {
          from: timeOf('from', options.from),
          to: timeOf('to', options.to),
        });
        const rate = Math.round(verdict.rows / Math.max(verdict.seconds, 0.001));
        print(
          `${verdict.rows} rows and ${verdict.heads} signed heads in ${verdict.seconds.toFixed(1)} s (${rate} rows/s)`,
        );
        if (verdict.archived > 0) print(`${verdict.archived} rows lie in exported months`);
        print(`${verdict.gaps} numbers were never used (transactions that were rolled back)`);
        if (verdict.fault !== null) throw new Error(sentenceOf(verdict.fault));
        print('sound');
      }),
    );
}

export function sentenceOf(fault: Fault): string {
  const where = fault.seq === null ? `link ${fault.linkNo}` : `row ${fault.seq} (link ${fault.linkNo})`;
  return `the audit trail is not sound: ${where}: ${words[fault.kind]}`;
}

function timeOf(field: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new AppError('request.invalid', { field });
  return time;
}
