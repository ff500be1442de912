// Loopback ports for the programs that are measured: a free one, and waiting until a program listens on it.
import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';

export { freePort } from '../apps/server/src/db/free-port.ts';

const startLimitMs = 30_000;

function isOpen(port: number): Promise<boolean> {
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
