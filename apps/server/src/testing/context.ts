// A context for database tests: real PostgreSQL, real files in a folder of its own, a clock that the test moves.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, createBlobStore } from '../blob/index.ts';
import { type TestClock, testClock } from '../clock.ts';
import { type Config, readConfig } from '../config.ts';
import { type CryptoPort, fileKeys } from '../crypto/index.ts';
import { createJobs, type Jobs } from '../jobs/index.ts';
import { silentLogger } from '../log/index.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { openTestDatabase, type TestDatabase } from './postgres.ts';

export type TestContext = {
  config: Config;
  db: TestDatabase['db'];
  crypto: CryptoPort;
  database: TestDatabase['database'];
  url: string;
  blobs: BlobStore;
  jobs: Jobs;
  clock: TestClock;
  metrics: Metrics;
  log: typeof silentLogger;
  folder: string;
  close(): Promise<void>;
};

/** Configuration of profile demo in a temporary folder; `env` adds or changes YUNYING_* variables. */
export function testConfig(folder: string, env: Record<string, string> = {}): Config {
  const ports = {
    YUNYING_HTTP: '127.0.0.1:0',
    YUNYING_ADMIN_HTTP: '127.0.0.1:0',
    YUNYING_DIMSE: '127.0.0.1:0',
    YUNYING_MLLP: '127.0.0.1:0',
  };
  return readConfig({
    YUNYING_DATA: folder,
    YUNYING_PROFILE: 'demo',
    YUNYING_RESERVE: '1MB',
    ...ports,
    ...env,
  });
}

/** No codec: a test that needs one makes its own pool and spreads it in. */
export async function openTestContext(env: Record<string, string> = {}): Promise<TestContext> {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-test-'));
  mkdirSync(join(folder, 'blobs'));
  const config = testConfig(folder, env);
  const test = await openTestDatabase();
  const clock = testClock(new Date());
  const blobs = await createBlobStore({ config, db: test.db, log: silentLogger, clock });
  const jobs = createJobs({ database: test.database, config: config.jobs, log: silentLogger });
  return {
    config,
    db: test.db,
    crypto: fileKeys(folder),
    database: test.database,
    url: test.url,
    blobs,
    jobs,
    clock,
    metrics: createMetrics(),
    log: silentLogger,
    folder,
    close: async () => {
      jobs.close();
      await blobs.close();
      await test.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
