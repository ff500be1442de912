// A whole platform as a process of its own, on free ports and a data directory of its own: what the tests of the
// running system, the soak runs and the benchmarks start, kill and start again.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import nodeFlags from '../../apps/server/bin/node-flags.json' with { type: 'json' };
import { repositoryRoot } from '../../scripts/setup/root.ts';

export type ReadyLine = {
  http: string;
  adminHttp: string;
  dimse: string;
  aeTitle: string;
  mllp: string;
  pid: number;
};
export type DemoLine = {
  token: string;
  doctor: { user: string; password: string };
  admins: { user: string; password: string; role: string }[];
  outbox: string;
  patients: { url: string; code: string; name: string; idTail: string; phone: string; examName: string }[];
};
export type Platform = {
  ready: ReadyLine;
  /** Resolves when the demo has been fed; rejects when the program is not the demo. */
  demo: Promise<DemoLine>;
  /** The newest lines of the log, for a failing test. */
  log(): string;
  /** SIGKILL, no farewell: the server, or the server and its database. */
  kill(what: 'server' | 'server and database'): Promise<void>;
  stop(): Promise<number>;
};

const startLimitMs = 120_000;

export async function startPlatform(options: {
  dataDir: string;
  /** 'fed-demo': the demo on a copy of what fed-demo.ts has prepared, where there is one. */
  program?: 'server' | 'demo' | 'fed-demo';
  env?: Record<string, string>;
}): Promise<Platform> {
  // The database runs as another user than root: it must be able to walk through a temporary folder.
  const fed = process.env.FED_DEMO;
  mkdirSync(options.dataDir, { recursive: true });
  // cp -a, because the database's files belong to another user.
  if (options.program === 'fed-demo' && fed !== undefined)
    spawnSync('cp', ['-a', `${fed}/.`, options.dataDir], { stdio: 'inherit' });
  chmodSync(options.dataDir, 0o711);
  const isServer = options.program === undefined || options.program === 'server';
  const program = isServer ? 'apps/server/src/main.ts' : 'scripts/demo.ts';
  const child = spawn(process.execPath, [...nodeFlags, join(repositoryRoot, program)], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment(options.dataDir), ...options.env },
  });
  const lines: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    lines.push(...chunk.toString().split('\n'));
    lines.splice(0, Math.max(0, lines.length - 200));
  });
  const json = readJsonLines(child);
  const ready = await withLimit(json.first<{ ready: true } & ReadyLine>('ready'), () =>
    lines.slice(-15).join('\n'),
  );
  // The links of a copied demo name the port of the one that was fed.
  const demo = json.first<{ demo: DemoLine }>('demo').then((line) => ({
    ...line.demo,
    patients: line.demo.patients.map((one) => ({ ...one, url: ready.http + new URL(one.url).pathname })),
  }));
  demo.catch(() => {});
  return {
    ready,
    demo,
    log: () => lines.slice(-60).join('\n'),
    kill: async (what) => {
      const ended = once(child);
      const database = what === 'server' ? [] : childrenOf(ready.pid);
      process.kill(ready.pid, 'SIGKILL');
      for (const pid of database) tryKill(pid);
      await ended;
    },
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child);
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs a command of the operator's command line on that data directory and answers what it printed. */
export function runYunying(
  dataDir: string,
  args: string[],
  input = '',
  env: Record<string, string> = {},
): string {
  const done = spawnSync(process.execPath, [join(repositoryRoot, 'apps/server/bin/yunying.mjs'), ...args], {
    cwd: repositoryRoot,
    env: { ...environment(dataDir), ...env },
    input,
    encoding: 'utf8',
    timeout: startLimitMs,
  });
  if (done.status !== 0)
    throw new Error(`yunying ${args.join(' ')} ended with ${done.status}: ${done.stderr.slice(-500)}`);
  return done.stdout;
}

function environment(dataDir: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('YUNYING_'));
  return {
    ...Object.fromEntries(inherited.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    YUNYING_DATA: dataDir,
    YUNYING_PROFILE: 'demo',
    YUNYING_HTTP: '127.0.0.1:0',
    YUNYING_ADMIN_HTTP: '127.0.0.1:0',
    YUNYING_DIMSE: '127.0.0.1:0',
    YUNYING_MLLP: '127.0.0.1:0',
  };
}

function readJsonLines(child: ChildProcess) {
  const seen: Record<string, unknown>[] = [];
  const waiting: { key: string; resolve(line: unknown): void; reject(error: Error): void }[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    rest += chunk.toString();
    const complete = rest.split('\n');
    rest = complete.pop() ?? '';
    for (const text of complete) {
      if (!text.startsWith('{')) continue;
      const line = JSON.parse(text) as Record<string, unknown>;
      seen.push(line);
      for (const one of waiting) if (one.key in line) one.resolve(line);
    }
  });
  child.on('close', (code, signal) => {
    for (const one of waiting)
      one.reject(new Error(`the program ended (${code ?? signal}) before its "${one.key}" line`));
  });
  return {
    first: <T>(key: string): Promise<T> =>
      new Promise((resolve, reject) => {
        const found = seen.find((line) => key in line);
        if (found !== undefined) resolve(found as T);
        else waiting.push({ key, resolve: resolve as (line: unknown) => void, reject });
      }),
  };
}

async function withLimit<T>(promise: Promise<T>, log: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no ready line in time')), startLimitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${log()}`);
  } finally {
    clearTimeout(timer);
  }
}

function once(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? -1);
    else child.once('close', (code) => resolve(code ?? -1));
  });
}

/** Processes started by that one (its PostgreSQL), found in /proc. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return Number(readFileSync(`/proc/${candidate}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
