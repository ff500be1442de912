import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionOfRunning } from './db/embedded-postgres.ts';
import { isPostmaster } from './db/postmaster.ts';
import {
  runToEnd,
  type ServerProcess,
  serverEnvironment,
  startOrThrow,
  startServerProcess,
} from './testing/server-process.ts';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };
const cli = resolve(import.meta.dirname, 'cli/main.ts');

let folder = '';
const started: ServerProcess[] = [];
const leftovers: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yunying-server-'));
  chmodSync(folder, 0o711);
});
afterEach(async () => {
  for (const server of started.splice(0))
    if (server.child.exitCode === null && server.child.signalCode === null) await server.end('SIGTERM');
  for (const path of [folder, ...leftovers.splice(0)]) rmSync(path, { recursive: true, force: true });
});

async function start(
  dataDir = folder,
  ...more: [Record<string, string>?, { uid?: number; gid?: number; program?: string }?]
): Promise<ServerProcess> {
  const server = await startOrThrow(dataDir, ...more);
  started.push(server);
  return server;
}

const clusterOf = (dataDir: string) => {
  const pointer = join(dataDir, 'postgres/LOCATION');
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(dataDir, 'postgres/cluster');
};
const postmasterOf = (cluster: string) =>
  Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
/** A zombie waits only for init to collect it. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/status`;
  return existsSync(path) && !/^State:\s+[ZX]/m.test(readFileSync(path, 'utf8'));
}
async function connectTo(dataDir: string): Promise<pg.Client> {
  const client = new pg.Client(connectionOfRunning(dataDir));
  client.on('error', () => {});
  await client.connect();
  return client;
}
const isReady = async (server: ServerProcess) => (await fetch(`${server.ready.http}/readyz`)).status === 200;
async function until(look: () => Promise<boolean> | boolean, limitMs = 30_000): Promise<void> {
  for (const end = Date.now() + limitMs; !(await look()); await sleep(100))
    if (Date.now() > end) throw new Error('what the test waits for did not happen');
}

describe('the server process', () => {
  it('prints one ready line, is ready, drains on SIGTERM with code 0, and leaves no database behind', async () => {
    const server = await start();
    expect(server.stdout().trim().split('\n')).toHaveLength(1);
    expect(server.ready).toMatchObject({ ready: true, aeTitle: 'YUNYING', pid: server.child.pid });
    expect(await isReady(server)).toBe(true);
    expect((await fetch(`${server.ready.adminHttp}/healthz`)).status).toBe(200);
    const postmaster = postmasterOf(clusterOf(folder));
    expect(await server.end('SIGTERM')).toBe(0);
    expect(isPostmaster(postmaster, clusterOf(folder))).toBe(false);
  });

  it('refuses a second server on the same data directory, by another path too, with one line', async () => {
    const first = await start();
    const alias = `${folder}-alias`;
    symlinkSync(folder, alias);
    leftovers.push(alias);
    for (const path of [folder, alias]) {
      const second = await startServerProcess(path);
      expect(second).toMatchObject({ code: 1 });
      expect('stderr' in second && typeof second.stderr === 'string' ? second.stderr.trim() : '').toMatch(
        /^yunying cannot start: another Yunying server is using [^\n]+$/,
      );
    }
    expect(await isReady(first)).toBe(true);
  });

  it('starts again after kill -9 of the server', async () => {
    const first = await start();
    await first.end('SIGKILL');
    const second = await start();
    expect(await isReady(second)).toBe(true);
  });

  it('brings the database back after kill -9 of PostgreSQL, on the same address', async () => {
    const server = await start();
    const cluster = clusterOf(folder);
    const before = postmasterOf(cluster);
    process.kill(before, 'SIGKILL');
    await until(
      () =>
        existsSync(join(cluster, 'postmaster.pid')) && postmasterOf(cluster) !== before && isReady(server),
    );
    expect(server.child.exitCode).toBeNull();
  });

  it('ends a busy backend that outlived its killed server before it starts a new one', async () => {
    const server = await start();
    const cluster = clusterOf(folder);
    const client = await connectTo(folder);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    // A loop without a wait: the backend does not notice by itself that its postmaster is gone.
    client.query('do $$ declare x bigint := 0; begin loop x := x + 1; end loop; end $$').catch(() => {});
    await sleep(200);
    const before = postmasterOf(cluster);
    process.kill(before, 'SIGKILL');
    await until(
      () =>
        existsSync(join(cluster, 'postmaster.pid')) && postmasterOf(cluster) !== before && isReady(server),
    );
    expect(isAlive(rows[0]?.pid ?? 0)).toBe(false);
  });

  it('starts after kill -9 of both, with a postmaster.pid whose number is another process now', async () => {
    const first = await start();
    const cluster = clusterOf(folder);
    const postmaster = postmasterOf(cluster);
    process.kill(postmaster, 'SIGKILL');
    await first.end('SIGKILL');
    await until(() => !isPostmaster(postmaster, cluster));
    const path = join(cluster, 'postmaster.pid');
    if (existsSync(path))
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(process.pid)));
    expect(await isReady(await start())).toBe(true);
  });
});

describe('a start that must fail', () => {
  it.each([
    [{ YUNYING_TYPO: '1' }, /unknown environment variable YUNYING_TYPO/],
    [{ YUNYING_BLOBS: 's3://x' }, /must be s3:.*endpoint/],
    [{ YUNYING_DATABASE_URL: 'postgresql://a:geheim@127.0.0.1:1/x' }, /ECONNREFUSED/],
  ])('ends with code 1 and one line for %o', async (env, sentence) => {
    const failed = await startServerProcess(folder, env);
    expect(failed).toMatchObject({ code: 1 });
    const stderr =
      'stderr' in failed && typeof failed.stderr === 'string' ? failed.stderr.trim().split('\n') : [];
    expect(stderr.at(-1)).toMatch(sentence);
    expect(stderr.join('\n')).not.toContain('geheim');
  });

  it('refuses to run with database files that its pointer names but that are gone', async () => {
    mkdirSync(join(folder, 'postgres'));
    writeFileSync(join(folder, 'postgres/LOCATION'), '/nonexistent/cluster\n');
    const failed = await startServerProcess(folder);
    expect(failed).toMatchObject({ code: 1 });
    expect('stderr' in failed ? String(failed.stderr) : '').toMatch(/are missing/);
  });

  it('ends with a reason when a port is taken, and takes the database down again', async () => {
    const server = await start();
    const other = `${folder}-other`;
    leftovers.push(other);
    mkdirSync(other, { mode: 0o711 });
    const failed = await startServerProcess(other, {
      YUNYING_HTTP: server.ready.http.replace('http://', ''),
    });
    expect(failed).toMatchObject({ code: 1 });
    expect('stderr' in failed ? String(failed.stderr) : '').toMatch(/EADDRINUSE/);
    expect(existsSync(join(other, 'postgres/cluster/postmaster.pid'))).toBe(false);
  });
});

// Reason for skipping: an ordinary user cannot become another one.
describe.skipIf(!isRoot)('accounts and locked folders (needs root)', () => {
  it('puts the database where its account can enter when the data lies under a folder only root may enter', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(join(locked, 'data'), { recursive: true });
    chmodSync(locked, 0o700);
    const data = join(locked, 'data');
    const first = await start(data);
    const cluster = clusterOf(data);
    leftovers.push(resolve(cluster, '..'));
    expect(cluster).toMatch(/^\/var\/lib\/yunying\//);
    await first.end('SIGTERM');
    expect(await isReady(await start(data))).toBe(true);
  });

  it('runs the database as itself when an ordinary user starts it', async () => {
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    const { chownSync } = await import('node:fs');
    chownSync(data, nobody.uid, nobody.gid);
    const server = await start(data, {}, nobody);
    const { statSync } = await import('node:fs');
    expect(statSync(clusterOf(data)).uid).toBe(nobody.uid);
    await server.end('SIGTERM');
    // Root then goes on as the owner of the files.
    const asRoot = await start(data);
    expect(await isReady(asRoot)).toBe(true);
    expect(statSync(join(clusterOf(data), 'postmaster.pid')).uid).toBe(nobody.uid);
  });

  it('copies the PostgreSQL programs out of a checkout only root may enter', async () => {
    const { prepareBinaries, findBinaries } = await import('./db/postgres-binaries.ts');
    const locked = join(folder, 'locked');
    mkdirSync(locked, { mode: 0o700 });
    cpSync(findBinaries().folder, join(locked, 'native'), { recursive: true, verbatimSymlinks: true });
    const account = { name: 'nobody', ...nobody };
    const binaries = await prepareBinaries(
      account,
      join(folder, 'lib'),
      { folder: join(locked, 'native'), version: 'test' },
      join(folder, 'copy'),
    );
    expect(binaries.folder).toBe(join(folder, `copy/postgres-test-${process.arch}`));
  });
});

describe('the command line', () => {
  it('checks itself with doctor', async () => {
    const { code, stdout } = await runToEnd(cli, ['doctor'], serverEnvironment(folder));
    expect(code).toBe(0);
    expect(stdout).toMatch(/ok {3}database: embedded PostgreSQL 18/);
  });

  it('serves and drains', async () => {
    const program = resolve(import.meta.dirname, '../bin/yunying.mjs');
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, [program, 'serve'], {
      env: serverEnvironment(folder),
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
    });
    const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('names a wrong command', async () => {
    const { code, stderr } = await runToEnd(cli, ['fly'], serverEnvironment(folder));
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/unknown command/);
  });
});
