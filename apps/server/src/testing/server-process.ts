// Starts the real program as a process of its own, for tests that kill it, start two, or look at what it prints.
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

export type Ready = {
  ready: true;
  http: string;
  adminHttp: string;
  dimse: string | null;
  mllp: string | null;
  aeTitle: string;
  pid: number;
};
export type ServerProcess = {
  ready: Ready;
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Sends the signal and answers the exit code (null: ended by the signal). */
  end(signal: NodeJS.Signals): Promise<number | null>;
};
export type FailedStart = { code: number | null; stderr: string };

type As = { uid?: number; gid?: number };

const main = resolve(import.meta.dirname, '../main.ts');
const startLimitMs = 90_000;

export function serverEnvironment(dataDir: string, env: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    YUNYING_DATA: dataDir,
    YUNYING_PROFILE: 'demo',
    YUNYING_RESERVE: '1MB',
    YUNYING_SHARED_BUFFERS_MB: '32',
    YUNYING_HTTP: '127.0.0.1:0',
    YUNYING_ADMIN_HTTP: '127.0.0.1:0',
    YUNYING_DIMSE: '127.0.0.1:0',
    YUNYING_MLLP: '127.0.0.1:0',
    ...env,
  };
}

/** Resolves with the ready server, or with how the start failed. */
export async function startServerProcess(
  dataDir: string,
  env: Record<string, string> = {},
  as: As & { program?: string } = {},
): Promise<ServerProcess | FailedStart> {
  const child = spawn(process.execPath, [as.program ?? main], {
    env: serverEnvironment(dataDir, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    ...(as.uid === undefined ? {} : { uid: as.uid }),
    ...(as.gid === undefined ? {} : { gid: as.gid }),
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  const first = new Promise<Ready>((done) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      const line = stdout.split('\n').find((l) => l.startsWith('{"ready":true'));
      if (line !== undefined && stdout.includes('\n')) done(JSON.parse(line));
    });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), startLimitMs);
  const outcome = await Promise.race([first, exited.then((code) => ({ code, stderr }))]);
  clearTimeout(timer);
  if (!('ready' in outcome)) return outcome;
  return {
    ready: outcome,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

export async function startOrThrow(...args: Parameters<typeof startServerProcess>): Promise<ServerProcess> {
  const started = await startServerProcess(...args);
  if ('ready' in started) return started;
  throw new Error(`the server did not start (code ${started.code}): ${started.stderr.slice(-2000)}`);
}

/** Runs the program to its end; for starts that must fail. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<FailedStart & { stdout: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    timeout: 60_000,
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', (exit) => done(exit))),
  ]);
  return { stdout, stderr, code };
}
