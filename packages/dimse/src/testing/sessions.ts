// Byte-exact DICOM sessions of a well-behaved requestor, for tests that send raw bytes: an association
// request with every kind of item, C-ECHO, C-STORE in several fragments, release, abort.
import { encodeAssociateRequest } from '../associate-pdu.ts';
import { commandField } from '../command-fields.ts';
import { encodeCommandSet } from '../command-set.ts';
import { encodeAbort, encodePDataHeader, encodeReleaseRequest, pdvFlag } from '../pdu.ts';
import type { AssociateRequest } from '../pdu-types.ts';
import {
  applicationContextUid,
  explicitVrLittleEndianUid,
  implicitVrLittleEndianUid,
  verificationSopClassUid,
} from '../uids.ts';

export const ctImageStorageUid = '1.2.840.10008.5.1.4.1.1.2';
export const echoContextId = 1;
export const storeContextId = 3;

export const fullRequest: AssociateRequest = {
  protocolVersion: 1,
  calledAe: 'YUNYING',
  callingAe: 'MODALITY',
  applicationContext: applicationContextUid,
  contexts: [
    {
      id: echoContextId,
      abstractSyntax: verificationSopClassUid,
      transferSyntaxes: [implicitVrLittleEndianUid],
    },
    {
      id: storeContextId,
      abstractSyntax: ctImageStorageUid,
      transferSyntaxes: [explicitVrLittleEndianUid, implicitVrLittleEndianUid],
    },
  ],
  userInformation: {
    maxPduLength: 16_384,
    implementationClassUid: '1.2.3.4',
    implementationVersionName: 'TEST_1',
    asyncOperations: { invoked: 2, performed: 1 },
    roles: [{ sopClassUid: ctImageStorageUid, scu: true, scp: true }],
    extended: [{ sopClassUid: ctImageStorageUid, serviceClassApplication: Buffer.from([2, 0, 1]) }],
    commonExtended: [
      {
        sopClassUid: ctImageStorageUid,
        serviceClassUid: '1.2.840.10008.4.2',
        relatedGeneralSopClassUids: ['1.2.840.10008.5.1.4.1.1.7'],
      },
    ],
    userIdentity: {
      type: 'username-and-passcode',
      positiveResponseRequested: true,
      primary: Buffer.from('user'),
      secondary: Buffer.from('secret'),
    },
    userIdentityResponse: null,
  },
};

export const associateBytes = encodeAssociateRequest(fullRequest);
export const releaseBytes = encodeReleaseRequest();
export const abortBytes = encodeAbort({ source: 0, reason: 0 });

export function pdv(contextId: number, flags: number, fragment: Buffer): Buffer {
  return Buffer.concat([encodePDataHeader(contextId, flags, fragment.length), fragment]);
}

export function echoCommand(messageId: number): Buffer {
  const fields = {
    commandField: commandField.cEchoRq,
    messageId,
    affectedSopClassUid: verificationSopClassUid,
  };
  return encodeCommandSet(fields, false);
}

export function echoBytes(messageId: number): Buffer {
  return pdv(echoContextId, pdvFlag.command | pdvFlag.last, echoCommand(messageId));
}

export function storeCommand(messageId: number): Buffer {
  return encodeCommandSet(
    {
      commandField: commandField.cStoreRq,
      messageId,
      affectedSopClassUid: ctImageStorageUid,
      affectedSopInstanceUid: '1.2.3.4.5',
      priority: 0,
    },
    true,
  );
}

/** A C-STORE whose dataset comes in three fragments. */
export function storeBytes(messageId: number, dataset: Buffer): Buffer {
  const third = Math.ceil(dataset.length / 3);
  return Buffer.concat([
    pdv(storeContextId, pdvFlag.command | pdvFlag.last, storeCommand(messageId)),
    pdv(storeContextId, 0, dataset.subarray(0, third)),
    pdv(storeContextId, 0, dataset.subarray(third, third * 2)),
    pdv(storeContextId, pdvFlag.last, dataset.subarray(third * 2)),
  ]);
}

/** Whole sessions for the mutation runs. */
export function sampleSessions(): readonly Buffer[] {
  const dataset = Buffer.alloc(1_500, 7);
  return [
    associateBytes,
    Buffer.concat([associateBytes, echoBytes(1), releaseBytes]),
    Buffer.concat([associateBytes, storeBytes(1, dataset), echoBytes(2), releaseBytes]),
    Buffer.concat([associateBytes, storeBytes(1, dataset), storeBytes(2, dataset), abortBytes]),
  ];
}
