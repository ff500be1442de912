// Is an instance safe here? Its row is committed, it is of the class named, its blob has a live copy, and the bytes
// read back from the store now have the SHA-256 they had on arrival. Anything less is a failure with its reason.
// What passes by itself (database or store away) is no answer: it is thrown, and the request is tried again.
import type { Context } from '../../../context.ts';
import { isAppError } from '../../../errors.ts';
import { type Failure, failureReason, type SopReference } from './references.ts';
import { type HeldInstance, selectHeld } from './repo.ts';

const rowsAtOnce = 500;
const readsAtOnce = 4;

export async function checkInstances(
  ctx: Pick<Context, 'db' | 'blobs'>,
  instances: readonly SopReference[],
  signal?: AbortSignal,
): Promise<{ committed: SopReference[]; failures: Failure[] }> {
  const committed: SopReference[] = [];
  const failures: Failure[] = [];
  for (let at = 0; at < instances.length; at += rowsAtOnce) {
    const batch = instances.slice(at, at + rowsAtOnce);
    const held = new Map(
      (
        await selectHeld(
          ctx.db,
          batch.map((one) => one.sopInstanceUid),
        )
      ).map((row) => [row.sop_instance_uid, row]),
    );
    for (let from = 0; from < batch.length; from += readsAtOnce) {
      signal?.throwIfAborted();
      const few = batch.slice(from, from + readsAtOnce);
      const reasons = await Promise.all(few.map((one) => judge(ctx, one, held.get(one.sopInstanceUid))));
      for (const [index, one] of few.entries()) {
        const reason = reasons[index] ?? null;
        if (reason === null) committed.push(one);
        else failures.push({ ...one, reason });
      }
    }
  }
  return { committed, failures };
}

async function judge(
  ctx: Pick<Context, 'blobs'>,
  asked: SopReference,
  held: HeldInstance | undefined,
): Promise<number | null> {
  if (held === undefined) return failureReason.noSuchObjectInstance;
  if (held.sop_class_uid !== asked.sopClassUid) return failureReason.classInstanceConflict;
  try {
    return (await ctx.blobs.verify(held.blob_id)).ok ? null : failureReason.processingFailure;
  } catch (error) {
    const isLost = isAppError(error, 'storage.missing') || isAppError(error, 'storage.damaged');
    if (isLost) return failureReason.processingFailure;
    throw error;
  }
}
