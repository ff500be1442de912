// Starts everything in order and gives back how to stop it in reverse: configuration -> lock on the data directory ->
// database -> migrations -> context -> roles -> ready. A failure on the way takes down what was started.

import { resolve } from 'node:path';
import { CodecPool } from '@yunying/codec';
import { createBlobStore, measureStores } from './blob/index.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { fileKeys } from './crypto/index.ts';
import { lockFolder } from './db/data-lock.ts';
import { openDatabase } from './db/index.ts';
import { migrate } from './db/migrate.ts';
import { claimNodeNumber } from './db/node-number.ts';
import { createJobs, measureJobs } from './jobs/index.ts';
import { createLogger } from './log/index.ts';
import { createMetrics } from './metrics.ts';
import type { DemoAccounts } from './modules/accounts/index.ts';
import * as modules from './modules/index.ts';
import { createReadiness } from './readiness.ts';
import { type Addresses, type RoleName, roleNames, roles, type StartedRole } from './roles.ts';

export type ReadyLine = {
  ready: true;
  http: string | null;
  adminHttp: string | null;
  dimse: string | null;
  aeTitle: string;
  mllp: string | null;
  pid: number;
};
export type Server = {
  ready: ReadyLine;
  addresses: Partial<Addresses>;
  ctx: Context;
  /** Known log-ins of profile demo; null in production. */
  demo: DemoAccounts | null;
  stop(): Promise<void>;
};

type Undo = { name: string; stop(limitMs: number): Promise<void> };

const appsFolder = resolve(import.meta.dirname, '../..');

export async function startServer(config: Config, onLost: (reason: string) => void): Promise<Server> {
  const log = createLogger({ level: config.log.level });
  const undo: Undo[] = [];
  const state = { draining: false };
  const stop = async (): Promise<void> => {
    state.draining = true;
    const until = Date.now() + config.drainSeconds * 1000;
    for (const part of undo.splice(0).reverse()) {
      try {
        await part.stop(Math.max(500, until - Date.now()));
      } catch (error) {
        log.error({ event: 'server.stop_failed', module: part.name, error });
      }
    }
  };
  try {
    const { ctx, parts } = await buildContext(config, log, undo, onLost, state);
    const { notice, demo } = await modules.prepare(ctx);
    if (notice !== null) process.stderr.write(notice);
    const addresses: Partial<Addresses> = {};
    for (const name of rolesToStart(config)) {
      const started: StartedRole | null = await roles[name].start(parts);
      if (started === null) continue;
      Object.assign(addresses, started.addresses);
      undo.push({ name, stop: started.stop });
    }
    const ready: ReadyLine = {
      ready: true,
      http: addresses.http ?? null,
      adminHttp: addresses.adminHttp ?? null,
      dimse: addresses.dimse ?? null,
      aeTitle: config.aeTitle,
      mllp: addresses.mllp ?? null,
      pid: process.pid,
    };
    log.info({ event: 'server.ready', profile: config.profile, roles: [...config.roles] });
    return { ready, addresses, ctx, demo, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function buildContext(
  config: Config,
  log: Context['log'],
  undo: Undo[],
  onLost: (reason: string) => void,
  state: { draining: boolean },
) {
  const lock = await lockFolder(config.dataDir);
  undo.push({ name: 'lock', stop: () => lock.release() });
  const database = await openDatabase(config, log, onLost);
  undo.push({ name: 'database', stop: () => database.close() });
  await migrate(database, log);
  const node = await claimNodeNumber(database, log);
  undo.push({ name: 'node-number', stop: () => node.release() });
  const blobs = await createBlobStore({ config, db: database.db, log, clock: systemClock });
  undo.push({ name: 'blobs', stop: () => blobs.close() });
  const codec = new CodecPool();
  undo.push({ name: 'codec', stop: () => codec.close() });
  const jobs = createJobs({ database, config: config.jobs, log });
  undo.push({ name: 'jobs', stop: async () => jobs.close() });
  const metrics = createMetrics({ processMetrics: true });
  const crypto = fileKeys(config.dataDir);
  const ctx: Context = {
    config,
    db: database.db,
    crypto,
    blobs,
    jobs,
    codec,
    log,
    clock: systemClock,
    metrics,
  };
  measureJobs(metrics, database);
  measureStores(metrics, blobs);
  const readiness = createReadiness({ database, blobs, state, recoveryNote: true });
  return { ctx, parts: { ctx, readiness, appsFolder, connectCron: database.connect } };
}

function rolesToStart(config: Config): RoleName[] {
  return roleNames.filter((name) => config.roles.includes(name));
}
