// A peer that writes whatever bytes a test wants and collects the PDUs that come back.
import net from 'node:net';

export interface RawPdu {
  readonly type: number;
  readonly body: Buffer;
}

export class RawPeer {
  readonly socket: net.Socket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('error', () => {}); // a reset is an answer too
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static connect(port: number): Promise<RawPeer> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RawPeer(socket)));
    });
  }

  write(...pieces: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(pieces));
  }

  /** Takes the next whole PDU; null when the connection closed before one came. */
  async next(): Promise<RawPdu | null> {
    for (;;) {
      if (this.#received.length >= 6) {
        const end = 6 + this.#received.readUInt32BE(2);
        if (this.#received.length >= end) {
          const pdu = { type: this.#received.readUInt8(0), body: this.#received.subarray(6, end) };
          this.#received = this.#received.subarray(end);
          return pdu;
        }
      }
      if (this.socket.destroyed || this.socket.readableEnded) return null;
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.closed]);
    }
  }

  destroy(): void {
    this.socket.destroy();
  }
}
