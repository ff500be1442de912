// The DICOM ports of a server whose associations are spread over receiver processes: it accepts the connection and
// hands the untouched socket to the process with the fewest. One event loop parses, hashes and commits a few hundred
// objects a second; on a machine with more cores that is the limit, so there is one loop per core (ADR 9).
// A receiver that dies takes its associations with it, as any crash would: unanswered objects are sent again.
import { type ChildProcess, fork } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import nodeFlags from '../../bin/node-flags.json' with { type: 'json' };
import type { Address } from '../config.ts';
import { formatAddress } from '../config-values.ts';
import type { Context } from '../context.ts';
import type { Door } from '../door.ts';
import type { MetricValues } from '../metrics.ts';
import type { FromReceiver, ToReceiver } from './receiver-messages.ts';

type DoorContext = Pick<Context, 'config' | 'log' | 'metrics'>;
type Receiver = { child: ChildProcess; connections: number; ready: boolean };

const startLimitMs = 60_000;
const metricsLimitMs = 1000;
const restartDelayMs = 500;
/** Beyond the associations of all receivers together there is nobody to serve a connection. */
const connectionsPerReceiver = 416;

export function createReceiverDoor(ctx: DoorContext): Door {
  return {
    start: async () => {
      const receivers = new Receivers(ctx, ctx.config.dimseProcesses);
      await receivers.start();
      try {
        const open = await listen(ctx.config.dimse, (socket) => receivers.give(socket, false));
        const { dimseTls } = ctx.config;
        const secure = dimseTls === null ? null : await listen(dimseTls, (s) => receivers.give(s, true));
        return {
          address: open.address,
          ...(secure === null ? {} : { tlsAddress: secure.address }),
          stop: async (limitMs) => {
            await Promise.all([open.close(), secure?.close()]);
            await receivers.stop(limitMs);
          },
        };
      } catch (error) {
        await receivers.stop(0);
        throw error;
      }
    },
  };
}

class Receivers {
  readonly #ctx: DoorContext;
  readonly #all: Receiver[];
  readonly #waiting = new Map<number, (metrics: MetricValues) => void>();
  #lastId = 0;
  #stopping = false;

  constructor(ctx: DoorContext, count: number) {
    this.#ctx = ctx;
    this.#all = Array.from({ length: count }, () => this.#fork());
    ctx.metrics.addSource(() => this.#readMetrics());
  }

  async start(): Promise<void> {
    try {
      await Promise.all(this.#all.map((receiver) => untilReady(receiver.child)));
    } catch (error) {
      await this.stop(0);
      throw error;
    }
  }

  give(socket: Socket, secure: boolean): void {
    const [next] = this.#all.filter(({ ready }) => ready).sort((a, b) => a.connections - b.connections);
    if (next === undefined || next.connections >= connectionsPerReceiver) {
      this.#ctx.log.warn({
        event: 'dimse.trouble',
        kind: 'refused-connection',
        reason: 'no receiver is free',
      });
      socket.destroy();
      return;
    }
    next.connections += 1;
    send(next.child, { kind: 'connection', secure }, socket);
  }

  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#all.map(({ child }) => end(child, limitMs)));
  }

  #fork(): Receiver {
    const child = fork(join(import.meta.dirname, 'receiver-process.ts'), {
      execArgv: nodeFlags,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const receiver: Receiver = { child, connections: 0, ready: false };
    child.on('message', (message: FromReceiver) => this.#onMessage(receiver, message));
    child.on('error', (error) => this.#ctx.log.error({ event: 'dimse.receiver_failed', error }));
    child.once('exit', () => this.#onExit(receiver));
    send(child, { kind: 'start', config: this.#ctx.config });
    return receiver;
  }

  #onMessage(receiver: Receiver, message: FromReceiver): void {
    if (message.kind === 'ready') receiver.ready = true;
    else if (message.kind === 'connection-closed') receiver.connections -= 1;
    else if (message.kind === 'metrics') this.#waiting.get(message.id)?.(message.metrics);
  }

  #onExit(receiver: Receiver): void {
    const wasReady = receiver.ready;
    receiver.ready = false;
    if (this.#stopping || !wasReady) return;
    const { pid, exitCode, signalCode } = receiver.child;
    this.#ctx.log.error({
      event: 'dimse.receiver_ended',
      pid,
      result: signalCode ?? String(exitCode),
      connections: receiver.connections,
    });
    this.#restart(receiver);
  }

  #restart(gone: Receiver): void {
    setTimeout(() => {
      if (this.#stopping) return;
      const fresh = this.#fork();
      this.#all[this.#all.indexOf(gone)] = fresh;
      untilReady(fresh.child).catch((error: unknown) => {
        this.#ctx.log.error({ event: 'dimse.receiver_failed', error });
        this.#restart(fresh);
      });
    }, restartDelayMs).unref();
  }

  async #readMetrics(): Promise<MetricValues[]> {
    const asked = this.#all.filter(({ ready }) => ready).map(({ child }) => this.#askMetrics(child));
    return (await Promise.all(asked)).filter((metrics) => metrics !== null);
  }

  #askMetrics(child: ChildProcess): Promise<MetricValues | null> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<MetricValues | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), metricsLimitMs);
      this.#waiting.set(id, (metrics) => {
        clearTimeout(timer);
        resolve(metrics);
      });
      send(child, { kind: 'metrics', id });
    }).finally(() => this.#waiting.delete(id));
  }
}

function send(child: ChildProcess, message: ToReceiver, socket?: Socket): void {
  // A child that has just died cannot be told anything: its exit says so, and its socket closes with our copy.
  if (!child.connected) socket?.destroy();
  else if (socket === undefined) child.send(message, () => {});
  else child.send(message, socket, { keepOpen: false }, (error) => void (error !== null && socket.destroy()));
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('a receiver process did not become ready'));
    }, startLimitMs);
    child.on('message', (message: FromReceiver) => {
      if (message.kind === 'ready') {
        clearTimeout(timer);
        resolve();
      } else if (message.kind === 'failed') {
        clearTimeout(timer);
        reject(new Error(`a receiver process cannot start: ${message.reason}`));
      }
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('a receiver process ended before it was ready'));
    });
  });
}

async function end(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  send(child, { kind: 'stop', limitMs });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs + 5000);
  await ended;
  clearTimeout(timer);
}

function listen(
  { host, port }: Address,
  onSocket: (socket: Socket) => void,
): Promise<{ address: string; close(): Promise<void> }> {
  const server: Server = createServer({ pauseOnConnect: true, noDelay: true }, onSocket);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 511 }, () => {
      server.off('error', reject);
      const bound = server.address();
      const address = formatAddress({
        host,
        port: bound !== null && typeof bound === 'object' ? bound.port : port,
      });
      resolve({ address, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
