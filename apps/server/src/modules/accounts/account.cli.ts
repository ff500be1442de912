// `yunying account create|reset` and `yunying client add`. Secrets come on standard input or are made here and
// printed once; they are never arguments, because arguments are seen by every user of the machine.
import { type Permission, permissions } from '@yunying/api';
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { addClient, type StaffRole, staffRoles } from '../access/index.ts';
import { createAccount, type IssuedSecret, resetAccount } from './create-account.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config'>;
/** Opens database and configuration for one command, and closes them after it. */
export type WithContext = (run: (ctx: Part) => Promise<void>) => Promise<void>;
type Streams = { input: NodeJS.ReadableStream; print(line: string): void };

const terminal: Streams = {
  input: process.stdin,
  print: (line) => process.stdout.write(`${line}\n`),
};

export function accountCommands(
  program: Command,
  withContext: WithContext,
  streams: Streams = terminal,
): void {
  const account = program.command('account').description('staff accounts');
  account
    .command('create <loginName>')
    .description('create an account; prints a one-time password unless --password-stdin')
    .requiredOption('--role <role>', staffRoles.join(', '))
    .option('--name <displayName>', 'name shown on screens')
    .option('--password-stdin', 'read the first password from standard input')
    .action((loginName: string, options: { role: string; name?: string; passwordStdin?: boolean }) =>
      withContext(async (ctx) => {
        const password = options.passwordStdin === true ? await readSecret(streams.input) : undefined;
        const issued = await createAccount(ctx, {
          loginName,
          displayName: options.name ?? loginName,
          role: parseRole(options.role),
          ...(password === undefined ? {} : { password }),
        });
        printIssued(streams, issued);
      }),
    );
  account
    .command('reset <loginName>')
    .description('new one-time password; ends all sessions and lifts a lock')
    .option('--password-stdin', 'read the new password from standard input')
    .action((loginName: string, options: { passwordStdin?: boolean }) =>
      withContext(async (ctx) => {
        const password = options.passwordStdin === true ? await readSecret(streams.input) : undefined;
        printIssued(streams, await resetAccount(ctx, loginName, password));
      }),
    );
  program
    .command('client')
    .description('machine clients')
    .command('add <name>')
    .description('register a machine client and print its token once')
    .option('--may <permissions>', 'comma separated, default: all that a client may have')
    .action((name: string, options: { may?: string }) =>
      withContext(async (ctx) => {
        const granted = options.may === undefined ? {} : { permissions: parsePermissionList(options.may) };
        const { token } = await addClient(ctx, { name, ...granted });
        streams.print(token);
      }),
    );
}

function printIssued(streams: Streams, issued: IssuedSecret): void {
  const secret =
    issued.oneTimeSecret === null ? 'password as given' : `one-time password ${issued.oneTimeSecret}`;
  streams.print(`${issued.loginName} (${issued.role}): ${secret}; it must be changed at the first log-in`);
}

function parseRole(text: string): StaffRole {
  const role = staffRoles.find((name) => name === text);
  if (role === undefined) throw new AppError('request.invalid', { field: 'role', allowed: staffRoles });
  return role;
}

function parsePermissionList(text: string): Permission[] {
  return text.split(',').map((part) => {
    const found = permissions.find((name) => name === part.trim());
    if (found === undefined) throw new AppError('request.invalid', { field: 'may', allowed: permissions });
    return found;
  });
}

async function readSecret(input: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    if (text.length > 1000) throw new AppError('request.body_too_large');
  }
  return text.replace(/\r?\n$/, '');
}
