// Every command of the operator's command line, one line each. Modules add theirs here.
import type { Command } from 'commander';
import { accountCommands } from '../modules/accounts/index.ts';
import { importCommand } from '../modules/archive/index.ts';
import { institutionCommands } from '../modules/mpi/index.ts';
import { nodeCommands } from '../modules/nodes/index.ts';
import { worklistCommands } from '../modules/orders/index.ts';
import { routingCommands } from '../modules/routing/index.ts';
import { trailCommands } from '../modules/trail/index.ts';
import { doctorCommand } from './doctor.ts';
import { withContext } from './open-context.ts';
import { serveCommand } from './serve.ts';

export const commands: readonly ((program: Command) => void)[] = [
  serveCommand,
  doctorCommand,
  (program) => importCommand(program, withContext),
  (program) => institutionCommands(program, withContext),
  (program) => nodeCommands(program, withContext),
  (program) => routingCommands(program, withContext),
  (program) => worklistCommands(program, withContext),
  (program) => accountCommands(program, withContext),
  (program) => trailCommands(program, withContext),
];
