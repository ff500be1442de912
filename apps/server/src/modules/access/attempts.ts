// Limits on guessing and flooding (spec AU-5, AU-10). A try is counted BEFORE it is evaluated, in one statement on
// one row, so that twenty tries at the same instant still evaluate exactly `max`: the others find the row full.
// A right try takes its count back. Subjects are hashes or row ids, never names or numbers.
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import * as repo from './repo.ts';
import { sm3 } from './secrets.ts';

export type AttemptLimit = { max: number; windowMs: number; lockMs: number };

/** What is told when the limit is reached; the error table names the sentence. */
export type LockedCode = 'access.locked' | 'entry.locked' | 'entry.sms_too_many' | 'request.too_many';

export type TryVerdict<T> = { ok: true; value: T } | { ok: false; remaining: number; lockedForMs: number };

export type TryOptions<T> = AttemptLimit & {
  now: Date;
  lockedCode?: LockedCode;
  /** null = wrong. */
  evaluate: () => Promise<T | null>;
  /** After a right try: forget all wrong ones (default), or only take this one back (per-address limits). */
  onSuccess?: 'clear' | 'uncount';
};

/** Throws `lockedCode` with details.retryAfterSeconds when no try is left; else says whether the try was right. */
export async function tryOnce<T>(
  db: Db,
  kind: string,
  subject: string,
  options: TryOptions<T>,
): Promise<TryVerdict<T>> {
  const count = await countOrRefuse(db, kind, subject, options);
  const value = await options.evaluate();
  if (value === null) {
    const remaining = Math.max(0, options.max - count);
    return { ok: false, remaining, lockedForMs: remaining === 0 ? options.lockMs : 0 };
  }
  if (options.onSuccess === 'uncount') await repo.uncountAttempt(db, kind, subject);
  else await repo.deleteAttempt(db, kind, subject);
  return { ok: true, value };
}

/** Counts one use of something limited (an SMS, a look-up). Throws when used up. Several in one Tx: all or none. */
export async function takeOne(
  db: Db | Tx,
  kind: string,
  subject: string,
  limit: { max: number; windowMs: number; now: Date; lockedCode?: LockedCode },
): Promise<void> {
  await countOrRefuse(db, kind, subject, { ...limit, lockMs: 0 });
}

export async function clearAttempts(db: Db | Tx, kind: string, subject: string): Promise<void> {
  await repo.deleteAttempt(db, kind, subject);
}

/** A subject that is not to be seen in the table: a login name, an address, a phone number. */
export function hiddenSubject(text: string): string {
  return sm3(`attempt ${text}`);
}

async function countOrRefuse(
  db: Db | Tx,
  kind: string,
  subject: string,
  limit: AttemptLimit & { now: Date; lockedCode?: LockedCode },
): Promise<number> {
  const counted = await repo.countAttempt(db, { kind, subject, ...limit });
  if (counted !== null) return counted;
  const freeAt = await repo.selectAttemptFreeAt(db, kind, subject, limit.windowMs);
  const waitMs = Math.max(1000, (freeAt?.getTime() ?? 0) - limit.now.getTime());
  throw new AppError(limit.lockedCode ?? 'access.locked', { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}
