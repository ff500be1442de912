// The three errors of the DICOM upper layer. DimseError is what callers catch, PduError carries the
// A-ABORT reason of PS3.8 table 9-26 from the codec to the state machine, StatusError lets a DIMSE
// function choose the status it answers with. Texts never hold dataset or identity contents.

export type DimseErrorCode =
  | 'aborted'
  | 'closed'
  | 'connect-failed'
  | 'invalid-argument'
  | 'limit'
  | 'no-context'
  | 'protocol'
  | 'rejected'
  | 'timeout';

export class DimseError extends Error {
  readonly code: DimseErrorCode;

  constructor(code: DimseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DimseError';
    this.code = code;
  }
}

/** Reasons of an A-ABORT whose source is the service provider (PS3.8 §9.3.8). */
export const abortReason = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedParameter: 4,
  unexpectedParameter: 5,
  invalidParameter: 6,
} as const;

export class PduError extends Error {
  readonly reason: number;

  constructor(reason: number, message: string) {
    super(message);
    this.name = 'PduError';
    this.reason = reason;
  }
}

/** Thrown by a DIMSE function to answer `status`. `comment` goes on the wire: no identities in it. */
export class StatusError extends Error {
  readonly status: number;
  readonly comment: string;

  constructor(status: number, comment: string) {
    super(`status 0x${status.toString(16).padStart(4, '0')}: ${comment}`);
    this.name = 'StatusError';
    this.status = status;
    this.comment = comment;
  }
}
