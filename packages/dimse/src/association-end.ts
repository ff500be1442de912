// How and why an association ended, as its user is told (PS3.8 §7.3-7.4, tables 9-21 and 9-26).
import { decodeAbort, decodeAssociateReject } from './pdu.ts';
import { abortSource } from './pdu-types.ts';
import type { Event } from './state-table.ts';

export type EndKind =
  | 'released'
  | 'rejected'
  | 'aborted-by-peer'
  | 'aborted-locally'
  | 'protocol-error'
  | 'connection-lost'
  | 'timeout';

/** Why an association is over. `source` and `reason` are those of the A-ABORT or A-ASSOCIATE-RJ. */
export interface AssociationEnd {
  readonly kind: EndKind;
  readonly message: string;
  readonly source?: number;
  readonly reason?: number;
  readonly result?: number;
}

export function rejectedBy(body: Buffer): AssociationEnd {
  const reject = decodeAssociateReject(body);
  const text = `result ${reject.result}, source ${reject.source}, reason ${reject.reason}`;
  return { kind: 'rejected', message: `the peer rejected the association: ${text}`, ...reject };
}

export function abortedBy(body: Buffer): AssociationEnd {
  const abort = decodeAbort(body);
  return {
    kind: 'aborted-by-peer',
    message: `the peer aborted the association: source ${abort.source}, reason ${abort.reason}`,
    ...abort,
  };
}

export function protocolError(event: Event, reason: number): AssociationEnd {
  return {
    kind: 'protocol-error',
    message: `${event} came unexpectedly`,
    source: abortSource.provider,
    reason,
  };
}
