// MLLP sender: one message at a time over one connection that is kept open. It never sends again by itself:
// a failed send rejects, the connection is dropped (so a late answer cannot be taken for the next one), and
// the next send connects anew when the caller decides so.
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { MllpError } from './contract.ts';
import { MllpDeframer, mllpFrame } from './framing.ts';

export interface MllpClientOptions {
  host: string;
  port: number;
  tls?: ConnectionOptions;
  timeouts?: { connectMs?: number; answerMs?: number };
  /** Largest answer. */
  maxAnswerBytes?: number;
}

export interface MllpClient {
  /** Sends a message and gives the peer's answer. Calls made meanwhile wait their turn. */
  send(message: Uint8Array, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  close(): Promise<void>;
}

const defaultConnectMs = 5_000;
const defaultAnswerMs = 30_000;
const defaultMaxAnswerBytes = 16 * 1024 * 1024;

export function createMllpClient(options: MllpClientOptions): MllpClient {
  let socket: Socket | null = null;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const sendNow = async (frame: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    if (closed) throw new MllpError('closed', 'The MLLP client is closed.');
    if (signal?.aborted === true) throw new MllpError('cancelled', 'The send was cancelled.');
    if (socket === null || !isUsable(socket)) {
      socket?.destroy();
      socket = await openSocket(options, signal);
    }
    const used = socket;
    try {
      return await exchange(used, frame, options, signal);
    } catch (error) {
      used.destroy();
      throw error;
    }
  };

  return {
    async send(message, { signal } = {}) {
      const frame = mllpFrame(message);
      const turn = last.then(() => sendNow(frame, signal));
      last = turn.catch(() => {});
      return turn;
    },
    async close() {
      closed = true;
      await last;
      socket?.destroy();
    },
  };
}

function isUsable(socket: Socket): boolean {
  return !socket.destroyed && socket.writable && !socket.readableEnded;
}

function openSocket(options: MllpClientOptions, signal: AbortSignal | undefined): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const { host, port, tls } = options;
  const connectMs = options.timeouts?.connectMs ?? defaultConnectMs;
  const socket =
    tls === undefined
      ? connect({ host, port, noDelay: true, keepAlive: true })
      : connectTls({ servername: host, ...tls, host, port });
  const fail = (error: MllpError) => {
    socket.destroy();
    reject(error);
  };
  const timer = setTimeout(
    () => fail(new MllpError('connect-timeout', `No connection to ${host}:${port} within ${connectMs} ms.`)),
    connectMs,
  );
  const cancel = () => fail(new MllpError('cancelled', 'The send was cancelled.'));
  signal?.addEventListener('abort', cancel, { once: true });
  // The listener stays for the life of the socket: an error later must not end the process.
  socket.on('error', (error) =>
    fail(new MllpError('connect-failed', `No connection to ${host}:${port}: ${error.message}`)),
  );
  // Also between sends: the peer's end spoils the connection.
  socket.on('end', () => socket.destroy());
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve(socket));
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  });
}

function exchange(
  socket: Socket,
  frame: Uint8Array,
  options: MllpClientOptions,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const answerMs = options.timeouts?.answerMs ?? defaultAnswerMs;
  const deframer = new MllpDeframer({ maxBytes: options.maxAnswerBytes ?? defaultMaxAnswerBytes });

  let answers = 0;
  const take = (events: ReturnType<MllpDeframer['push']>) => {
    for (const event of events) {
      if (event.kind === 'frame') {
        // A second answer belongs to nothing: the connection is out of step.
        if (++answers > 1) socket.destroy();
        resolve(event.bytes);
      }
      if (event.kind === 'too-large') reject(new MllpError('answer-too-large', 'The answer is too large.'));
    }
  };
  const onChunk = (chunk: Buffer) => {
    take(deframer.push(chunk));
    // An answer without its last byte is still an answer.
    if (deframer.awaitsEnd) setTimeout(() => take(deframer.flush()), endGraceMs);
  };
  const onLost = () => {
    take(deframer.end());
    reject(new MllpError('connection-lost', 'The connection ended before the answer came.'));
  };
  const onCancel = () => reject(new MllpError('cancelled', 'The send was cancelled.'));
  const timer = setTimeout(
    () => reject(new MllpError('answer-timeout', `No answer within ${answerMs} ms.`)),
    answerMs,
  );
  signal?.addEventListener('abort', onCancel, { once: true });
  const drop = () => socket.destroy();
  socket.removeAllListeners('data');
  socket.on('data', onChunk);
  socket.on('end', onLost);
  socket.on('close', onLost);
  socket.write(frame);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onCancel);
    socket.off('data', onChunk).off('end', onLost).off('close', onLost);
    // Bytes that nobody asked for spoil the connection.
    socket.on('data', drop);
  });
}

const endGraceMs = 250;
