// The way back of a replacement, while the original's file is there: the row gets what stood in it, the recoded object
// becomes the superseded one. And the end of the grace time: what is superseded becomes a grave.
import { retireBlob, reviveBlob } from '../../../blob/index.ts';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { publish } from '../../../jobs/index.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'config'>;
const retiredAtOnce = 200;

/** Answers how many instances have their originals again. Throws archive.original_gone when one was purged. */
export async function rollBackStudy(ctx: Part, studyInstanceUid: string, by: string): Promise<number> {
  const ids = await repo.selectReplacedOf(ctx.db, studyInstanceUid);
  let count = 0;
  for (const id of ids) if (await rollBackInstance(ctx, id, by)) count += 1;
  const [first] = ids;
  const study = first === undefined ? undefined : await repo.selectPlacedInstance(ctx.db, first);
  if (study !== undefined && count > 0) {
    await repo.updateStudySize(ctx.db, study.study_id);
    const studyId = study.study_id;
    await ctx.db
      .transaction()
      .execute((tx) => publish(tx, 'archive.study_recoded', { studyId, studyInstanceUid }));
  }
  return count;
}

/** false: there is nothing to take back. */
export function rollBackInstance(ctx: Part, instanceId: string, by: string): Promise<boolean> {
  return ctx.db.transaction().execute(async (tx) => {
    const now = await repo.lockPlacement(tx, instanceId);
    const decision = await repo.lockReplacement(tx, instanceId);
    if (now === undefined || decision === undefined || decision.before === null) return false;
    const before = JSON.parse(decision.before) as repo.Placement; // written by replace-instance.ts
    if (!(await reviveBlob(tx, before.blob_id))) throw new AppError('archive.original_gone', { instanceId });
    await repo.updatePlacement(tx, instanceId, before, null);
    await repo.updateRolledBack(tx, decision.id, { supersededBlobId: now.blob_id, by });
    await repo.addFigure(tx, decision, -1);
    await repo.addFigure(tx, { ...decision, outcome: 'rolled-back', bytes_after: decision.bytes_before }, 1);
    return true;
  });
}

/** Answers how many blobs became graves. */
export async function retireSuperseded(ctx: Part, graceHours: number, signal: AbortSignal): Promise<number> {
  let retired = 0;
  for (;;) {
    const due = await repo.selectRetirable(ctx.db, graceHours, retiredAtOnce);
    for (const { id, superseded_blob_id: blobId } of due) {
      signal.throwIfAborted();
      if (blobId === null) continue;
      const done = await ctx.db.transaction().execute(async (tx) => {
        if (!(await repo.markRetired(tx, id, blobId))) return false;
        // Named again (an equal object was stored): it stays.
        if (!(await repo.isBlobUsed(tx, blobId)))
          await retireBlob(tx, blobId, ctx.config.storage.recoveryDays);
        return true;
      });
      if (done) retired += 1;
    }
    if (due.length < retiredAtOnce) return retired;
  }
}
