// MLLP listener: frames in, acknowledgements out. It knows nothing of HL7 content; onMessage gets the bytes of
// one message and gives the bytes of its answer, only after what it promises is true.
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { type ConnectionRules, MllpConnection } from './connection.ts';
import { defaultMllpLimits, type MllpLimits, type MllpPeer, type MllpProblem } from './contract.ts';

export interface MllpServerOptions {
  /** Gives the acknowledgement. When it throws, the connection is closed unanswered and the sender sends again. */
  onMessage: (bytes: Uint8Array, peer: MllpPeer) => Promise<Uint8Array>;
  /** Everything that is wrong with a peer's bytes; the detail never quotes them. */
  onProblem?: (kind: MllpProblem, peer: MllpPeer, detail: string) => void;
  /** A last answer to a frame that was refused, from its first bytes; null closes without one. */
  onRefused?: (kind: MllpProblem, head: Uint8Array, peer: MllpPeer) => Uint8Array | null;
  limits?: Partial<MllpLimits>;
  tls?: TlsOptions;
}

export interface MllpServer {
  listen(address: { host?: string; port: number }): Promise<{ host: string; port: number }>;
  address(): { host: string; port: number } | null;
  readonly connections: number;
  /** Stops listening, lets begun messages be answered, and ends all connections within `drainMs`. */
  close(options?: { drainMs?: number }): Promise<void>;
}

export function createMllpServer(options: MllpServerOptions): MllpServer {
  const limits = { ...defaultMllpLimits, ...options.limits };
  const open = new Set<MllpConnection>();
  const onProblem = options.onProblem ?? (() => {});
  const rules: ConnectionRules = {
    onMessage: options.onMessage,
    onProblem,
    onRefused: options.onRefused,
    limits,
  };
  let count = 0;

  const accept = (socket: Socket) => {
    const connection = new MllpConnection(socket, peerOf(socket, ++count), rules);
    open.add(connection);
    socket.on('close', () => open.delete(connection));
  };
  const server = createListener(options.tls, accept, (error, socket) => {
    onProblem('tls', peerOf(socket, ++count), error.message);
    socket.destroy();
  });
  server.maxConnections = limits.maxConnections;
  server.on('drop', (dropped) => {
    const peer = {
      connection: ++count,
      address: dropped?.remoteAddress ?? '',
      port: dropped?.remotePort ?? 0,
      localPort: dropped?.localPort ?? 0,
      certificateName: null,
    };
    onProblem('too-many-connections', peer, `more than ${limits.maxConnections} connections`);
  });

  return {
    listen: ({ host, port }) => listen(server, host ?? '127.0.0.1', port),
    address: () => addressOf(server),
    get connections() {
      return open.size;
    },
    close: ({ drainMs = 10_000 } = {}) => close(server, open, drainMs),
  };
}

function createListener(
  tls: TlsOptions | undefined,
  accept: (socket: Socket) => void,
  refuse: (error: Error, socket: Socket) => void,
): Server {
  // Half-open: a sender may end its side and still wait for the answer.
  if (tls === undefined) return createServer({ allowHalfOpen: true }, accept);
  const server = createTlsServer({ handshakeTimeout: 10_000, ...tls, allowHalfOpen: true }, accept);
  server.on('tlsClientError', refuse);
  return server;
}

function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ host: string; port: number }>();
  server.once('error', reject);
  server.listen(port, host, () => {
    server.off('error', reject);
    resolve(addressOf(server) ?? { host, port });
  });
  return promise;
}

function addressOf(server: Server): { host: string; port: number } | null {
  const address = server.address();
  if (address === null || typeof address === 'string') return null;
  return { host: address.address, port: address.port };
}

async function close(server: Server, open: ReadonlySet<MllpConnection>, drainMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  for (const connection of open) connection.drain();
  const timer = setTimeout(() => {
    for (const connection of open) connection.destroy();
  }, drainMs);
  await Promise.all([promise, ...Array.from(open, (connection) => connection.closed)]);
  clearTimeout(timer);
}

function peerOf(socket: Socket, connection: number): MllpPeer {
  return {
    connection,
    address: socket.remoteAddress ?? '',
    port: socket.remotePort ?? 0,
    localPort: socket.localPort ?? 0,
    certificateName: socket instanceof TLSSocket ? certificateName(socket) : null,
  };
}

function certificateName(socket: TLSSocket): string | null {
  const name = socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined;
  return (Array.isArray(name) ? name[0] : name) ?? null;
}
