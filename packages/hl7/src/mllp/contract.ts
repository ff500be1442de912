// Words shared by the MLLP server and client (HL7 v2 transport specification, MLLP release 1):
// <0B> message <1C><0D>.

export interface MllpPeer {
  /** Number of the connection since the server began; for logs. */
  connection: number;
  address: string;
  port: number;
  localPort: number;
  /** Common name of the client certificate, when TLS asked for one. */
  certificateName: string | null;
}

export interface MllpLimits {
  /** Largest message. */
  maxBytes: number;
  /** A connection without any byte for this long is closed. */
  idleMs: number;
  /** From the first byte of a frame to its last; also for the peer to take an answer. */
  frameMs: number;
  maxConnections: number;
  /** Bytes outside a frame that are borne before the connection is closed. */
  maxGarbageBytes: number;
}

export const defaultMllpLimits: MllpLimits = {
  maxBytes: 64 * 1024 * 1024,
  idleMs: 30 * 60_000,
  frameMs: 60_000,
  maxConnections: 256,
  maxGarbageBytes: 64 * 1024,
};

export type MllpProblem =
  /** Bytes between frames. */
  | 'garbage'
  /** A frame larger than maxBytes. */
  | 'too-large'
  /** A new frame began, or the connection ended, before the end of the frame. */
  | 'unterminated'
  /** <1C> without <0D>. */
  | 'missing-cr'
  /** The frame was not complete within frameMs. */
  | 'slow-frame'
  | 'idle'
  /** The peer did not take our answer in time. */
  | 'slow-reader'
  | 'too-many-connections'
  /** onMessage failed; the connection was closed without an answer. */
  | 'answer-failed'
  | 'connection'
  | 'tls';

export type MllpErrorCode =
  | 'connect-failed'
  | 'connect-timeout'
  | 'answer-timeout'
  | 'answer-too-large'
  | 'connection-lost'
  | 'not-sendable'
  | 'cancelled'
  | 'closed';

export class MllpError extends Error {
  readonly code: MllpErrorCode;

  constructor(code: MllpErrorCode, message: string) {
    super(message);
    this.name = 'MllpError';
    this.code = code;
  }
}
