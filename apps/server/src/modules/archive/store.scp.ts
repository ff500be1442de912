// Storage as SCP (PS3.4 annex B): every object goes through storeInstance as it arrives; the answer is written after the
// commit. One audit row per association.
import {
  type Association,
  commandField,
  cStoreService,
  type StoreAnswer,
  type StoreRequest,
  status,
} from '@yunying/dimse';
import type { Context } from '../../context.ts';
import type { DimseCaller, DimseService } from '../../dimse/dimse-service.ts';
import { isAppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { rejectionTable } from './rejection.ts';
import { storeInstance } from './store-instance.ts';
import type { StoreOutcome, StoreSource } from './store-outcome.ts';

type ScpContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock' | 'metrics'>;

/** What one association did, for its audit row. */
type Tally = {
  source: StoreSource;
  /** By its user identity. */
  user: DimseCaller['user'];
  stored: number;
  duplicate: number;
  conflict: number;
  refused: number;
  failed: number;
};

const errorCommentLimit = 64; // (0000,0902) is LO

export function storeService(ctx: ScpContext): DimseService {
  const store = new StoreService(ctx);
  const perform = cStoreService((request) => store.store(request));
  return {
    name: 'storage',
    sopClasses: 'storage',
    operations: { [commandField.cStoreRq]: (exchange) => perform(exchange) },
    onAssociation: (association, caller) => store.begin(association, caller),
    whenEnded: () => store.whenEnded(),
  };
}

class StoreService {
  readonly #ctx: ScpContext;
  readonly #tallies = new WeakMap<Association, Tally>();
  readonly #ending = new Set<Promise<void>>();
  readonly #outcomes;

  constructor(ctx: ScpContext) {
    this.#ctx = ctx;
    this.#outcomes = ctx.metrics.counter('yunying_store_outcomes_total', 'Objects received, by outcome', [
      'outcome',
    ]);
  }

  begin(association: Association, { node, user }: DimseCaller): void {
    const source: StoreSource = {
      kind: 'dimse',
      name: association.callingAe,
      institutionId: node?.institution_id ?? null,
      onConflict: node?.on_conflict === 'accept' ? 'accept' : 'refuse',
      charset: node?.charset ?? null,
    };
    const tally: Tally = { source, user, stored: 0, duplicate: 0, conflict: 0, refused: 0, failed: 0 };
    this.#tallies.set(association, tally);
    const ended = association.closed.then(() => this.#end(association, tally));
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }

  async whenEnded(): Promise<void> {
    await Promise.allSettled(this.#ending);
  }

  async #end(association: Association, tally: Tally): Promise<void> {
    const { user, stored, duplicate, conflict, refused, failed } = tally;
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
        detail: {
          ...{ stored, duplicate, conflict, refused, failed },
          ...(user === null ? {} : { user: user.name, userIsProven: user.isProven }),
        },
      });
    } catch (error) {
      this.#ctx.log.error({ event: 'archive.audit_failed', callingAe: association.callingAe, error });
    }
  }

  async store(request: StoreRequest): Promise<StoreAnswer> {
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
