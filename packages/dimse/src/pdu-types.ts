// The protocol data units of the DICOM upper layer as plain objects (PS3.8 §9.3, user information items
// of PS3.7 annex D.3). Names are the standard's; absent optional items are null or empty lists.

export const pduType = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  pDataTf: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;

export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** Result/Reason of a presentation context in A-ASSOCIATE-AC (PS3.8 table 9-18). */
export const contextResult = {
  acceptance: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

export interface ContextAnswer {
  readonly id: number;
  readonly result: number;
  /** Only significant when the result is acceptance. */
  readonly transferSyntax: string;
}

export interface AsyncOperations {
  readonly invoked: number;
  readonly performed: number;
}

export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

export interface ExtendedNegotiation {
  readonly sopClassUid: string;
  readonly serviceClassApplication: Buffer;
}

export interface CommonExtendedNegotiation {
  readonly sopClassUid: string;
  readonly serviceClassUid: string;
  readonly relatedGeneralSopClassUids: readonly string[];
}

/** Types 1-5 of PS3.7 table D.3-14. */
export type UserIdentityType = 'username' | 'username-and-passcode' | 'kerberos' | 'saml' | 'jwt';

export interface UserIdentity {
  readonly type: UserIdentityType;
  readonly positiveResponseRequested: boolean;
  readonly primary: Buffer;
  readonly secondary: Buffer;
}

export interface UserInformation {
  /** 0 means no limit. */
  readonly maxPduLength: number;
  readonly implementationClassUid: string | null;
  readonly implementationVersionName: string | null;
  readonly asyncOperations: AsyncOperations | null;
  readonly roles: readonly RoleSelection[];
  readonly extended: readonly ExtendedNegotiation[];
  readonly commonExtended: readonly CommonExtendedNegotiation[];
  readonly userIdentity: UserIdentity | null;
  readonly userIdentityResponse: Buffer | null;
}

export interface AssociateRequest {
  readonly protocolVersion: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  readonly userInformation: UserInformation;
}

export interface AssociateAccept {
  readonly protocolVersion: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly ContextAnswer[];
  readonly userInformation: UserInformation;
}

export interface AssociateReject {
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

/** The rejections of PS3.8 table 9-21, by what they say. */
export const rejection = {
  noReason: { result: 1, source: 1, reason: 1 },
  applicationContextNotSupported: { result: 1, source: 1, reason: 2 },
  callingAeNotRecognized: { result: 1, source: 1, reason: 3 },
  calledAeNotRecognized: { result: 1, source: 1, reason: 7 },
  acseNoReason: { result: 1, source: 2, reason: 1 },
  protocolVersionNotSupported: { result: 1, source: 2, reason: 2 },
  temporaryCongestion: { result: 2, source: 3, reason: 1 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, AssociateReject>;

export const abortSource = { user: 0, reserved: 1, provider: 2 } as const;

export interface Abort {
  readonly source: number;
  readonly reason: number;
}
