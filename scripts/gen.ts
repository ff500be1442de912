// npm run gen: what is generated from a source of truth and committed: row types and schema dump from the migrations,
// the tables of the DICOM conformance statement from those of the program.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './setup/root.ts';

for (const program of ['apps/server/src/db/gen-schema.ts', 'scripts/gen-conformance.ts']) {
  const args = ['--disable-warning=ExperimentalWarning', join(repositoryRoot, program)];
  const { status } = spawnSync(process.execPath, args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
