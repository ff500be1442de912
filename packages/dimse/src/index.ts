// DICOM upper layer and DIMSE message exchange (PS3.8, PS3.7): service class provider and user over TCP
// or TLS, streaming in both directions. Sockets only; no database, no files.
export { isAeTitle } from './ae-title.ts';
export type { Association, StoreInput, StoreResult } from './association.ts';
export type { AssociationEnd, EndKind } from './association-end.ts';
export { commandField, commandName } from './command-fields.ts';
export type { CommandFields, CommandSet } from './command-set.ts';
export { decodeCommandSet, encodeCommandSet } from './command-set.ts';
export type { DatasetStream } from './dataset-stream.ts';
export type { DimseErrorCode } from './errors.ts';
export { DimseError, StatusError } from './errors.ts';
export type { DimseResponse, RequestFields, RequestOptions } from './invoker.ts';
export type { Limits, Timeouts } from './limits.ts';
export { defaultLimits, defaultTimeouts, largestPduLength, smallestPduLength } from './limits.ts';
export type { DatasetSource } from './message-sender.ts';
export type { DimseFunction, Exchange, ResponseFields, ServiceTable } from './operation.ts';
export { Bucket, type Pace } from './pace.ts';
export type {
  AssociateReject,
  AssociateRequest,
  AsyncOperations,
  CommonExtendedNegotiation,
  ContextAnswer,
  ExtendedNegotiation,
  ProposedContext,
  RoleSelection,
  UserIdentity,
  UserIdentityType,
  UserInformation,
} from './pdu-types.ts';
export { contextResult, rejection } from './pdu-types.ts';
export type { Peer, PeerCertificate } from './peer.ts';
export type { ChooseSyntax, PresentationContext } from './presentation-context.ts';
export { answerContexts } from './presentation-context.ts';
export type { AcceptTerms, Negotiation, Scp, ScpOptions, ScpTrouble } from './scp.ts';
export { createScp } from './scp.ts';
export type { ConnectOptions, ContextProposal } from './scu.ts';
export { connect, maxProposedContexts, numberContexts } from './scu.ts';
export type { StoreAnswer, StoreRequest } from './services.ts';
export { cEchoService, cStoreService } from './services.ts';
export type { StatusCategory } from './status.ts';
export { status, statusCategory, statusName } from './status.ts';
export { implementationClassUid, implementationVersionName } from './uids.ts';
