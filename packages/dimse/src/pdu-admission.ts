// What a PDU header means before its body is read: which event of the state machine it is, and whether its length may
// be (PS3.8 §9.3.1). Pure; the upper layer decides by its state what becomes of it.
import { abortReason, PduError } from './errors.ts';
import type { Limits } from './limits.ts';
import { pduType } from './pdu-types.ts';
import type { Event } from './state-table.ts';

const eventOfPdu: ReadonlyMap<number, Event> = new Map<number, Event>([
  [pduType.associateRq, 'A-ASSOCIATE-RQ'],
  [pduType.associateAc, 'A-ASSOCIATE-AC'],
  [pduType.associateRj, 'A-ASSOCIATE-RJ'],
  [pduType.pDataTf, 'P-DATA-TF'],
  [pduType.releaseRq, 'A-RELEASE-RQ'],
  [pduType.releaseRp, 'A-RELEASE-RP'],
  [pduType.abort, 'A-ABORT'],
]);

export function eventOf(type: number): Event {
  const event = eventOfPdu.get(type);
  if (event === undefined) {
    const name = `${type.toString(16).padStart(2, '0')}H`;
    throw new PduError(abortReason.unrecognizedPdu, `PDU type ${name} is unknown`);
  }
  return event;
}

export function requireLength(type: number, length: number, limits: Limits): void {
  const most = longest(type, limits);
  if (length > most || (type !== pduType.pDataTf && length < 4)) {
    throw new PduError(
      abortReason.invalidParameter,
      `${eventOf(type)} of ${length} bytes, 4 to ${most} are allowed`,
    );
  }
}

function longest(type: number, limits: Limits): number {
  if (type === pduType.pDataTf) return limits.maxPduLength + limits.pduSlack;
  if (type === pduType.associateRq || type === pduType.associateAc) return limits.maxAssociatePduLength;
  return 64;
}
