// Service class user: opens an association (PS3.8 §7.1) and answers it as an Association, on which
// `echo`, `store` and `request` run. Every wait has a limit; an AbortSignal ends the attempt, and the
// association while it lasts.
import type { Socket } from 'node:net';
import net from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import tls from 'node:tls';
import { Association } from './association.ts';
import { DimseError } from './errors.ts';
import type { Limits, Timeouts } from './limits.ts';
import { resolveLimits, resolveTimeouts } from './limits.ts';
import type { ServiceTable } from './operation.ts';
import type { Pace } from './pace.ts';
import type {
  AssociateAccept,
  AssociateRequest,
  AsyncOperations,
  CommonExtendedNegotiation,
  ExtendedNegotiation,
  ProposedContext,
  RoleSelection,
  UserIdentity,
} from './pdu-types.ts';
import { peerOf } from './peer.ts';
import { acceptedContexts } from './presentation-context.ts';
import { applicationContextUid, implementationClassUid, implementationVersionName } from './uids.ts';
import { UpperLayer } from './upper-layer.ts';

export interface ContextProposal {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly callingAe: string;
  readonly calledAe: string;
  readonly contexts: readonly ContextProposal[];
  /** One context per transfer syntax, so that the peer accepts each and not only its favourite. */
  readonly separateContexts?: boolean;
  readonly tls?: ConnectionOptions;
  readonly timeouts?: Partial<Timeouts>;
  readonly limits?: Partial<Limits>;
  readonly userIdentity?: UserIdentity;
  readonly asyncOps?: AsyncOperations;
  readonly roles?: readonly RoleSelection[];
  readonly extended?: readonly ExtendedNegotiation[];
  readonly commonExtended?: readonly CommonExtendedNegotiation[];
  /** What the peer may ask of us on this association: C-STORE sub-operations, N-EVENT-REPORT. */
  readonly services?: ServiceTable;
  readonly onError?: (error: unknown) => void;
  readonly signal?: AbortSignal;
  readonly pace?: Pace;
}

/** Presentation contexts have odd ids from 1 to 255: no more than this fit (PS3.8 §9.3.2.2). */
export const maxProposedContexts = 128;

export async function connect(options: ConnectOptions): Promise<Association> {
  const limits = resolveLimits(options.limits);
  const timeouts = resolveTimeouts(options.timeouts);
  const request = associateRequest(options, limits);
  options.signal?.throwIfAborted();
  const socket = await openSocket(options, timeouts.connectMs);
  return associate(socket, request, options, limits, timeouts);
}

/** The contexts as they will be numbered. Throws when they are more than one association can carry. */
export function numberContexts(proposals: readonly ContextProposal[], separate: boolean): ProposedContext[] {
  const all = separate
    ? proposals.flatMap(({ abstractSyntax, transferSyntaxes }) =>
        transferSyntaxes.map((syntax) => ({ abstractSyntax, transferSyntaxes: [syntax] })),
      )
    : proposals;
  if (all.length === 0 || all.length > maxProposedContexts) {
    throw new DimseError(
      'invalid-argument',
      `${all.length} presentation contexts, 1 to ${maxProposedContexts} can be proposed`,
    );
  }
  return all.map((proposal, index) => ({ id: index * 2 + 1, ...proposal }));
}

function associateRequest(options: ConnectOptions, limits: Limits): AssociateRequest {
  return {
    protocolVersion: 1,
    callingAe: options.callingAe,
    calledAe: options.calledAe,
    applicationContext: applicationContextUid,
    contexts: numberContexts(options.contexts, options.separateContexts ?? false),
    userInformation: {
      maxPduLength: limits.maxPduLength,
      implementationClassUid,
      implementationVersionName,
      asyncOperations: options.asyncOps ?? null,
      roles: options.roles ?? [],
      extended: options.extended ?? [],
      commonExtended: options.commonExtended ?? [],
      userIdentity: options.userIdentity ?? null,
      userIdentityResponse: null,
    },
  };
}

function openSocket(options: ConnectOptions, connectMs: number): Promise<Socket> {
  const { host, port, signal } = options;
  return new Promise((resolve, reject) => {
    const socket =
      options.tls === undefined ? net.connect({ host, port }) : tls.connect({ host, port, ...options.tls });
    const stop = (code: 'timeout' | 'connect-failed' | 'aborted', message: string, cause?: unknown) => {
      settle();
      socket.on('error', () => {});
      socket.destroy();
      reject(new DimseError(code, `${host}:${port}: ${message}`, { cause }));
    };
    const onError = (error: NodeJS.ErrnoException) =>
      stop('connect-failed', `cannot connect (${error.code ?? error.message})`, error);
    const onAbort = () => stop('aborted', 'the attempt was cancelled', signal?.reason);
    const timer = setTimeout(() => stop('timeout', `no connection within ${connectMs} ms`), connectMs);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => {
      settle();
      resolve(socket);
    });
  });
}

function associate(
  socket: Socket,
  request: AssociateRequest,
  options: ConnectOptions,
  limits: Limits,
  timeouts: Timeouts,
): Promise<Association> {
  return new Promise((resolve, reject) => {
    const onAbort = () => layer.abort('cancelled by the local user');
    const layer = new UpperLayer({
      socket,
      role: 'requestor',
      limits,
      timeouts,
      user: {
        onAssociateAccept: (accept) => {
          const association = establish(layer, socket, request, accept, options, limits, timeouts);
          layer.bind(association);
          void association.closed.then(() => options.signal?.removeEventListener('abort', onAbort));
          resolve(association);
        },
        onPdv: () => {
          throw new DimseError('protocol', 'a PDV before the association was accepted');
        },
        onReleaseRequest: () => {
          throw new DimseError('protocol', 'A-RELEASE-RQ before the association was accepted');
        },
        onEnd: (end) => {
          options.signal?.removeEventListener('abort', onAbort);
          const code = end.kind === 'rejected' || end.kind === 'timeout' ? end.kind : 'closed';
          reject(new DimseError(code, end.message, { cause: end }));
        },
      },
    });
    options.signal?.addEventListener('abort', onAbort, { once: true });
    layer.requestAssociation(request);
    if (options.signal?.aborted === true) onAbort();
  });
}

function establish(
  layer: UpperLayer,
  socket: Socket,
  request: AssociateRequest,
  accept: AssociateAccept,
  options: ConnectOptions,
  limits: Limits,
  timeouts: Timeouts,
): Association {
  return new Association({
    layer,
    role: 'requestor',
    callingAe: request.callingAe,
    calledAe: request.calledAe,
    peer: peerOf(socket),
    contexts: acceptedContexts(request, accept),
    peerUserInformation: accept.userInformation,
    asyncOperations: accept.userInformation.asyncOperations,
    services: options.services ?? {},
    pace: options.pace ?? null,
    limits,
    timeouts,
    onError: options.onError ?? (() => {}),
  });
}
