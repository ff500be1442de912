// Storage commitment as SCU (PS3.4 §J.3.2): after objects were sent to a node, ask it to answer for them. The request
// is a row and a durable job; the answer may come on the same association or, later, on one that the node opens to
// us. Callers: routing, after a send. News: topic archive.commitment_answered.
import { newUid } from '@yunying/dicom';
import { type Association, commandField, DimseError, status, statusName } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import type { Db, Tx } from '../../../db/index.ts';
import { encodeJson, readJson } from '../../../dimse/dataset-json.ts';
import { connectToNode } from '../../../dimse/outbound.ts';
import { AppError, toAppError } from '../../../errors.ts';
import { publish } from '../../../jobs/index.ts';
import { getNode, type NodeRow } from '../../nodes/index.ts';
import { receiveReport } from './receive-report.ts';
import {
  commitmentSopClass,
  commitmentSopInstance,
  mostInstances,
  packReferences,
  requestJson,
  type SopReference,
  unpackReferences,
} from './references.ts';
import * as repo from './repo.ts';

export const askJob = 'archive.ask_commitment';
export const expireJob = 'archive.expire_commitment';

export type AskContext = Pick<Context, 'db' | 'jobs' | 'config' | 'clock' | 'log'>;

const leaseSeconds = 300;
const answerWaitMs = 5_000;
const overdueAfterMs = 24 * 3_600_000;
const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];

/** Writes the request and queues it, in the caller's transaction when `db` is one. */
export async function requestCommitment(
  ctx: Pick<Context, 'db' | 'jobs' | 'clock'>,
  node: Pick<NodeRow, 'id' | 'name'>,
  instances: readonly SopReference[],
): Promise<{ commitmentId: string; transactionUid: string }> {
  if (instances.length === 0 || instances.length > mostInstances) {
    throw new AppError('request.invalid', {
      field: 'instances',
      count: instances.length,
      most: mostInstances,
    });
  }
  const transactionUid = newUid();
  const { text, sha256 } = packReferences(instances);
  return ctx.db.transaction().execute(async (tx) => {
    const commitmentId = await repo.insertCommitment(
      tx,
      {
        direction: 'asked',
        aeTitle: node.name,
        nodeId: node.id,
        transactionUid,
        instances: text,
        instancesSha256: sha256,
        instanceCount: instances.length,
      },
      ctx.clock.now(),
    );
    await ctx.jobs.enqueue(tx, askJob, { commitmentId }, { key: commitmentId });
    return { commitmentId, transactionUid };
  });
}

export type CommitmentAnswer = {
  state: 'waiting' | 'asked' | 'answered' | 'overdue' | 'undeliverable';
  instanceCount: number;
  failures: { sopInstanceUid: string; reason: number }[];
};

/** What became of a request of ours; null when there is none of this transaction. */
export async function getCommitment(db: Db | Tx, transactionUid: string): Promise<CommitmentAnswer | null> {
  const row = await repo.selectByTransaction(db, transactionUid);
  if (row === undefined) return null;
  const failures: [string, number][] = row.failures === null ? [] : JSON.parse(row.failures);
  return {
    state: row.state as CommitmentAnswer['state'], // a request of ours is never 'reported'
    instanceCount: row.instance_count,
    failures: failures.map(([sopInstanceUid, reason]) => ({ sopInstanceUid, reason })),
  };
}

/** The job: N-ACTION, then a short wait for an answer on the same association. Throws to be tried again. */
export async function askCommitment(ctx: AskContext, id: string, signal: AbortSignal): Promise<void> {
  const row = await repo.claimCommitment(ctx.db, id, leaseSeconds);
  if (row === undefined) return;
  let association: Association | null = null;
  try {
    const node = await getNode(ctx.db, row.node_id ?? '');
    const answered = Promise.withResolvers<void>();
    association = await openAsking(ctx, node, signal, answered.resolve);
    await sendRequest(association, row);
    const asked = await repo.finishCommitment(
      ctx.db,
      id,
      ['waiting', 'undeliverable'],
      { state: 'asked' },
      ctx.clock.now(),
    );
    if (asked) {
      const runAt = new Date(Date.now() + overdueAfterMs);
      await ctx.jobs.enqueue(ctx.db, expireJob, { commitmentId: id }, { key: id, runAt });
    }
    await firstOf([answered.promise, association.closed, pause(answerWaitMs)]);
    await association.whenIdle();
    await association.release().catch(() => undefined);
  } catch (error) {
    await repo.releaseClaim(ctx.db, id, toAppError(error).code).catch(() => undefined);
    throw error;
  } finally {
    if (association !== null && !association.signal.aborted) association.abort('commitment request ended');
  }
}

/** No answer in a day, or the node cannot be asked at all. */
export async function endCommitment(
  ctx: Pick<Context, 'db' | 'clock'>,
  id: string,
  state: 'overdue' | 'undeliverable',
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const from = state === 'overdue' ? (['asked'] as const) : (['waiting'] as const);
    const row = await repo.selectCommitment(tx, id);
    if (row === undefined || !(await repo.finishCommitment(tx, id, from, { state }, ctx.clock.now()))) return;
    await publish(tx, 'archive.commitment_answered', { transactionUid: row.transaction_uid, state });
  });
}

function openAsking(
  ctx: AskContext,
  node: NodeRow,
  signal: AbortSignal,
  onAnswer: () => void,
): Promise<Association> {
  return connectToNode(ctx, node, [{ abstractSyntax: commitmentSopClass, transferSyntaxes: plainSyntaxes }], {
    signal,
    services: {
      [commandField.nEventReportRq]: async (exchange) => {
        const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax, reportLimitBytes);
        await receiveReport(ctx, json, node.name);
        await exchange.respond({ status: status.success });
        onAnswer();
      },
    },
  });
}

const reportLimitBytes = 32 * 1024 * 1024;

async function sendRequest(association: Association, row: repo.CommitmentRow): Promise<void> {
  const context = association.findContext(commitmentSopClass);
  if (context === undefined) throw new DimseError('no-context', 'the node offers no storage commitment');
  const json = requestJson(row.transaction_uid, unpackReferences(row.instances));
  const fields = {
    commandField: commandField.nActionRq,
    requestedSopClassUid: commitmentSopClass,
    requestedSopInstanceUid: commitmentSopInstance,
    actionTypeId: 1,
  };
  const dataset = encodeJson(json, context.transferSyntax, null);
  for await (const response of association.request(context.id, fields, { dataset })) {
    if (response.status === status.success) return;
    throw new AppError('nodes.no_answer', { reason: statusName(response.status) });
  }
}

async function firstOf(waits: readonly Promise<unknown>[]): Promise<void> {
  await Promise.race(waits);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
