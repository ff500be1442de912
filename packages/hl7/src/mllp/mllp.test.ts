import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ackFor, readAck } from '../ack.ts';
import { parseMessage } from '../parse.ts';
import { createMllpClient, type MllpClient } from './client.ts';
import type { MllpProblem } from './contract.ts';
import { MllpDeframer, mllpFrame } from './framing.ts';
import { createMllpServer, type MllpServer, type MllpServerOptions } from './server.ts';

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function text(n: number): string {
  return `MSH|^~\\&|A|B|C|D|20260501||ADT^A01|${n}|P|2.5\rPID|1\r`;
}

function framed(n: number): Buffer {
  return Buffer.from(mllpFrame(Buffer.from(text(n))));
}

async function answer(bytes: Uint8Array): Promise<Uint8Array> {
  return ackFor(parseMessage(bytes), { code: 'AA' }).toBytes();
}

interface Started {
  server: MllpServer;
  port: number;
  problems: { kind: MllpProblem; detail: string }[];
  seen: string[];
}

async function start(options: Partial<MllpServerOptions> = {}): Promise<Started> {
  const problems: Started['problems'] = [];
  const seen: string[] = [];
  const server = createMllpServer({
    onProblem: (kind, _peer, detail) => problems.push({ kind, detail }),
    ...options,
    onMessage: async (bytes, peer) => {
      seen.push(Buffer.from(bytes).toString());
      return (options.onMessage ?? answer)(bytes, peer);
    },
  });
  const { port } = await server.listen({ port: 0 });
  closers.push(() => server.close({ drainMs: 200 }));
  return { server, port, problems, seen };
}

function client(port: number, answerMs = 5_000): MllpClient {
  const made = createMllpClient({ host: '127.0.0.1', port, timeouts: { connectMs: 2_000, answerMs } });
  closers.push(() => made.close());
  return made;
}

/** A raw socket that collects the control ids it gets answered. */
async function raw(
  port: number,
): Promise<{ socket: Socket; until: (n: number) => Promise<string[]>; closed: Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  closers.push(() => {
    socket.destroy();
  });
  const deframer = new MllpDeframer({ maxBytes: 1_000_000 });
  const ids: string[] = [];
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    for (const event of deframer.push(chunk)) {
      if (event.kind === 'frame') ids.push(readAck(parseMessage(event.bytes)).controlId);
    }
    wake();
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  const until = async (n: number) => {
    while (ids.length < n) await new Promise<void>((resolve) => (wake = resolve));
    return ids;
  };
  return { socket, until, closed };
}

describe('MLLP framing on a socket', () => {
  it('takes a message split at every byte', async () => {
    const { port, problems } = await start();
    const { socket, until } = await raw(port);
    socket.setNoDelay(true);
    for (const byte of framed(1)) {
      socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await until(1)).toEqual(['1']);
    expect(problems).toEqual([]);
  });

  it('answers messages sent together in their order, also when the first takes longer', async () => {
    let running = 0;
    let most = 0;
    const { port } = await start({
      onMessage: async (bytes) => {
        most = Math.max(most, ++running);
        const id = parseMessage(bytes).controlId;
        await new Promise((resolve) => setTimeout(resolve, id === '0' ? 60 : 0));
        running--;
        return answer(bytes);
      },
    });
    const { socket, until } = await raw(port);
    socket.write(Buffer.concat(Array.from({ length: 200 }, (_, n) => framed(n))));
    expect(await until(200)).toEqual(Array.from({ length: 200 }, (_, n) => String(n)));
    expect(most).toBe(1);
  });

  it('understands frames without their last CR: before the next frame, before silence, before the end', async () => {
    const { port, problems } = await start();
    const { socket, until } = await raw(port);
    socket.write(Buffer.concat([framed(1).subarray(0, -1), framed(2), framed(3).subarray(0, -1)]));
    expect(await until(3)).toEqual(['1', '2', '3']);
    socket.end(framed(4).subarray(0, -1));
    expect(await until(4)).toEqual(['1', '2', '3', '4']);
    expect(problems.map((problem) => problem.kind)).toEqual(['missing-cr', 'missing-cr', 'missing-cr']);
  });

  it('reports garbage between frames and frames without an end, and goes on', async () => {
    const { port, problems, seen } = await start();
    const { socket, until } = await raw(port);
    const cut = framed(1).subarray(0, -2);
    socket.write(
      Buffer.concat([
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        cut,
        framed(2),
        Buffer.from('\r\n\0 '),
        framed(3),
      ]),
    );
    expect(await until(2)).toEqual(['2', '3']);
    expect(seen).toEqual([text(2), text(3)]);
    expect(problems.map((problem) => problem.kind)).toEqual(['garbage', 'unterminated']);
  });

  it('keeps a vertical tab and a file separator inside a message', async () => {
    const { port, seen } = await start();
    const { socket, until } = await raw(port);
    const odd = `${text(1)}NTE|1||a\x0bb\x1cc\r`;
    socket.write(Buffer.from(`\x0b${odd}\x1c\r`));
    await until(1);
    expect(seen).toEqual([odd]);
  });
});

describe('MLLP server limits', () => {
  it('refuses a frame over the limit with a last answer, after those before it', async () => {
    const { port, problems, seen } = await start({
      limits: { maxBytes: 1000 },
      onRefused: (_kind, head) => ackFor(parseMessage(head.subarray(0, 70)), { code: 'AR' }).toBytes(),
    });
    const { socket, until, closed } = await raw(port);
    const big = Buffer.concat([Buffer.from(`\x0b${text(2)}`), Buffer.alloc(5000, 'x')]);
    socket.write(Buffer.concat([framed(1), big]));
    expect(await until(2)).toEqual(['1', '2']);
    await closed;
    expect(seen).toEqual([text(1)]);
    expect(problems.map((problem) => problem.kind)).toEqual(['too-large']);
  });

  it('closes a connection that feeds a frame too slowly, one that is idle, and endless garbage', async () => {
    const { port, problems } = await start({ limits: { frameMs: 150, idleMs: 400, maxGarbageBytes: 1000 } });
    const slow = await raw(port);
    const timer = setInterval(() => slow.socket.write('x'), 20);
    slow.socket.write('\x0bMSH');
    await slow.closed;
    clearInterval(timer);
    const idle = await raw(port);
    await idle.closed;
    const noisy = await raw(port);
    noisy.socket.write(Buffer.alloc(5000, 'x'));
    await noisy.closed;
    const kinds = new Set(problems.map((problem) => problem.kind).filter((kind) => kind !== 'connection'));
    expect([...kinds]).toEqual(['slow-frame', 'idle', 'garbage']);
  });

  it('drops connections over the limit', async () => {
    const { port, problems } = await start({ limits: { maxConnections: 1 } });
    await raw(port);
    const second = await raw(port);
    await second.closed;
    expect(problems.map((problem) => problem.kind)).toEqual(['too-many-connections']);
  });

  it('reads no further while a message is being answered', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { port, seen } = await start({
      onMessage: async (bytes) => {
        await gate;
        return answer(bytes);
      },
    });
    const { socket, until } = await raw(port);
    const many = Buffer.concat(
      Array.from({ length: 500 }, () => Buffer.concat([framed(1), Buffer.alloc(16_000, '\r')])),
    );
    expect(socket.write(many)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(seen.length).toBe(1);
    expect(socket.writableLength).toBeGreaterThan(0);
    release();
    expect((await until(500)).length).toBe(500);
  });
});

describe('MLLP server answers', () => {
  it('gives no answer when the message could not be kept, and closes', async () => {
    const { port, problems } = await start({
      onMessage: async () => {
        throw new Error('Zhang San');
      },
    });
    await expect(client(port).send(Buffer.from(text(1)))).rejects.toMatchObject({ code: 'connection-lost' });
    expect(problems).toEqual([{ kind: 'answer-failed', detail: 'Error' }]);
  });

  it('answers what it began before it closes, and refuses new connections', async () => {
    const { server, port } = await start({
      onMessage: async (bytes) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return answer(bytes);
      },
    });
    const sender = client(port);
    const sent = sender.send(Buffer.from(text(7)));
    await new Promise((resolve) => setTimeout(resolve, 40));
    const closing = server.close({ drainMs: 2_000 });
    expect(readAck(parseMessage(await sent)).controlId).toBe('7');
    await closing;
    expect(server.connections).toBe(0);
    await expect(sender.send(Buffer.from(text(8)))).rejects.toMatchObject({ code: 'connect-failed' });
  });
});

describe('MLLP over TLS', () => {
  // A pre-shared key needs no certificate in the repository.
  const key = Buffer.alloc(32, 7);
  const tls = { ciphers: 'PSK', maxVersion: 'TLSv1.2' as const };

  it('carries messages, and reports a peer that speaks no TLS', async () => {
    const { port, problems } = await start({ tls: { ...tls, pskCallback: () => key } });
    const sender = createMllpClient({
      host: '127.0.0.1',
      port,
      tls: {
        ...tls,
        servername: 'localhost',
        pskCallback: () => ({ psk: key, identity: 'ris' }),
        checkServerIdentity: () => undefined,
      },
    });
    closers.push(() => sender.close());
    expect(readAck(parseMessage(await sender.send(Buffer.from(text(1))))).controlId).toBe('1');
    const plain = await raw(port);
    plain.socket.write(framed(2));
    await plain.closed;
    expect(problems.map((problem) => problem.kind)).toEqual(['tls']);
  });
});

describe('MLLP client', () => {
  it('sends over one connection, in turn, and connects anew after the peer closed', async () => {
    const first = await start();
    const sender = client(first.port);
    const answers = await Promise.all([1, 2, 3].map((n) => sender.send(Buffer.from(text(n)))));
    expect(answers.map((bytes) => readAck(parseMessage(bytes)).controlId)).toEqual(['1', '2', '3']);
    expect(first.server.connections).toBe(1);
    await first.server.close({ drainMs: 100 });
    await expect(sender.send(Buffer.from(text(4)))).rejects.toMatchObject({ code: 'connect-failed' });
    const again = createMllpServer({ onMessage: answer });
    await again.listen({ port: first.port });
    closers.push(() => again.close({ drainMs: 100 }));
    expect(readAck(parseMessage(await sender.send(Buffer.from(text(5))))).controlId).toBe('5');
  });

  it('does not take a late answer for the next one', async () => {
    const { port } = await start({
      onMessage: async (bytes) => {
        if (parseMessage(bytes).controlId === '1') await new Promise((resolve) => setTimeout(resolve, 200));
        return answer(bytes);
      },
    });
    const sender = client(port, 80);
    await expect(sender.send(Buffer.from(text(1)))).rejects.toMatchObject({ code: 'answer-timeout' });
    expect(readAck(parseMessage(await sender.send(Buffer.from(text(2))))).controlId).toBe('2');
  });

  it('refuses framing bytes, and stops when it is cancelled or closed', async () => {
    const { port } = await start({ onMessage: () => new Promise(() => {}) });
    const sender = client(port);
    await expect(sender.send(Buffer.from('MSH|\x1c\rMSH|'))).rejects.toMatchObject({ code: 'not-sendable' });
    const cancel = new AbortController();
    const sent = sender.send(Buffer.from(text(1)), { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 30);
    await expect(sent).rejects.toMatchObject({ code: 'cancelled' });
    await sender.close();
    await expect(sender.send(Buffer.from(text(1)))).rejects.toMatchObject({ code: 'closed' });
  });
});
