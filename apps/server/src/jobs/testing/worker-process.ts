// A worker in a process of its own, for tests that kill it: `node worker-process.ts DATABASE_URL`. Takes the job
// `test.hang`, says so on standard output, and never finishes it.
import { openAt } from '../../db/index.ts';
import { silentLogger } from '../../log/index.ts';
import { JobWorker } from '../worker.ts';

const [url = ''] = process.argv.slice(2);
const database = await openAt(
  { connectionString: url },
  { poolSize: 4, statementTimeoutMs: 10_000 },
  silentLogger,
  'external',
);
const config = { concurrency: 2, cpuConcurrency: 1, leaseSeconds: 2, pollMs: 50 };
const hang = async (): Promise<void> => {
  process.stdout.write('taken\n');
  await new Promise(() => {});
};
const worker = new JobWorker(hang, database, new Map([['test.hang', { run: hang }]]), config, silentLogger);
await worker.start();
