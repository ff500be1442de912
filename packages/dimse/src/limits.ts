// Every limit and time-out of an association in one place. Callers give a partial object; what they
// leave out comes from the defaults. Sizes are bytes, times milliseconds.

export interface Limits {
  /** Maximum Length we advertise and enforce for P-DATA-TF (PS3.8 §D.1.1). */
  readonly maxPduLength: number;
  /** Tolerance over the advertised length for peers that count their headers differently. */
  readonly pduSlack: number;
  /** Largest P-DATA-TF we send, whatever the peer offers to take. */
  readonly maxSendPduLength: number;
  readonly maxAssociatePduLength: number;
  readonly maxCommandLength: number;
  readonly maxPresentationContexts: number;
  readonly maxTransferSyntaxes: number;
  /** Role, extended negotiation and related-class items, each. */
  readonly maxNegotiationItems: number;
  /** Dataset bytes waiting for a consumer before the socket is paused. */
  readonly maxBufferedBytes: number;
  /** What is read and thrown away after a consumer failed early, before the association is aborted. */
  readonly maxDrainBytes: number;
  /** Operations one association may have running, whatever async window it asks for. */
  readonly maxOperations: number;
  readonly maxAssociations: number;
}

export interface Timeouts {
  readonly connectMs: number;
  /** The ARTIM timer of PS3.8 §9.1.5; also bounds waiting for A-ASSOCIATE-AC and A-RELEASE-RP. */
  readonly artimMs: number;
  /** No byte in either direction and nothing running on our side. */
  readonly idleMs: number;
  /** One PDU must arrive whole within this time. */
  readonly pduMs: number;
  /** As SCU: silence between the request (or the last response) and the next response. */
  readonly responseMs: number;
  /** As SCP: silence of our own function between the request, its responses and its end. */
  readonly operationMs: number;
}

export const defaultLimits: Limits = {
  maxPduLength: 131_072,
  pduSlack: 1_024,
  maxSendPduLength: 131_072,
  maxAssociatePduLength: 1_048_576,
  maxCommandLength: 65_536,
  maxPresentationContexts: 128,
  maxTransferSyntaxes: 64,
  maxNegotiationItems: 512,
  maxBufferedBytes: 524_288,
  maxDrainBytes: 268_435_456,
  maxOperations: 16,
  maxAssociations: 64,
};

export const defaultTimeouts: Timeouts = {
  connectMs: 10_000,
  artimMs: 30_000,
  idleMs: 600_000,
  pduMs: 120_000,
  responseMs: 120_000,
  operationMs: 600_000,
};

export const largestPduLength = 1_048_576;
export const smallestPduLength = 4_096;

export function resolveLimits(given: Partial<Limits> = {}): Limits {
  const limits = { ...defaultLimits, ...given };
  for (const name of ['maxPduLength', 'maxSendPduLength'] as const) {
    const value = limits[name];
    if (!Number.isInteger(value) || value < smallestPduLength || value > largestPduLength) {
      throw new RangeError(`${name} must be between ${smallestPduLength} and ${largestPduLength}`);
    }
  }
  return limits;
}

export function resolveTimeouts(given: Partial<Timeouts> = {}): Timeouts {
  return { ...defaultTimeouts, ...given };
}
