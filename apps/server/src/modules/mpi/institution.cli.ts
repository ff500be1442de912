// `yunying institution set|list`: what this hospital is called, and by which names its systems call it.
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { getInstitutions, setInstitution } from './institution.ts';

type WithContext = (run: (ctx: Pick<Context, 'db'>) => Promise<void>) => Promise<void>;
type SetOptions = { alias?: string[]; default?: boolean };

export function institutionCommands(
  program: Command,
  withContext: WithContext,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): void {
  const institution = program.command('institution').description('hospitals and campuses');
  institution
    .command('set <code> <name>')
    .description(
      'name an institution, or rename it; messages find it by code and aliases (MSH-4, PID-3.4, (0008,0080))',
    )
    .option('--alias <name...>', 'further names that systems use for it')
    .option('--default', 'what names no institution belongs to this one')
    .action((code: string, name: string, options: SetOptions) =>
      withContext(async (ctx) => {
        if (!/^[^\s|^~\\&]{1,64}$/.test(code)) throw new AppError('request.invalid', { field: 'code' });
        if (name.trim() === '' || name.length > 100) throw new AppError('request.invalid', { field: 'name' });
        const known = (await getInstitutions(ctx.db)).find((one) => one.code === code);
        const isDefault = options.default === true || known?.isDefault === true;
        const saved = await setInstitution(ctx.db, {
          code,
          name: name.trim(),
          isDefault,
          aliases: options.alias ?? [],
        });
        print(`${saved.code}  ${saved.name}${saved.isDefault ? '  (default)' : ''}`);
      }),
    );
  institution
    .command('list')
    .description('registered institutions')
    .action(() =>
      withContext(async (ctx) => {
        for (const one of await getInstitutions(ctx.db))
          print(`${one.code}  ${one.name}${one.isDefault ? '  (default)' : ''}`);
      }),
    );
}
