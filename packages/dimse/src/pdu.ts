// The small PDUs: A-ASSOCIATE-RJ, A-RELEASE-RQ/RP, A-ABORT, and the header of P-DATA-TF with one
// presentation data value (PS3.8 §9.3.4-9.3.8, annex E.2). Decoders take the PDU body.
import { ByteCursor } from './byte-cursor.ts';
import type { Abort, AssociateReject } from './pdu-types.ts';
import { pduType } from './pdu-types.ts';

export const pduHeaderLength = 6;
/** PDV item length, context id and message control header: what a PDV adds to its fragment. */
export const pdvHeaderLength = 6;

/** Bits of the message control header (PS3.8 annex E.2). */
export const pdvFlag = { command: 0x01, last: 0x02 } as const;

export function encodeAssociateReject(reject: AssociateReject): Buffer {
  return Buffer.from([pduType.associateRj, 0, 0, 0, 0, 4, 0, reject.result, reject.source, reject.reason]);
}

export function decodeAssociateReject(body: Buffer): AssociateReject {
  const cursor = new ByteCursor(body);
  cursor.skip(1, 'reserved byte');
  return { result: cursor.u8('result'), source: cursor.u8('source'), reason: cursor.u8('reason') };
}

export function encodeReleaseRequest(): Buffer {
  return Buffer.from([pduType.releaseRq, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
}

export function encodeReleaseReply(): Buffer {
  return Buffer.from([pduType.releaseRp, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
}

export function encodeAbort(abort: Abort): Buffer {
  return Buffer.from([pduType.abort, 0, 0, 0, 0, 4, 0, 0, abort.source, abort.reason]);
}

export function decodeAbort(body: Buffer): Abort {
  const cursor = new ByteCursor(body);
  cursor.skip(2, 'reserved bytes');
  return { source: cursor.u8('source'), reason: cursor.u8('reason') };
}

/** The twelve bytes before a fragment when the PDU holds exactly one PDV. */
export function encodePDataHeader(contextId: number, flags: number, fragmentLength: number): Buffer {
  const header = Buffer.allocUnsafe(pduHeaderLength + pdvHeaderLength);
  header.writeUInt16BE(pduType.pDataTf << 8, 0);
  header.writeUInt32BE(fragmentLength + pdvHeaderLength, 2);
  header.writeUInt32BE(fragmentLength + 2, 6);
  header.writeUInt8(contextId, 10);
  header.writeUInt8(flags, 11);
  return header;
}
