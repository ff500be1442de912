// The embedded database: PostgreSQL started by us on the files of one data directory, with a random password in a 0600
// file. We reach it by a Unix socket beside its files, which costs half of what loopback does for small statements;
// loopback TCP on a free port is there for tools, and for paths too long for a socket. Survives kill -9 of us (the next start ends the orphan) and of
// itself (it is started again at once on the same port; queries fail meanwhile and callers retry).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log/index.ts';
import { type ClusterLocation, giveTo, locateCluster, rememberLocation } from './cluster-location.ts';
import { type FolderLock, lockFolder } from './data-lock.ts';
import { syncFolder, writeFileDurably } from './durable-file.ts';
import { freePort } from './free-port.ts';
import { type PostgresBinaries, prepareBinaries } from './postgres-binaries.ts';
import { clearPredecessor, type Postmaster, runningPort, startPostmaster } from './postmaster.ts';
import { spawnAs } from './system-account.ts';

export type ConnectionSettings = {
  /** An address, or the folder of a Unix socket. */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
};

export type EmbeddedPostgres = {
  connection: ConnectionSettings;
  cluster: string;
  version: string;
  pid(): number;
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  dataDir: string;
  sharedBuffersMb: number;
  log: Logger;
  /** Extra server settings; tests switch fsync off. */
  settings?: Record<string, string>;
  /** Where to put the files when the data directory is locked to the database account. */
  elsewhere?: string | undefined;
  /** Called when the server cannot be brought back. */
  onLost?: (reason: string) => void;
};

const user = 'yunying';
const startLimitMs = 600_000; // crash recovery of a large database takes minutes

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const location = locateCluster(options.dataDir, options.elsewhere);
  const lock = await lockFolder(dirname(location.cluster));
  try {
    return await startLocked(options, location, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** How to reach the server that another process of ours runs on these files. */
export function connectionOfRunning(dataDir: string): ConnectionSettings {
  const location = locateCluster(dataDir);
  const port = runningPort(location.cluster);
  if (port === null)
    throw new Error('another Yunying process holds the data directory but its database is not up; try again');
  const password = readFileSync(join(location.folder, 'password'), 'utf8').trim();
  return { host: hostOf(location.cluster), port, user, password, database: user };
}

async function startLocked(
  options: EmbeddedOptions,
  location: ClusterLocation,
  lock: FolderLock,
): Promise<EmbeddedPostgres> {
  const { log } = options;
  const binaries = await prepareBinaries(location.account, join(location.folder, 'lib'));
  const firstStart = !existsSync(join(location.cluster, 'PG_VERSION'));
  if (firstStart) await createCluster(location, binaries);
  const password = readFileSync(join(location.folder, 'password'), 'utf8').trim();
  const settings = {
    ...serverSettings(options.sharedBuffersMb),
    unix_socket_directories: takesSocket(location.cluster) ? `"${location.cluster}"` : '',
    ...options.settings,
  };
  const logFile = openLog(location.folder);

  const before = await clearPredecessor(location.cluster);
  if (before !== 'none') log.warn({ event: 'db.predecessor', result: before });
  const start = (port: number) =>
    startPostmaster({
      binaries,
      account: location.account,
      cluster: location.cluster,
      port,
      settings,
      logFile,
      limitMs: startLimitMs,
    });
  let { port, running } = await startOnFreePort(start, location);
  let stopping = false;

  const watch = async (): Promise<void> => {
    for (let failures = 0; failures < 5; ) {
      await running.exited;
      if (stopping) return;
      log.error({ event: 'db.server_ended', pid: running.pid, attempt: failures + 1 });
      try {
        await clearPredecessor(location.cluster);
        running = await start(port);
        log.warn({ event: 'db.server_restarted', pid: running.pid });
        if (stopping) await running.stop();
        failures = 0;
      } catch {
        failures += 1;
        await sleep(500 * failures);
        if (stopping) return;
        running = { ...running, exited: Promise.resolve() };
      }
    }
    options.onLost?.('the embedded PostgreSQL cannot be started again');
  };
  const watching = watch();

  return {
    connection: { host: hostOf(location.cluster), port, user, password, database: user },
    cluster: location.cluster,
    version: binaries.version,
    pid: () => running.pid,
    stop: async () => {
      stopping = true;
      await running.stop();
      await watching;
      closeSync(logFile);
      await lock.release();
    },
  };
}

const longestSocketPath = 107; // sun_path of sockaddr_un, less its final zero

/** Only our account and the database's may enter the folder of its files. */
function takesSocket(cluster: string): boolean {
  return Buffer.byteLength(join(cluster, '.s.PGSQL.65535')) <= longestSocketPath && !cluster.includes('"');
}

function hostOf(cluster: string): string {
  return takesSocket(cluster) ? cluster : '127.0.0.1';
}

async function startOnFreePort(
  start: (port: number) => Promise<Postmaster>,
  location: ClusterLocation,
): Promise<{ port: number; running: Postmaster }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, running: await start(port) };
    } catch (error) {
      const reason = lastFatalLine(location.folder);
      const again =
        attempt < 5 && (reason === null || /already in use|could not bind|shared memory block/.test(reason));
      if (!again)
        throw new Error(`the embedded PostgreSQL did not start: ${reason ?? String(error)}`, {
          cause: error,
        });
      await sleep(300 * attempt);
    }
  }
}

// Collation: the built-in C.UTF-8 provider sorts by code point, needs no library of the machine, and never changes
// its order under our indexes. Sorting names by pinyin is done on the pinyin columns.
async function createCluster(location: ClusterLocation, binaries: PostgresBinaries): Promise<void> {
  const fresh = `${location.cluster}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  giveTo(location.account, fresh);
  const password = randomBytes(24).toString('base64url');
  const passwordFile = `${location.cluster}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(location.account, passwordFile);
  try {
    const initdb = join(binaries.folder, 'bin', 'initdb');
    const args = [
      '-D',
      fresh,
      '-U',
      user,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-instructions',
    ];
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    const options = { ...spawnAs(location.account), env: binaries.env };
    try {
      await run(initdb, [...args, ...locale, '--lc-ctype=C.UTF-8'], options); // pg_trgm sees Chinese as letters by it
    } catch {
      rmSync(fresh, { recursive: true, force: true });
      mkdirSync(fresh, { mode: 0o700 });
      giveTo(location.account, fresh);
      await run(initdb, [...args, ...locale], options); // a machine whose C library has no C.UTF-8
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileDurably(join(location.folder, 'password'), `${password}\n`, 0o600);
  renameSync(fresh, location.cluster);
  syncFolder(dirname(location.cluster));
  rememberLocation(location);
}

function serverSettings(sharedBuffersMb: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    max_connections: '100',
    shared_buffers: `${sharedBuffersMb}MB`,
    effective_cache_size: `${sharedBuffersMb * 3}MB`,
    work_mem: '8MB',
    maintenance_work_mem: '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    wal_compression: 'on',
    wal_level: 'replica',
    max_wal_size: '2GB',
    checkpoint_timeout: '10min',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Rows hold patients: no statement text, no parameters, no DETAIL lines in the server's log.
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_statement: 'none',
    log_parameter_max_length_on_error: '0',
  };
}

function openLog(folder: string): number {
  const path = join(folder, 'postgres.log');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 8 * 1024 * 1024) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function lastFatalLine(folder: string): string | null {
  const lines = readFileSync(join(folder, 'postgres.log'), 'utf8').slice(-20_000).split('\n');
  const line = lines.findLast((text) => /(FATAL|PANIC|could not bind)/.test(text));
  return line === undefined ? null : line.replace(/^.*?(FATAL|PANIC|LOG|WARNING): +/, '');
}

function run(
  program: string,
  args: string[],
  options: { uid?: number; gid?: number; cwd: string; env: Record<string, string> },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed: ${stderr.trim().split('\n').at(-1) ?? `exit ${code}`}`));
    });
  });
}
