// One running PostgreSQL server process on one set of files: start, wait until it answers, stop, and clear away
// what a killed predecessor left. A small shell parent holds the read end of a pipe from us: when we die, even by
// kill -9, the pipe ends and the shell asks PostgreSQL for a fast shutdown.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { type Account, spawnAs } from './system-account.ts';

export type Postmaster = {
  pid: number;
  /** Resolves when the process is gone, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
};

// $1… is the command. fd 3 ends when our process ends.
const keeper = `"$@" 3<&- & p=$!
( read -r line <&3; kill -INT $p ) & w=$!
exec 3<&-
wait $p; code=$?
kill $w 2>/dev/null
exit $code`;

export async function startPostmaster(options: {
  binaries: PostgresBinaries;
  account: Account;
  cluster: string;
  port: number;
  settings: Record<string, string>;
  logFile: number;
  limitMs: number;
}): Promise<Postmaster> {
  const { binaries, account, cluster } = options;
  const flags = Object.entries({ ...options.settings, port: String(options.port) }).flatMap(([k, v]) => [
    '-c',
    `${k}=${v}`,
  ]);
  const child = spawn(
    '/bin/sh',
    ['-c', keeper, 'sh', join(binaries.folder, 'bin', 'postgres'), '-D', cluster, ...flags],
    {
      ...spawnAs(account),
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...binaries.env },
      stdio: ['ignore', options.logFile, options.logFile, 'pipe'],
      detached: true, // Ctrl-C in a terminal must not reach the database before we have drained
    },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.unref();
  const pid = await untilReady(cluster, options.port, child, options.limitMs);
  return { pid, exited, stop: () => stopPostmaster(cluster, pid, exited) };
}

async function untilReady(
  cluster: string,
  port: number,
  child: ChildProcess,
  limitMs: number,
): Promise<number> {
  const until = Date.now() + limitMs;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('PostgreSQL ended while starting');
    const lines = pidFile(cluster);
    // postmaster.pid: line 1 pid, line 4 port, line 8 status. Until the new server writes it, the old one's is there.
    if (
      lines !== null &&
      Number(lines[3]) === port &&
      lines[7]?.trim() === 'ready' &&
      isPostmaster(Number(lines[0]), cluster)
    ) {
      return Number(lines[0]);
    }
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`PostgreSQL did not answer within ${Math.round(limitMs / 1000)} s`);
}

async function stopPostmaster(cluster: string, pid: number, exited: Promise<void>): Promise<void> {
  await endProcess(cluster, pid);
  await Promise.race([exited, sleep(2000)]);
}

/** Fast shutdown, then immediate, then kill. */
async function endProcess(cluster: string, pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    if (!isPostmaster(pid, cluster)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const until = Date.now() + waitMs;
    while (Date.now() < until && isPostmaster(pid, cluster)) await sleep(20);
  }
}

/**
 * Before a start: ends a server that still runs on these files, and backends that outlived a killed one (they hold
 * the shared memory). postmaster.pid itself stays: PostgreSQL reads from it which shared memory to check, and that
 * check is what keeps two servers off the same files. Only its process number is replaced when some other process
 * has that number now, because PostgreSQL would take that process for a living server.
 */
export async function clearPredecessor(cluster: string): Promise<'none' | 'stopped' | 'stale'> {
  const lines = pidFile(cluster);
  const pid = Number(lines?.[0]);
  const alive = isPostmaster(pid, cluster);
  if (alive) await endProcess(cluster, pid);
  await endOrphans(cluster);
  const left = pidFile(cluster);
  const path = join(cluster, 'postmaster.pid');
  if (left !== null && left.join('').trim() === '') rmSync(path, { force: true });
  else if (left !== null && existsSync(`/proc/${Number(left[0])}`)) {
    writeFileSync(path, [String(unusedPid()), ...left.slice(1)].join('\n'));
  }
  if (alive) return 'stopped';
  return lines === null ? 'none' : 'stale';
}

async function endOrphans(cluster: string): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    const until = Date.now() + waitMs;
    for (const pid of backendsOn(cluster)) {
      try {
        process.kill(pid, signal);
      } catch {
        // ended by itself
      }
    }
    while (backendsOn(cluster).length > 0) {
      if (Date.now() > until) break;
      await sleep(20);
    }
    if (backendsOn(cluster).length === 0) return;
  }
}

/** PostgreSQL processes that work in this folder; every process of a server has its files as working directory. */
function backendsOn(cluster: string): number[] {
  const found: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (readFileSync(`/proc/${entry}/comm`, 'utf8').trim() !== 'postgres') continue;
      if (readlinkSync(`/proc/${entry}/cwd`) === cluster) found.push(Number(entry));
    } catch {
      // ended while we looked, or not ours to see
    }
  }
  return found;
}

function unusedPid(): number {
  let pid = 4_194_303; // the largest number Linux gives
  while (existsSync(`/proc/${pid}`)) pid -= 1;
  return pid;
}

/** The port of the server that answers on these files now. */
export function runningPort(cluster: string): number | null {
  const lines = pidFile(cluster);
  if (lines === null || !isPostmaster(Number(lines[0]), cluster) || lines[7]?.trim() !== 'ready') return null;
  return Number(lines[3]);
}

function pidFile(cluster: string): string[] | null {
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return null;
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return null;
  }
}

/** Whether this process is PostgreSQL on these files, and not a later process with a reused number. */
export function isPostmaster(pid: number, cluster: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return (words[0]?.endsWith('/postgres') ?? false) && words.includes(cluster);
  } catch {
    return false;
  }
}
