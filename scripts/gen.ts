// npm run gen: what is generated from a source of truth and committed: row types and schema dump from the migrations.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './setup/root.ts';

const program = join(repositoryRoot, 'apps/server/src/db/gen-schema.ts');
process.exit(spawnSync(process.execPath, [program], { cwd: repositoryRoot, stdio: 'inherit' }).status ?? 1);
