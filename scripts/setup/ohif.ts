// OHIF's built viewer, for the test that opens our DICOMweb with it: 50 MB from the npm registry, fetched once into the
// user's cache folder instead of being a dependency of everyone. The archive must have the digest pinned here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = '3.13.2';
const integrity =
  'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==';
const fetchLimitMs = 240_000;

/** The folder with index.html, or null where the registry cannot be reached and nothing was fetched before. */
export function ohifFolder(): string | null {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'yunying');
  const kept = join(cache, `ohif-${version}`);
  const dist = join(kept, 'package', 'dist');
  if (existsSync(join(dist, 'index.html'))) return dist;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetching-'));
  try {
    process.stderr.write(`Fetching @ohif/app ${version} (50 MB, once) …\n`);
    if (!succeeds('npm', ['pack', '--silent', '--pack-destination', folder, `@ohif/app@${version}`]))
      return null;
    const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) throw new Error(`@ohif/app ${version} is not the pinned one: ${found}`);
    if (!succeeds('tar', ['-xzf', archive, '-C', folder])) throw new Error('@ohif/app could not be unpacked');
    rmSync(archive);
    // A run beside this one may have been faster; its copy is the same.
    if (!existsSync(dist)) renameSync(folder, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return dist;
}

function succeeds(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 2], timeout: fetchLimitMs }).status === 0;
}
