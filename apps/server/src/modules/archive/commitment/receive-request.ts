// Takes a storage commitment request in (PS3.4 §J.3.2): the row and the job that answers it commit together, and only
// then may the peer be told Success. The job waits a little, because a peer that keeps its association open is
// answered there first. A request that comes again is a row of its own and is answered again.
import type { Context } from '../../../context.ts';
import { packReferences, type SopReference } from './references.ts';
import * as repo from './repo.ts';

export const reportJob = 'archive.report_commitment';
const graceMs = 15_000;

export async function receiveRequest(
  ctx: Pick<Context, 'db' | 'jobs' | 'clock'>,
  request: { transactionUid: string; instances: readonly SopReference[] },
  from: { aeTitle: string; nodeId: string | null },
): Promise<string> {
  const { text, sha256 } = packReferences(request.instances);
  const at = ctx.clock.now();
  return ctx.db.transaction().execute(async (tx) => {
    const id = await repo.insertCommitment(
      tx,
      {
        direction: 'received',
        aeTitle: from.aeTitle,
        nodeId: from.nodeId,
        transactionUid: request.transactionUid,
        instances: text,
        instancesSha256: sha256,
        instanceCount: request.instances.length,
      },
      at,
    );
    const runAt = new Date(Date.now() + graceMs);
    await ctx.jobs.enqueue(tx, reportJob, { commitmentId: id }, { key: id, runAt });
    return id;
  });
}

/** The association is gone: the job need not wait any longer. */
export async function reportSoon(ctx: Pick<Context, 'db' | 'jobs'>, id: string): Promise<void> {
  await ctx.jobs.enqueue(ctx.db, reportJob, { commitmentId: id }, { key: id, runAt: new Date() });
}
