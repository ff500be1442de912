// npm run bench [-- NAME]: the benchmarks under bench/, each with its peers beside us in the same run.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { requireDebianPackages } from './setup/debian.ts';
import { repositoryRoot } from './setup/root.ts';

const benches = ['store', 'frames', 'query', 'retrieve', 'web', 'codec', 'viewer', 'volume'];
const [name, ...rest] = process.argv.slice(2);
if (name !== undefined && !benches.includes(name)) {
  process.stderr.write(`there is no benchmark "${name}": ${benches.join(', ')}\n`);
  process.exit(2);
}
requireDebianPackages(['dcmtk', 'orthanc', 'orthanc-dicomweb', 'nginx-light', 'wrk', 'libgdcm-tools']);
let failed = 0;
for (const one of name === undefined ? benches : [name]) {
  const program = join(repositoryRoot, 'bench', `${one}.ts`);
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...rest], {
    cwd: repositoryRoot,
    stdio: 'inherit',
  });
  if (done.status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
