// What a module gives to the DICOM door (dimse-door.ts): the SOP classes of a service, which right of a node each of
// them needs, and the DIMSE operations by Command Field of the request (PS3.7 annex E.1).
import type { Association, Exchange } from '@yunying/dimse';
import type { NodeMay, NodeRow } from '../modules/nodes/index.ts';
import type { PeerUser } from './user-identity.ts';

/**
 * Who asks: `node` is null for an AE that is not registered (profile demo). `user`: of its user identity (PS3.7 annex
 * D.3.3.7), null when it gave none.
 */
export type DimseCaller = {
  callingAe: string;
  address: string;
  node: NodeRow | null;
  user: PeerUser | null;
};

export type DimseService = {
  name: string;
  /** 'storage': every storage SOP class, those of the standard and private ones. */
  sopClasses: readonly { uid: string; may: NodeMay }[] | 'storage';
  operations: Partial<
    Record<number /* command field */, (exchange: Exchange, caller: DimseCaller) => Promise<void>>
  >;
  /** Service Class Application Information that we accept of what the peer proposes (PS3.7 annex D.3.3.5); null: nothing. */
  answerExtended?(sopClassUid: string, proposed: Uint8Array): Buffer | null;
  /** An association with an accepted context of this service began; its end is `association.closed`. */
  onAssociation?(association: Association, caller: DimseCaller): void;
  /** When the door stops: what the service still writes after the end of an association. */
  whenEnded?(): Promise<void>;
};
