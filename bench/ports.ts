// Loopback ports for the programs that are measured: a free one, and waiting until a program listens on it.
import type { ChildProcess } from 'node:child_process';
import { connect, createServer } from 'node:net';

const startLimitMs = 30_000;

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === 'string'
          ? reject(new Error('no port'))
          : resolve(address.port),
      );
    });
  });
}

export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Waits until the program listens; answers how to stop it by its pid. */
export async function whenOpen(
  name: string,
  port: number,
  child: ChildProcess,
): Promise<() => Promise<void>> {
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  };
  const deadline = Date.now() + startLimitMs;
  while (!(await isOpen(port))) {
    if (Date.now() > deadline || child.exitCode !== null || child.pid === undefined) {
      await stop();
      throw new Error(`${name} did not open port ${port}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return stop;
}
