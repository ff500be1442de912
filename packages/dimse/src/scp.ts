// Service class provider: listens, negotiates associations through the caller's rules, and runs its
// service table on them (PS3.8 §7.1, PS3.7 §7). The caller decides who may do what in `negotiate`; this
// file only refuses what no rule could allow. `close` lets running operations finish first.
import type { Socket } from 'node:net';
import net from 'node:net';
import type { TlsOptions } from 'node:tls';
import tls from 'node:tls';
import { isAeTitle } from './ae-title.ts';
import { Association } from './association.ts';
import type { AssociationEnd } from './association-end.ts';
import { commandField } from './command-fields.ts';
import { DimseError } from './errors.ts';
import type { Limits, Timeouts } from './limits.ts';
import { resolveLimits, resolveTimeouts } from './limits.ts';
import type { ServiceTable } from './operation.ts';
import type { Pace } from './pace.ts';
import type {
  AssociateAccept,
  AssociateReject,
  AssociateRequest,
  AsyncOperations,
  ContextAnswer,
  ExtendedNegotiation,
  RoleSelection,
} from './pdu-types.ts';
import { rejection } from './pdu-types.ts';
import type { Peer } from './peer.ts';
import { peerOf } from './peer.ts';
import { acceptedContexts, completeAnswers } from './presentation-context.ts';
import { cEchoService } from './services.ts';
import { applicationContextUid, implementationClassUid, implementationVersionName } from './uids.ts';
import { UpperLayer } from './upper-layer.ts';

export interface AcceptTerms {
  readonly contexts: readonly ContextAnswer[];
  readonly asyncOperations?: AsyncOperations;
  readonly roles?: readonly RoleSelection[];
  readonly extended?: readonly ExtendedNegotiation[];
  readonly userIdentityResponse?: Buffer;
  /** For this association; what is absent is as for every other. */
  readonly limits?: Partial<Limits>;
  readonly timeouts?: Partial<Timeouts>;
  readonly pace?: Pace;
  /** Accepted, but the peer went away, or we did, before the association began. */
  readonly onAbandoned?: () => void;
}

export type Negotiation = { readonly accept: AcceptTerms } | { readonly reject: AssociateReject };

/** What went wrong outside of any DIMSE function, for the log. Without dataset contents. */
export interface ScpTrouble {
  readonly kind: 'rejected' | 'refused-connection' | 'ended' | 'error';
  readonly message: string;
  readonly peer: Peer | null;
  readonly callingAe: string;
  readonly calledAe: string;
  readonly error?: unknown;
}

export interface ScpOptions {
  negotiate(request: AssociateRequest, peer: Peer): Negotiation | Promise<Negotiation>;
  /** C-ECHO is there unless overridden. */
  readonly services?: ServiceTable;
  readonly onAssociation?: (association: Association) => void;
  readonly onTrouble?: (trouble: ScpTrouble) => void;
  readonly limits?: Partial<Limits>;
  readonly timeouts?: Partial<Timeouts>;
  readonly tls?: TlsOptions;
}

export interface Scp {
  listen(host: string, port: number): Promise<void>;
  /** A connection that somebody else accepted, nothing read from it yet; for an SCP that does not listen. */
  accept(socket: Socket): void;
  address(): { host: string; port: number };
  associations(): readonly Association[];
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

export function createScp(options: ScpOptions): Scp {
  return new ListeningScp(options);
}

class ListeningScp implements Scp {
  readonly #options: ScpOptions;
  readonly #limits: Limits;
  readonly #timeouts: Timeouts;
  readonly #services: ServiceTable;
  readonly #server: net.Server;
  readonly #layers = new Set<UpperLayer>();
  readonly #associations = new Set<Association>();
  /** Also those whose TLS handshake is not done, which no layer knows yet. */
  readonly #sockets = new Set<Socket>();
  #negotiating = 0;
  #closing = false;

  constructor(options: ScpOptions) {
    this.#options = options;
    this.#limits = resolveLimits(options.limits);
    this.#timeouts = resolveTimeouts(options.timeouts);
    this.#services = { [commandField.cEchoRq]: cEchoService, ...options.services };
    const onSocket = (socket: Socket) => this.#onConnection(socket);
    this.#server =
      options.tls === undefined
        ? net.createServer(onSocket)
        : tls.createServer({ handshakeTimeout: this.#timeouts.artimMs, ...options.tls }, onSocket);
    // Connections that have not associated yet need a cap of their own, above that of associations.
    this.#server.maxConnections = this.#limits.maxAssociations * 2 + 16;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('tlsClientError', (error: Error) => this.#trouble('refused-connection', error.message));
    this.#server.on('drop', () => this.#trouble('refused-connection', 'too many connections'));
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#trouble('error', error.message));
        resolve();
      });
    });
  }

  accept(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  address(): { host: string; port: number } {
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new DimseError('closed', 'the SCP does not listen');
    return { host: address.address, port: address.port };
  }

  associations(): readonly Association[] {
    return [...this.#associations];
  }

  async close({ drainMs = 10_000 }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closing = true;
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    let deadline = setTimeout(() => {
      for (const layer of this.#layers) layer.abort('the SCP shuts down');
      // The A-ABORT gets a moment to arrive; a peer that keeps its side open does not hold us up.
      deadline = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, 250);
    }, drainMs);
    // Connections without an association have nothing to lose.
    for (const layer of this.#layers) if (layer.state === 'Sta2') layer.abort('the SCP shuts down');
    await Promise.all([...this.#associations].map((association) => endWhenIdle(association)));
    await Promise.all([...this.#layers].map((layer) => layer.closed));
    await stopped;
    clearTimeout(deadline);
  }

  #onConnection(socket: Socket): void {
    const peer = peerOf(socket);
    const layer = new UpperLayer({
      socket,
      role: 'acceptor',
      limits: this.#limits,
      timeouts: this.#timeouts,
      user: {
        onAssociateRequest: (request) => void this.#onRequest(layer, request, peer),
        onPdv: () => {
          throw new DimseError('protocol', 'a PDV before the association was accepted');
        },
        onReleaseRequest: () => {
          throw new DimseError('protocol', 'A-RELEASE-RQ before the association was accepted');
        },
        onEnd: (end) => {
          if (end.kind !== 'rejected') this.#trouble('ended', end.message, { peer });
        },
      },
    });
    this.#layers.add(layer);
    void layer.closed.then(() => this.#layers.delete(layer));
    layer.awaitRequest();
  }

  async #onRequest(layer: UpperLayer, request: AssociateRequest, peer: Peer): Promise<void> {
    const { callingAe, calledAe } = request;
    const reject = (terms: AssociateReject, message: string) => {
      if (layer.state !== 'Sta3') return;
      layer.rejectAssociation(terms, message);
      this.#trouble('rejected', message, { peer, ...(isAeTitle(callingAe) && { callingAe, calledAe }) });
    };
    const impossible = this.#refuseAtOnce(request);
    if (impossible !== null) {
      reject(impossible.reject, impossible.message);
      return;
    }
    this.#negotiating += 1;
    let abandon: (() => void) | undefined;
    try {
      const answer = await this.#options.negotiate(request, peer);
      if ('accept' in answer) abandon = answer.accept.onAbandoned;
      if (layer.state !== 'Sta3') return; // the peer went away meanwhile
      if (this.#closing) reject(rejection.temporaryCongestion, 'the SCP shuts down');
      else if ('reject' in answer) reject(answer.reject, 'rejected by the rules of this AE');
      else {
        this.#establish(layer, request, peer, answer.accept);
        abandon = undefined;
      }
    } catch (error) {
      this.#trouble('error', 'the negotiation failed', { peer, callingAe, calledAe, error });
      reject(rejection.temporaryCongestion, 'the negotiation failed');
    } finally {
      this.#negotiating -= 1;
      abandon?.();
    }
  }

  /** What no rule of the caller could allow (PS3.8 table 9-21). */
  #refuseAtOnce(request: AssociateRequest): { reject: AssociateReject; message: string } | null {
    if (this.#closing) return { reject: rejection.temporaryCongestion, message: 'the SCP shuts down' };
    if (this.#associations.size + this.#negotiating >= this.#limits.maxAssociations) {
      return {
        reject: rejection.localLimitExceeded,
        message: `${this.#limits.maxAssociations} associations are open`,
      };
    }
    if ((request.protocolVersion & 1) === 0) {
      return { reject: rejection.protocolVersionNotSupported, message: 'protocol version 1 is not offered' };
    }
    if (request.applicationContext !== applicationContextUid) {
      return {
        reject: rejection.applicationContextNotSupported,
        message: 'the application context is not DICOM',
      };
    }
    if (!isAeTitle(request.callingAe)) {
      return { reject: rejection.callingAeNotRecognized, message: 'the calling AE title is not valid' };
    }
    if (!isAeTitle(request.calledAe)) {
      return { reject: rejection.calledAeNotRecognized, message: 'the called AE title is not valid' };
    }
    return null;
  }

  #establish(layer: UpperLayer, request: AssociateRequest, peer: Peer, terms: AcceptTerms): void {
    const { callingAe, calledAe } = request;
    const limits = resolveLimits({ ...this.#limits, ...terms.limits });
    const timeouts = resolveTimeouts({ ...this.#timeouts, ...terms.timeouts });
    const asyncOperations =
      request.userInformation.asyncOperations === null ? null : (terms.asyncOperations ?? null);
    const accept: AssociateAccept = {
      protocolVersion: 1,
      callingAe,
      calledAe,
      applicationContext: applicationContextUid,
      contexts: completeAnswers(request, terms.contexts),
      userInformation: {
        maxPduLength: limits.maxPduLength,
        implementationClassUid,
        implementationVersionName,
        asyncOperations,
        roles: terms.roles ?? [],
        extended: terms.extended ?? [],
        commonExtended: [],
        userIdentity: null,
        userIdentityResponse: terms.userIdentityResponse ?? null,
      },
    };
    layer.adopt(limits, timeouts);
    layer.acceptAssociation(accept);
    const association = new Association({
      layer,
      role: 'acceptor',
      callingAe,
      calledAe,
      peer,
      contexts: acceptedContexts(request, accept),
      peerUserInformation: request.userInformation,
      asyncOperations,
      services: this.#services,
      limits,
      timeouts,
      pace: terms.pace ?? null,
      onError: (error) =>
        this.#trouble('error', 'a DIMSE function failed', { peer, callingAe, calledAe, error }),
    });
    layer.bind(association);
    this.#associations.add(association);
    void association.closed.then((end) => {
      this.#associations.delete(association);
      this.#reportEnd(end, association);
    });
    this.#options.onAssociation?.(association);
  }

  #reportEnd(end: AssociationEnd, { peer, callingAe, calledAe }: Association): void {
    if (end.kind !== 'released') this.#trouble('ended', end.message, { peer, callingAe, calledAe });
  }

  #trouble(kind: ScpTrouble['kind'], message: string, more: Partial<ScpTrouble> = {}): void {
    this.#options.onTrouble?.({ kind, message, peer: null, callingAe: '', calledAe: '', ...more });
  }
}

/** Lets the running operations end, then releases; `close` aborts whoever does not answer in time. */
async function endWhenIdle(association: Association): Promise<void> {
  await association.whenIdle();
  if (association.signal.aborted) return;
  await association.release().catch(() => association.abort('the SCP shuts down'));
}
