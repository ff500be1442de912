// The audit of refused associations. The first of a calling AE, address and reason is written at once, its repetitions
// are counted and written as one row with their number when the window ends. However many come, and under however many
// titles, a window writes a bounded number of rows and the counts are kept. Nobody waits for a row: the answer to a
// stranger takes the same time whether there was something to write or not.
import type { Context } from '../context.ts';
import { recordAudit } from '../modules/audit/index.ts';

export type RefusalCode =
  | 'calling-ae-not-recognised'
  | 'called-ae-not-recognised'
  | 'node-disabled'
  | 'tls-required'
  | 'too-many-associations'
  | 'user-kind-not-supported'
  | 'user-locked'
  | 'user-not-proven'
  | 'user-required'
  | 'user-unknown';
export type Refusal = { callingAe: string; address: string; code: RefusalCode };

type Repeated = Refusal & { count: number };

const windowMs = 5 * 60_000;
const mostKinds = 50;

export class Refusals {
  readonly #ctx: Pick<Context, 'db' | 'log'>;
  readonly #kinds = new Map<string, Repeated>();
  /** Beyond the kinds that fit: only how many, by reason. */
  readonly #others = new Map<RefusalCode, number>();
  readonly #writing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(ctx: Pick<Context, 'db' | 'log'>) {
    this.#ctx = ctx;
  }

  note(refusal: Refusal): void {
    this.#timer ??= setTimeout(() => void this.flush(), windowMs).unref();
    const key = `${refusal.code} ${refusal.address} ${refusal.callingAe}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#kinds.size >= mostKinds)
      this.#others.set(refusal.code, (this.#others.get(refusal.code) ?? 0) + 1);
    else {
      this.#kinds.set(key, { ...refusal, count: 0 });
      this.#write(refusal.code, 1, refusal);
    }
  }

  /** Ends the window: writes the counts, and resolves when all is written. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { count, ...refusal } of this.#kinds.values()) {
      if (count > 0) this.#write(refusal.code, count, refusal);
    }
    for (const [code, count] of this.#others) this.#write(code, count, null);
    this.#kinds.clear();
    this.#others.clear();
    await Promise.all(this.#writing);
  }

  #write(code: RefusalCode, count: number, from: Refusal | null): void {
    const written = recordAudit(this.#ctx.db, {
      event: 'archive.association_refused',
      actor:
        from === null
          ? { kind: 'node' }
          : { kind: 'node', id: from.callingAe, device: from.callingAe, address: from.address },
      result: 'denied',
      resultCode: code,
      detail: { count },
    }).catch((error: unknown) =>
      this.#ctx.log.error({ event: 'dimse.audit_failed', reason: code, count, error }),
    );
    this.#writing.add(written);
    void written.finally(() => this.#writing.delete(written));
  }
}
