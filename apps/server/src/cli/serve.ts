// `yunying serve`: the server in this process, configured by the environment and yunying.json.
import type { Command } from 'commander';
import { serve } from '../run-server.ts';

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('start the server and print one JSON line when it is ready')
    .action(serve);
}
