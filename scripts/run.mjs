#!/usr/bin/env node
// The door of every npm script: does the set-up that a fresh machine lacks, then hands over to the TypeScript
// program of that name on the pinned Node. Plain JavaScript on purpose: it must run on the machine's own Node >= 20
// before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command, ...rest] = process.argv.slice(2);

installPackages();
const program = join(root, 'scripts', `${command}.ts`);
if (!existsSync(program)) stop(`there is no program "${command}" yet`);
const flags = JSON.parse(readFileSync(join(root, 'apps/server/bin/node-flags.json'), 'utf8'));
const result = spawnSync(pinnedNode(), [...flags, program, ...rest], {
  cwd: root,
  stdio: 'inherit',
});
if (result.error) stop(result.error.message);
process.exit(result.status ?? (result.signal === 'SIGINT' ? 130 : 1));

/** npm ci, once for each state of the lock file. */
function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(lock).digest('hex');
  const stampFile = join(root, 'node_modules', '.yunying-installed');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  process.stderr.write('Installing the packages of package-lock.json (about a minute) …\n');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) stop('npm ci failed; see the lines above');
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** The Node that package-lock.json pins for this kind of machine, else the machine's own if it is new enough. */
function pinnedNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return stop(`no pinned Node for ${process.platform}-${process.arch}: install Node 24 and start again`);
}

function stop(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
