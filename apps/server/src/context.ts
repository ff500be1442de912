// What every use case may touch, built once in main.ts and passed by hand. A function names the part it
// needs: `Pick<Context, 'db' | 'blobs'>`, so a test passes just those.
import type { CodecPool } from '@yunying/codec';
import type { BlobStore } from './blob/index.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { CryptoPort } from './crypto/index.ts';
import type { Db } from './db/index.ts';
import type { Jobs } from './jobs/index.ts';
import type { Logger } from './log/index.ts';
import type { Metrics } from './metrics.ts';

export type Context = {
  config: Config;
  db: Db;
  crypto: CryptoPort;
  blobs: BlobStore;
  jobs: Jobs;
  codec: CodecPool;
  log: Logger;
  clock: Clock;
  metrics: Metrics;
};
