// The writing side of a transport connection: single PDUs, the last PDU before the end, and P-DATA with back-pressure.
// A writer that has to wait is let go by `drained` or told by `fail` that nobody will read any more.
import type { Socket } from 'node:net';
import { DimseError } from './errors.ts';

export class TransportWriter {
  readonly #socket: Socket;
  #drain: PromiseWithResolvers<void> | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get pending(): boolean {
    return this.#socket.writableLength > 0;
  }

  write(pdu: Buffer | undefined): void {
    if (pdu !== undefined && this.#socket.writable) this.#socket.write(pdu);
  }

  writeLast(pdu: Buffer | undefined): void {
    this.write(pdu);
    this.#socket.end();
  }

  /** All pieces in one system call. Null when the socket takes more, else what to wait for. */
  writeTogether(pieces: readonly Buffer[]): Promise<void> | null {
    const socket = this.#socket;
    let roomLeft = true;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) roomLeft = socket.write(piece);
    if (pieces.length > 1) socket.uncork();
    if (roomLeft) return null;
    this.#drain ??= Promise.withResolvers<void>();
    return this.#drain.promise;
  }

  drained(): void {
    this.#drain?.resolve();
    this.#drain = null;
  }

  fail(message: string): void {
    this.#drain?.promise.catch(() => {});
    this.#drain?.reject(new DimseError('closed', message));
    this.#drain = null;
  }
}
