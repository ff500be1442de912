// Builds the three web apps into apps/*/dist when a source is newer than what is there (by content hash, so that a
// fresh clone, a pull and a changed file all do the right thing, and nothing is built twice).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './root.ts';

const apps = ['patient', 'doctor', 'admin'] as const;
const sourcesOf = (app: string) => [
  `apps/${app}`,
  'packages/ui',
  'packages/viewer',
  'packages/api',
  'packages/dicom',
];

export function buildWebApps(force = false): void {
  for (const app of apps) {
    const dist = join(repositoryRoot, 'apps', app, 'dist');
    if (!existsSync(join(repositoryRoot, 'apps', app, 'vite.config.ts'))) continue;
    const hash = hashOf([...sourcesOf(app), 'package-lock.json']);
    const stamp = join(dist, '.sources');
    if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
    process.stderr.write(`Building the ${app} app …\n`);
    const vite = join(repositoryRoot, 'node_modules/vite/bin/vite.js');
    const done = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: join(repositoryRoot, 'apps', app),
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (done.status !== 0) throw new Error(`building the ${app} app failed; see the lines above`);
    writeFileSync(stamp, hash);
  }
}

function hashOf(paths: string[]): string {
  const hash = createHash('sha256');
  const walk = (path: string) => {
    const full = join(repositoryRoot, path);
    if (!existsSync(full)) return;
    if (/(^|\/)(node_modules|dist)$/.test(path) || path.endsWith('.test.ts')) return;
    let children: string[] | null = null;
    try {
      children = readdirSync(full).sort();
    } catch {
      hash.update(path).update(readFileSync(full));
    }
    for (const child of children ?? []) walk(`${path}/${child}`);
  };
  for (const path of paths) walk(path);
  return hash.digest('hex');
}
