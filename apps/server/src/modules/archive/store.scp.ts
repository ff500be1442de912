// The DICOM upper layer edge: Verification and Storage as SCP. Node rules decide who may talk; every object goes
// through storeInstance as it arrives; the answer is written after the commit. One audit row per association.

import type { Socket } from 'node:net';
import type {
  AssociateRequest,
  Association,
  Negotiation,
  Peer,
  Scp,
  StoreAnswer,
  StoreRequest,
} from '@yunying/dimse';
import { answerContexts, commandField, createScp, cStoreService, rejection, status } from '@yunying/dimse';
import type { Context } from '../../context.ts';
import type { DimseDoor } from '../../door.ts';
import { isAppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { findDicomNode, type NodeRow, touchNode } from '../nodes/index.ts';
import { rejectionTable } from './rejection.ts';
import { storeInstance } from './store-instance.ts';
import { chooseSyntax } from './store-negotiation.ts';
import type { StoreOutcome, StoreSource } from './store-outcome.ts';

type ScpContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock' | 'metrics'>;

/** What one association did, for its audit row. */
type Tally = {
  source: StoreSource;
  stored: number;
  duplicate: number;
  conflict: number;
  refused: number;
  failed: number;
};

const errorCommentLimit = 64; // (0000,0902) is LO
const maxAssociations = 200;

export function createStoreScp(ctx: ScpContext): DimseDoor {
  return {
    open: async () => {
      const door = new StoreDoor(ctx);
      return { accept: (socket) => door.accept(socket), stop: (limitMs) => door.stop(limitMs) };
    },
    start: async () => {
      if (ctx.config.dimseTls !== null) {
        throw new Error('YUNYING_DIMSE_TLS is set, but DICOM over TLS is not built yet');
      }
      const door = new StoreDoor(ctx);
      const { host, port } = await door.listen();
      return { address: `${host}:${port}`, stop: (limitMs) => door.stop(limitMs) };
    },
  };
}

class StoreDoor {
  readonly #ctx: ScpContext;
  readonly #scp: Scp;
  /** From negotiation to establishment: the node found, by the peer's socket. */
  readonly #negotiated = new Map<string, NodeRow | null>();
  readonly #tallies = new WeakMap<Association, Tally>();
  readonly #ending = new Set<Promise<void>>();
  readonly #outcomes;

  constructor(ctx: ScpContext) {
    this.#ctx = ctx;
    this.#outcomes = ctx.metrics.counter('yunying_store_outcomes_total', 'Objects received, by outcome', [
      'outcome',
    ]);
    this.#scp = createScp({
      negotiate: (request, peer) => this.#negotiate(request, peer),
      services: { [commandField.cStoreRq]: cStoreService((request) => this.#store(request)) },
      onAssociation: (association) => this.#begin(association),
      onTrouble: ({ kind, message, peer, callingAe, error }) =>
        ctx.log.warn({
          event: 'dimse.trouble',
          kind,
          reason: message,
          peer: peer?.address,
          callingAe,
          error,
        }),
      limits: { maxAssociations },
    });
  }

  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#ctx.config.dimse;
    await this.#scp.listen(host, port);
    return { host, port: this.#scp.address().port };
  }

  accept(socket: Socket): void {
    this.#scp.accept(socket);
  }

  async stop(limitMs: number): Promise<void> {
    await this.#scp.close({ drainMs: limitMs });
    await Promise.allSettled(this.#ending);
  }

  async #negotiate(request: AssociateRequest, peer: Peer): Promise<Negotiation> {
    const { config, db, clock } = this.#ctx;
    const demo = config.profile === 'demo';
    if (!demo && request.calledAe !== config.aeTitle) return { reject: rejection.calledAeNotRecognized };
    const node = await findDicomNode(db, request.callingAe, peer.address);
    if (node === 'disabled' || (node === null && !demo)) {
      await this.#auditRefusal(request, peer, node === null ? 'calling-ae-not-recognised' : 'node-disabled');
      return { reject: rejection.callingAeNotRecognized };
    }
    if (node !== null) await touchNode(db, node, clock.now());
    this.#rememberNegotiated(socketOf(peer), node);
    const mayStore = node === null ? demo : node.may.split(' ').includes('store');
    return { accept: { contexts: answerContexts(request, chooseSyntax(mayStore)) } };
  }

  /** A peer that goes away between negotiation and establishment leaves its entry: the oldest are dropped. */
  #rememberNegotiated(key: string, node: NodeRow | null): void {
    this.#negotiated.set(key, node);
    for (const old of this.#negotiated.keys()) {
      if (this.#negotiated.size <= maxAssociations * 4) break;
      this.#negotiated.delete(old);
    }
  }

  async #auditRefusal(request: AssociateRequest, peer: Peer, resultCode: string): Promise<void> {
    await recordAudit(this.#ctx.db, {
      event: 'archive.association_refused',
      actor: { kind: 'node', id: request.callingAe, device: request.callingAe, address: peer.address },
      result: 'denied',
      resultCode,
    });
  }

  #begin(association: Association): void {
    const key = socketOf(association.peer);
    const node = this.#negotiated.get(key) ?? null;
    this.#negotiated.delete(key);
    const source: StoreSource = {
      kind: 'dimse',
      name: association.callingAe,
      institutionId: node?.institution_id ?? null,
      onConflict: node?.on_conflict === 'accept' ? 'accept' : 'refuse',
      charset: node?.charset ?? null,
    };
    const tally: Tally = { source, stored: 0, duplicate: 0, conflict: 0, refused: 0, failed: 0 };
    this.#tallies.set(association, tally);
    const ended = association.closed.then(() => this.#end(association, tally));
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }

  async #end(association: Association, tally: Tally): Promise<void> {
    const { stored, duplicate, conflict, refused, failed } = tally;
    if (stored + duplicate + conflict + refused + failed === 0) return;
    try {
      await recordAudit(this.#ctx.db, {
        event: 'archive.association_stored',
        actor: {
          kind: 'node',
          id: association.callingAe,
          device: association.callingAe,
          address: association.peer.address,
        },
        result: conflict + refused + failed === 0 ? 'ok' : 'error',
        detail: { stored, duplicate, conflict, refused, failed },
      });
    } catch (error) {
      this.#ctx.log.error({ event: 'archive.audit_failed', callingAe: association.callingAe, error });
    }
  }

  async #store(request: StoreRequest): Promise<StoreAnswer> {
    const tally = this.#tallies.get(request.association);
    if (tally === undefined) return { status: status.processingFailure };
    const { sopClassUid, sopInstanceUid, transferSyntaxUid } = request;
    try {
      const outcome = await storeInstance(this.#ctx, request.dataset, tally.source, {
        sopClassUid,
        sopInstanceUid,
        transferSyntaxUid,
      });
      tally[outcome.outcome] += 1;
      this.#outcomes.inc({ outcome: outcome.outcome });
      return answerOf(outcome);
    } catch (error) {
      tally.failed += 1;
      this.#outcomes.inc({ outcome: 'failed' });
      this.#ctx.log.error({
        event: 'archive.store_failed',
        callingAe: tally.source.name,
        sopInstanceUid,
        sopClassUid,
        transferSyntaxUid,
        error,
      });
      return isAppError(error)
        ? { status: error.row.dimse, errorComment: error.row.en.slice(0, errorCommentLimit) }
        : { status: status.processingFailure };
    }
  }
}

function answerOf(outcome: StoreOutcome): StoreAnswer {
  switch (outcome.outcome) {
    case 'stored':
    case 'duplicate':
      return { status: status.success };
    case 'conflict':
      if (outcome.accepted) return { status: status.success };
      return refuse('instance-conflict');
    case 'refused':
      return refuse(outcome.reason);
  }
}

function refuse(reason: keyof typeof rejectionTable): StoreAnswer {
  const { dimse, en } = rejectionTable[reason];
  return { status: dimse, errorComment: en.slice(0, errorCommentLimit) };
}

function socketOf(peer: Peer): string {
  return `${peer.address}:${peer.port}`;
}
