// Answers a storage commitment request: checks every instance, then N-EVENT-REPORT with what is safe and what is not
// (PS3.4 §J.3.3), on the association of the request while it is open, else on a new one to the node, where we say by
// role selection that we are the SCP (§J.3.3). Done only when the peer has answered Success.
import { type Association, commandField, status, statusName } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { encodeJson } from '../../../dimse/dataset-json.ts';
import { connectToNode } from '../../../dimse/outbound.ts';
import { AppError, toAppError } from '../../../errors.ts';
import { recordAudit } from '../../audit/index.ts';
import { findDicomNode, getNode, type NodeRow } from '../../nodes/index.ts';
import { checkInstances } from './check-instances.ts';
import {
  commitmentSopClass,
  commitmentSopInstance,
  type Failure,
  failureReason,
  reportJson,
  type SopReference,
  unpackReferences,
} from './references.ts';
import * as repo from './repo.ts';

export type ReportContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock'>;

const leaseSeconds = 120;
const renewEveryMs = 30_000;
const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
const open = ['waiting', 'undeliverable'] as const;

type Way = { association: Association; contextId: number; transferSyntax: string };

/** False: it is answered already, or another process is about to. */
export async function reportOnAssociation(ctx: ReportContext, id: string, way: Way): Promise<boolean> {
  const row = await repo.claimCommitment(ctx.db, id, leaseSeconds);
  if (row === undefined) return false;
  await delivering(ctx, row, () => Promise.resolve(way), way.association.signal);
  return true;
}

/** Opens an association of its own. Throws to be tried again. */
export async function reportToNode(ctx: ReportContext, id: string, signal: AbortSignal): Promise<void> {
  const known = await repo.selectCommitment(ctx.db, id);
  if (known === undefined || known.state === 'reported') return;
  const node = await findNode(ctx, known);
  if (node === null) {
    const finish = { state: 'undeliverable', error: 'no-address' } as const;
    await repo.finishCommitment(ctx.db, id, ['waiting'], finish, ctx.clock.now());
    throw new AppError('nodes.no_address', { aeTitle: known.ae_title });
  }
  const row = await repo.claimCommitment(ctx.db, id, leaseSeconds);
  if (row === undefined) throw new AppError('platform.overloaded', { reason: 'another process reports it' });
  let association: Association | null = null;
  try {
    await delivering(
      ctx,
      row,
      async () => {
        association = await openReporting(ctx, node, signal);
        const context = association.findContext(commitmentSopClass);
        if (context === undefined) throw new AppError('nodes.no_answer', { reason: 'no-context' });
        return { association, contextId: context.id, transferSyntax: context.transferSyntax };
      },
      signal,
    );
    await releaseQuietly(association);
  } finally {
    abortIfOpen(association);
  }
}

export async function giveUpReporting(ctx: Pick<Context, 'db' | 'clock'>, id: string): Promise<void> {
  await repo.finishCommitment(ctx.db, id, ['waiting'], { state: 'undeliverable' }, ctx.clock.now());
}

/** The checks come first: a new association is not kept waiting for them. */
async function delivering(
  ctx: ReportContext,
  row: repo.CommitmentRow,
  openWay: () => Promise<Way>,
  signal: AbortSignal,
): Promise<void> {
  const renewing = setInterval(() => {
    repo.renewClaim(ctx.db, row.id, leaseSeconds).catch(() => undefined);
  }, renewEveryMs);
  try {
    const { committed, failures } = await judge(ctx, row, signal);
    const way = await openWay();
    const json = reportJson(row.transaction_uid, committed, failures, ctx.config.aeTitle);
    await sendReport(way, failures.length === 0 ? 1 : 2, encodeJson(json, way.transferSyntax, null));
    const packed = JSON.stringify(failures.map((one) => [one.sopInstanceUid, one.reason]));
    const finish = {
      state: 'reported',
      failures: packed,
      failedCount: failures.length,
      error: null,
    } as const;
    await repo.finishCommitment(ctx.db, row.id, open, finish, ctx.clock.now());
    await recordAudit(ctx.db, {
      event: 'archive.commitment_reported',
      actor: { kind: 'node', id: row.ae_title, device: row.ae_title },
      objectType: 'commitment',
      objectId: row.transaction_uid,
      result: failures.length === 0 ? 'ok' : 'error',
      detail: { committed: committed.length, failed: failures.length },
    });
  } catch (error) {
    await repo.releaseClaim(ctx.db, row.id, toAppError(error).code).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

async function judge(
  ctx: ReportContext,
  row: repo.CommitmentRow,
  signal: AbortSignal,
): Promise<{ committed: SopReference[]; failures: Failure[] }> {
  const instances = unpackReferences(row.instances);
  const [first] = await repo.selectTransaction(ctx.db, 'received', row.ae_title, row.transaction_uid);
  // The same request again is answered again; another one under its transaction fails whole.
  if (first !== undefined && first.instances_sha256 !== row.instances_sha256) {
    const reason = failureReason.duplicateTransactionUid;
    return { committed: [], failures: instances.map((one) => ({ ...one, reason })) };
  }
  return checkInstances(ctx, instances, signal);
}

async function sendReport(way: Way, eventTypeId: number, dataset: Uint8Array): Promise<void> {
  const fields = {
    commandField: commandField.nEventReportRq,
    affectedSopClassUid: commitmentSopClass,
    affectedSopInstanceUid: commitmentSopInstance,
    eventTypeId,
  };
  for await (const response of way.association.request(way.contextId, fields, { dataset })) {
    if (response.status === status.success) return;
    throw new AppError('nodes.no_answer', { reason: statusName(response.status) });
  }
  throw new AppError('nodes.no_answer', { reason: 'no-response' });
}

async function findNode(ctx: ReportContext, row: repo.CommitmentRow): Promise<NodeRow | null> {
  const node =
    row.node_id === null
      ? await findDicomNode(ctx.db, row.ae_title, null)
      : await getNode(ctx.db, row.node_id);
  if (node === null || node === 'disabled' || node.disabled_at !== null) return null;
  return node.host === null || node.port === null ? null : node;
}

function openReporting(ctx: ReportContext, node: NodeRow, signal: AbortSignal): Promise<Association> {
  return connectToNode(ctx, node, [{ abstractSyntax: commitmentSopClass, transferSyntaxes: plainSyntaxes }], {
    roles: [{ sopClassUid: commitmentSopClass, scu: false, scp: true }],
    signal,
  });
}

/** What was to be said has been answered; how the peer says goodbye is its own matter. */
async function releaseQuietly(association: Association | null): Promise<void> {
  await association?.release().catch(() => undefined);
}

function abortIfOpen(association: Association | null): void {
  if (association !== null && !association.signal.aborted)
    association.abort('storage commitment report ended');
}
