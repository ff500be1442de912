// What a module gives to the roles scp and mllp.
import type { Socket } from 'node:net';

/** A network door made by a module (DIMSE, MLLP). */
export interface Door {
  /** Binds; answers where it listens, host:port (and the TLS listener when there is one). */
  start(): Promise<{ address: string; tlsAddress?: string; stop(limitMs: number): Promise<void> }>;
}

/** The same work on connections that another process accepted. */
export interface SocketDoor {
  /** `secure`: the peer begins with a TLS handshake. */
  accept(socket: Socket, secure: boolean): void;
  stop(limitMs: number): Promise<void>;
}

/** Listens itself (`start`), or is handed its sockets (`open`). */
export interface DimseDoor extends Door {
  open(): Promise<SocketDoor>;
}
