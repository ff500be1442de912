// A node answers a storage commitment request of ours (N-EVENT-REPORT, PS3.4 §J.3.3). Only the node that was asked
// may answer, and instances it says nothing about count as not committed. The same answer again changes nothing.
import type { DicomJson } from '@yunying/dicom';
import { StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { publish } from '../../../jobs/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { failureReason, readReport, unpackReferences } from './references.ts';
import * as repo from './repo.ts';

export async function receiveReport(
  ctx: Pick<Context, 'db' | 'clock'>,
  json: DicomJson,
  aeTitle: string,
): Promise<void> {
  const report = readReport(json);
  await ctx.db.transaction().execute(async (tx) => {
    const [row] = await repo.selectTransaction(tx, 'asked', aeTitle, report.transactionUid);
    if (row === undefined)
      throw new StatusError(status.processingFailure, 'this transaction is not known here');
    const reasons = new Map(report.failures.map((one) => [one.sopInstanceUid, one.reason]));
    const committed = new Set(report.committed);
    const failures = unpackReferences(row.instances).flatMap(({ sopInstanceUid }): [string, number][] => {
      const reason = reasons.get(sopInstanceUid);
      if (reason !== undefined) return [[sopInstanceUid, reason]];
      return committed.has(sopInstanceUid) ? [] : [[sopInstanceUid, failureReason.processingFailure]];
    });
    const finish = {
      state: 'answered',
      failures: JSON.stringify(failures),
      failedCount: failures.length,
      error: null,
    } as const;
    const from = ['waiting', 'asked', 'overdue', 'undeliverable'] as const;
    if (!(await repo.finishCommitment(tx, row.id, from, finish, ctx.clock.now()))) return;
    await recordAudit(tx, {
      event: 'archive.commitment_answered',
      actor: { kind: 'node', id: aeTitle, device: aeTitle },
      objectType: 'commitment',
      objectId: report.transactionUid,
      result: failures.length === 0 ? 'ok' : 'error',
      detail: { committed: row.instance_count - failures.length, failed: failures.length },
    });
    await publish(tx, 'archive.commitment_answered', {
      transactionUid: report.transactionUid,
      state: 'answered',
    });
  });
}
