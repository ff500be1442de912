// `npx yunying …`: the operator's command line. One function per command, listed in commands.ts; a command that fails
// prints one sentence and ends with a code other than 0. Secrets come on standard input or from files.
import '../file-threads.ts';
import { Command, CommanderError } from 'commander';
import { AppError, sentence } from '../errors.ts';
import { commands } from './commands.ts';

const program = new Command('yunying')
  .description('Yunying (云影): operator commands')
  .showHelpAfterError()
  .exitOverride();
for (const add of commands) add(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`yunying: ${explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof AppError) {
    const details = Object.entries(error.details).map(([name, value]) => `${name}=${String(value)}`);
    return [sentence(error.code, 'en'), ...details].join(' ');
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
