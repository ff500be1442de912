// Group commit. Objects whose bytes are durable wait here while the previous batch commits, then all that came
// meanwhile are committed together: the fsync of a commit is the price of an instance, and four associations should
// not pay it four times. Callers are answered after the commit, never before.
// New instances of known series are the usual case and go in as one statement. Whatever does not fit (a new study or
// series, a UID that is stored already, a failed statement) takes the careful way: look, place, judge, in one
// transaction.
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import { keepAside } from './keep-aside.ts';
import { insertKnownPlaces, placeInstances } from './place-instances.ts';
import type { ReadyInstance } from './ready-instance.ts';
import * as repo from './repo.ts';
import { RowCache } from './row-cache.ts';
import { hasSameDataset } from './same-dataset.ts';

export type CommitVerdict =
  | { outcome: 'stored' | 'duplicate'; instanceId: string }
  | { outcome: 'conflict'; quarantineId: string }
  | { outcome: 'elsewhere'; quarantineId: string };

type Waiting = {
  ready: ReadyInstance;
  attempts: number;
  resolve(verdict: CommitVerdict): void;
  reject(error: unknown): void;
};
type Known = Awaited<ReturnType<typeof repo.selectStoredInstances>>[number];

export type CommitContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;

const largestBatch = 64;
/** More than one, so that an arrival need not wait for the whole commit before it; PostgreSQL joins their flushes. */
const batchesAtOnce = 4;
const mostAttempts = 3;

export class InstanceCommitter {
  readonly #ctx: CommitContext;
  readonly #cache: RowCache;
  #waiting: Waiting[] = [];
  #running = 0;
  /** UIDs of the batches under way: the next arrival of one of them waits, so that it is judged after the first. */
  readonly #committing = new Set<string>();

  constructor(ctx: CommitContext) {
    this.#ctx = ctx;
    // Shorter than the quiet time, or a study could settle under an instance that did not touch it.
    this.#cache = new RowCache(Math.min(1000, (ctx.config.settle.quietSeconds * 1000) / 3));
  }

  commit(ready: ReadyInstance): Promise<CommitVerdict> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ready, attempts: 0, resolve, reject });
      if (this.#running < batchesAtOnce) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running += 1;
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length === 0) break; // the batch that holds their UIDs takes them when it is done
      try {
        const verdicts = (await this.#commitAtOnce(batch)) ?? (await this.#commitCarefully(batch));
        for (const [index, one] of batch.entries()) {
          const verdict = verdicts[index];
          if (verdict === undefined) one.reject(new Error('a batch has fewer verdicts than instances'));
          else one.resolve(verdict);
        }
      } catch (error) {
        this.#cache.clear();
        await this.#retrySingly(batch, error);
      }
      for (const one of batch) this.#committing.delete(one.ready.head.sopInstanceUid);
    }
    this.#running -= 1;
  }

  /** One UID once at a time: its second arrival must see the first one's row. */
  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    for (const one of this.#waiting) {
      const { sopInstanceUid } = one.ready.head;
      if (batch.length < largestBatch && !this.#committing.has(sopInstanceUid)) {
        this.#committing.add(sopInstanceUid);
        batch.push(one);
      } else left.push(one);
    }
    this.#waiting = left;
    return batch;
  }

  /** null: not the usual case; nothing has been written. */
  async #commitAtOnce(batch: readonly Waiting[]): Promise<CommitVerdict[] | null> {
    const began = Date.now();
    const ready = batch.map((one) => one.ready);
    if (!ready.every((one) => this.#cache.holds(one.head))) return null;
    try {
      const { instanceIds, touched } = await insertKnownPlaces(this.#ctx, this.#cache, ready);
      this.#cache.remember({ studies: touched, series: new Map() }, began);
      await this.#touchAfterLongCommit(began, batch);
      return instanceIds.map((instanceId) => ({ outcome: 'stored', instanceId }));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      // Somebody sends again what is here: the next ones of these studies are looked up first.
      for (const one of ready) this.#cache.expectKnown(one.head.studyInstanceUid);
      return null;
    }
  }

  async #commitCarefully(batch: readonly Waiting[]): Promise<CommitVerdict[]> {
    const { db } = this.#ctx;
    const began = Date.now();
    const known = await repo.selectStoredInstances(
      db,
      batch.map((one) => one.ready.head.sopInstanceUid),
    );
    // Objects never change, so they can be compared before the transaction begins.
    const same = new Map<string, boolean>();
    for (const { ready } of batch) {
      const row = known.find((one) => one.sop_instance_uid === ready.head.sopInstanceUid);
      if (row !== undefined) same.set(row.sop_instance_uid, await hasSameDataset(this.#ctx, ready, row));
    }
    const { verdicts, fresh } = await db
      .transaction()
      .execute((tx) => this.#writeRows(tx, batch, known, same));
    this.#cache.remember(fresh, began);
    await this.#touchAfterLongCommit(began, batch);
    await this.#discardDuplicates(batch, verdicts);
    return verdicts;
  }

  async #writeRows(
    tx: Tx,
    batch: readonly Waiting[],
    known: readonly Known[],
    same: ReadonlyMap<string, boolean>,
  ) {
    const byUid = new Map(known.map((row) => [row.sop_instance_uid, row]));
    const ready = batch.map((one) => one.ready);
    const arrivals = ready.filter((one) => !byUid.has(one.head.sopInstanceUid));
    const placed = await placeInstances(this.#ctx, tx, this.#cache, arrivals);
    const verdicts: CommitVerdict[] = [];
    for (const one of ready) {
      const { sopInstanceUid } = one.head;
      const row = byUid.get(sopInstanceUid);
      const instanceId = placed.instanceIds.get(sopInstanceUid);
      if (row !== undefined && same.get(sopInstanceUid) === true) {
        verdicts.push({ outcome: 'duplicate', instanceId: row.id });
      } else if (row !== undefined) {
        verdicts.push({
          outcome: 'conflict',
          quarantineId: await this.#setAside(tx, one, 'instance-conflict'),
        });
      } else if (instanceId !== undefined) verdicts.push({ outcome: 'stored', instanceId });
      else {
        verdicts.push({
          outcome: 'elsewhere',
          quarantineId: await this.#setAside(tx, one, 'instance-elsewhere'),
        });
      }
    }
    return { verdicts, fresh: placed.fresh };
  }

  #setAside(tx: Tx, one: ReadyInstance, reason: 'instance-conflict' | 'instance-elsewhere'): Promise<string> {
    return keepAside(this.#ctx, tx, one.stored, {
      reason,
      detail: null,
      source: `${one.source.kind}:${one.source.name}`,
      studyInstanceUid: one.head.studyInstanceUid,
      sopInstanceUid: one.head.sopInstanceUid,
    });
  }

  /** One instance that cannot be committed must not take the others of its batch along. */
  async #retrySingly(batch: readonly Waiting[], cause: unknown): Promise<void> {
    for (const one of batch) {
      let error = cause;
      for (one.attempts += 1; one.attempts < mostAttempts; one.attempts += 1) {
        try {
          const [verdict] = await this.#commitCarefully([one]);
          if (verdict !== undefined) one.resolve(verdict);
          error = null;
          break;
        } catch (again) {
          error = again;
          this.#cache.clear();
        }
      }
      if (error !== null) one.reject(error);
    }
  }

  /** A commit that took long may have ended after the study settled: it is opened again. */
  async #touchAfterLongCommit(began: number, batch: readonly Waiting[]): Promise<void> {
    if (Date.now() - began <= this.#cache.touchEveryMs) return;
    const ids = new Set(batch.map((one) => this.#cache.study(one.ready.head.studyInstanceUid)?.id));
    const known = [...ids].filter((id) => id !== undefined).sort();
    if (known.length > 0) await repo.touchStudies(this.#ctx.db, known);
  }

  /**
   * After a try that failed in doubt, the "duplicate" may be this very file: the store asks its rows before it
   * removes anything, and what it keeps by mistake the sweep finds.
   */
  async #discardDuplicates(batch: readonly Waiting[], verdicts: readonly CommitVerdict[]): Promise<void> {
    for (const [index, one] of batch.entries()) {
      if (verdicts[index]?.outcome !== 'duplicate') continue;
      await this.#ctx.blobs.discard(one.ready.stored).catch((error: unknown) => {
        this.#ctx.log.warn({ event: 'archive.discard_failed', error });
      });
    }
  }
}

/** The statement was refused before anything was written; never a commit in doubt. */
function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

const committers = new WeakMap<Db, InstanceCommitter>();

/** One committer per database of this process. */
export function committerOf(ctx: CommitContext): InstanceCommitter {
  const known = committers.get(ctx.db);
  if (known !== undefined) return known;
  const fresh = new InstanceCommitter(ctx);
  committers.set(ctx.db, fresh);
  return fresh;
}
