// What the server and its receiver processes say to each other over the channel of child_process.fork. Sockets travel
// as handles beside a 'connection' message; everything else is plain JSON.
import type { Config } from '../config.ts';
import type { MetricValues } from '../metrics.ts';

export type ToReceiver =
  | { kind: 'start'; config: Config }
  /** With the socket of a new connection; `secure` when it came in on the TLS port. */
  | { kind: 'connection'; secure: boolean }
  | { kind: 'metrics'; id: number }
  | { kind: 'stop'; limitMs: number };

export type FromReceiver =
  | { kind: 'ready' }
  /** It cannot start; the reason is one line without secrets. */
  | { kind: 'failed'; reason: string }
  | { kind: 'connection-closed' }
  | { kind: 'metrics'; id: number; metrics: MetricValues };
