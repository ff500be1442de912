// The DICOM upper layer edge: who may open an association and for what is decided here by the node's rules; what is
// then asked goes to the service of the SOP class. The services are given by the modules (modules/index.ts).
import type { Socket } from 'node:net';
import {
  type AcceptTerms,
  type AssociateReject,
  type AssociateRequest,
  type Association,
  createScp,
  type Exchange,
  type Negotiation,
  type Peer,
  rejection,
  type Scp,
  type ServiceTable,
  StatusError,
  status,
} from '@yunying/dimse';
import type { Context } from '../context.ts';
import type { DimseDoor, SocketDoor } from '../door.ts';
import {
  claimSlot,
  findDicomNode,
  limitsOf,
  type NodeMay,
  type NodeRow,
  nodeMays,
  rulesOf,
  type Slot,
  type StoredRules,
  timeoutsOf,
  touchNode,
} from '../modules/nodes/index.ts';
import type { DimseCaller, DimseService } from './dimse-service.ts';
import {
  acceptContexts,
  acceptExtended,
  acceptRoles,
  isStorable,
  type ServiceMap,
  serviceMap,
} from './negotiate.ts';
import { type RefusalCode, Refusals } from './refusals.ts';
import { tlsOptions } from './tls-options.ts';
import { judgeIdentity } from './user-identity.ts';

type DoorContext = Pick<Context, 'db' | 'config' | 'log' | 'clock'>;
type Known = Pick<DimseCaller, 'node' | 'user'> & { rights: ReadonlySet<NodeMay>; slot: Slot | null };

export const maxAssociations = 200;
/** Operations that one association may have under way, when the peer asks for a window. */
export const mostPerformed = 8;

const stranger: Known = { node: null, rights: new Set<NodeMay>(), slot: null, user: null };

export function createDimseDoor(ctx: DoorContext, services: readonly DimseService[]): DimseDoor {
  return {
    start: async () => {
      const open = new OpenDoor(ctx, services);
      const { dimse, dimseTls } = ctx.config;
      try {
        const address = await open.listen(dimse, false);
        const tlsAddress = dimseTls === null ? null : await open.listen(dimseTls, true);
        return {
          address,
          ...(tlsAddress === null ? {} : { tlsAddress }),
          stop: (limitMs) => open.stop(limitMs),
        };
      } catch (error) {
        await open.stop(0);
        throw error;
      }
    },
    open: async () => new OpenDoor(ctx, services),
  };
}

class OpenDoor implements SocketDoor {
  readonly #ctx: DoorContext;
  readonly #services: readonly DimseService[];
  readonly #byClass: ServiceMap;
  readonly #scp: Scp;
  readonly #secureScp: Scp | null;
  readonly #refusals: Refusals;
  /** From negotiation to establishment: who it is, by the peer's socket. */
  readonly #negotiated = new Map<string, Known>();
  readonly #callers = new WeakMap<Association, DimseCaller & Known>();

  constructor(ctx: DoorContext, services: readonly DimseService[]) {
    this.#ctx = ctx;
    this.#services = services;
    this.#refusals = new Refusals(ctx);
    this.#byClass = serviceMap(services);
    this.#scp = this.#createScp();
    const tls = tlsOptions(ctx.config);
    this.#secureScp = tls === null ? null : this.#createScp(tls);
  }

  accept(socket: Socket, secure: boolean): void {
    const scp = secure ? this.#secureScp : this.#scp;
    if (scp === null) socket.destroy();
    else scp.accept(socket);
  }

  async listen({ host, port }: { host: string; port: number }, secure: boolean): Promise<string> {
    const scp = secure ? this.#secureScp : this.#scp;
    if (scp === null) throw new Error('DICOM over TLS has no certificate');
    await scp.listen(host, port);
    return `${host}:${scp.address().port}`;
  }

  async stop(limitMs: number): Promise<void> {
    await Promise.all([this.#scp.close({ drainMs: limitMs }), this.#secureScp?.close({ drainMs: limitMs })]);
    await Promise.allSettled([
      ...this.#services.map((service) => service.whenEnded?.()),
      this.#refusals.flush(),
    ]);
  }

  #createScp(tls?: NonNullable<ReturnType<typeof tlsOptions>>): Scp {
    return createScp({
      negotiate: (request, peer) => this.#negotiate(request, peer),
      services: this.#serviceTable(),
      onAssociation: (association) => this.#begin(association),
      onTrouble: ({ kind, message, peer, callingAe, error }) =>
        this.#ctx.log.warn({
          event: 'dimse.trouble',
          kind,
          reason: message,
          peer: peer?.address,
          callingAe,
          error,
        }),
      limits: { maxAssociations },
      ...(tls === undefined ? {} : { tls }),
    });
  }

  #serviceTable(): ServiceTable {
    const fields = new Set(this.#services.flatMap(({ operations }) => Object.keys(operations).map(Number)));
    return Object.fromEntries([...fields].map((field) => [field, (e: Exchange) => this.#perform(field, e)]));
  }

  async #perform(field: number, exchange: Exchange): Promise<void> {
    const { abstractSyntax } = exchange.context;
    const service =
      this.#byClass.get(abstractSyntax)?.service ??
      (isStorable(abstractSyntax) ? this.#services.find((one) => one.sopClasses === 'storage') : undefined);
    const operation = service?.operations[field];
    const caller = this.#callers.get(exchange.association);
    if (operation === undefined || caller === undefined)
      throw new StatusError(status.sopClassNotSupported, 'this operation is not supported here');
    // A context that was accepted for C-GET does not let the peer store.
    if (service?.sopClasses === 'storage' && !caller.rights.has('store'))
      throw new StatusError(status.notAuthorized, 'this AE may not store');
    await operation(exchange, caller);
  }

  async #negotiate(request: AssociateRequest, peer: Peer): Promise<Negotiation> {
    const { config, db, clock } = this.#ctx;
    const demo = config.profile === 'demo';
    const refuse = (code: RefusalCode, reject: AssociateReject): Negotiation => {
      this.#refusals.note({ callingAe: request.callingAe, address: peer.address, code });
      return { reject };
    };
    // Who calls comes first: a stranger is told the same whatever it calls, or it could find out our AE title.
    const node = await findDicomNode(db, request.callingAe, peer.address);
    if (node === 'disabled') return refuse('node-disabled', rejection.callingAeNotRecognized);
    if (node === null && !demo) return refuse('calling-ae-not-recognised', rejection.callingAeNotRecognized);
    const rules = node === null ? {} : rulesOf(node);
    if (rules.tlsRequired === true && !peer.secure)
      return refuse('tls-required', rejection.callingAeNotRecognized);
    if (!demo && request.calledAe !== config.aeTitle)
      return refuse('called-ae-not-recognised', rejection.calledAeNotRecognized);
    // A stranger of profile demo may call itself anything: what it guesses is counted by its address alone.
    const subject = node === null ? peer.address : `${request.callingAe} ${peer.address}`;
    const { userIdentity } = request.userInformation;
    const verdict = await judgeIdentity(this.#ctx, userIdentity, rules.userIdentity, subject);
    // PS3.7 annex D.3.3.7: by the provider (ACSE), and whatever was wrong, no reason is given.
    if ('refused' in verdict) return refuse(verdict.refused, rejection.acseNoReason);
    if (node !== null) await touchNode(db, node, clock.now());
    const slot = node === null ? null : await claimSlot(db, node, rules, 'in');
    if (node !== null && slot === null) return refuse('too-many-associations', rejection.localLimitExceeded);
    try {
      const known = { node, rights: rightsOf(node), slot, user: verdict.user };
      return { accept: this.#terms(request, peer, known, rules, verdict.response) };
    } catch (error) {
      void slot?.release();
      throw error;
    }
  }

  #terms(
    request: AssociateRequest,
    peer: Peer,
    known: Known,
    rules: StoredRules,
    userIdentityResponse: Buffer | null,
  ): AcceptTerms {
    const { rights, slot } = known;
    const { asyncOperations } = request.userInformation;
    const key = socketOf(peer);
    const terms: AcceptTerms = {
      contexts: acceptContexts(request, this.#byClass, rights, rules),
      roles: acceptRoles(request, rights),
      extended: acceptExtended(request, this.#byClass, rights),
      limits: limitsOf(rules),
      timeouts: timeoutsOf(rules),
      onAbandoned: () => {
        this.#negotiated.delete(key);
        void slot?.release();
      },
      ...(slot === null || slot.pace === null ? {} : { pace: slot.pace }),
      ...(userIdentityResponse === null ? {} : { userIdentityResponse }),
      ...(asyncOperations === null
        ? {}
        : {
            asyncOperations: {
              invoked: window(asyncOperations.invoked),
              performed: window(asyncOperations.performed),
            },
          }),
    };
    this.#negotiated.set(key, known);
    return terms;
  }

  #begin(association: Association): void {
    const key = socketOf(association.peer);
    const known = this.#negotiated.get(key) ?? stranger;
    this.#negotiated.delete(key);
    const caller = { callingAe: association.callingAe, address: association.peer.address, ...known };
    void association.closed.then(() => known.slot?.release());
    this.#callers.set(association, caller);
    for (const service of this.#services) service.onAssociation?.(association, caller);
  }
}

/** In profile demo a stranger may do everything but be sent to. */
function rightsOf(node: NodeRow | null): ReadonlySet<NodeMay> {
  const words: readonly string[] =
    node?.may.split(' ') ?? nodeMays.filter((may) => may !== 'send' && may !== 'print');
  return new Set(nodeMays.filter((may) => words.includes(may)));
}

/** 0 asks for no limit (PS3.7 annex D.3.3.3.1). */
function window(asked: number): number {
  return asked === 0 ? mostPerformed : Math.min(asked, mostPerformed);
}

function socketOf(peer: Peer): string {
  return `${peer.address}:${peer.port}`;
}
