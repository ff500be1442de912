#!/usr/bin/env node
// The operator's command `yunying`: hands over to the TypeScript command line on the Node that this checkout pins.
// Plain JavaScript on purpose: it must start on the machine's own Node.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const pinned = join(here, '../../../node_modules/.bin/node');
const node = existsSync(pinned) ? pinned : process.execPath;
const program = join(here, '../src/cli/main.ts');
// A small young generation: the buffers of received objects are freed by quick collections, not by full ones.
const flags = JSON.parse(readFileSync(join(here, 'node-flags.json'), 'utf8'));
const child = spawn(node, [...flags, program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  process.stderr.write(`yunying: ${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
