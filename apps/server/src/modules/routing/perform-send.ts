// One attempt of a send: what the node has not confirmed yet goes out, each confirmation is kept, and what failed is
// tried again with back-off, unless the node said that it will never take it. Caller: routing.jobs.ts.
import { statusName } from '@yunying/dimse';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { JobRun } from '../../jobs/index.ts';
import { findObjects, type ObjectRef, type SentOutcome, sendToNode } from '../archive/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getNode, type NodeRow } from '../nodes/index.ts';
import { askCommitmentFor } from './commitment.ts';
import { sourceOf } from './match-rule.ts';
import * as repo from './repo.ts';
import { requireReceiver, type Selection } from './send-study.ts';

const keepEvery = 100;

export async function performSend(ctx: Context, job: JobRun, sendId: string): Promise<void> {
  const send = await repo.selectSend(ctx.db, sendId);
  if (send === undefined || send.state === 'sent' || send.state === 'cancelled') return;
  const node = await getNode(ctx.db, send.node_id);
  try {
    requireReceiver(node);
  } catch (error) {
    await repo.updateSend(ctx.db, sendId, {
      state: 'failed',
      last_error: codeOf(error),
      finished_at: ctx.clock.now(),
    });
    throw error;
  }
  const wanted = await selectWanted(ctx, send, node);
  const sentBefore = new Set(
    await repo.selectSentIds(
      ctx.db,
      node.id,
      wanted.map((ref) => ref.id),
    ),
  );
  const missing = wanted.filter((ref) => !sentBefore.has(ref.id));
  await repo.updateSend(ctx.db, sendId, {
    state: 'sending',
    attempts: send.attempts + 1,
    instance_count: wanted.length,
    sent_count: sentBefore.size,
    started_at: ctx.clock.now(),
  });
  const watch = watchSend(ctx, job, sendId, sentBefore.size);
  try {
    const result = await sendMissing(ctx, watch.run, node, missing, sentBefore.size, wanted.length);
    if (watch.isCancelled()) await endCancelled(ctx, send, node, wanted);
    else await finish(ctx, job, send, node, wanted, result);
  } finally {
    watch.stop();
  }
}

const lookMs = 1_000;

/** Every second: how far it has come is written down, and whether a person wants it to stop is read. */
function watchSend(ctx: Context, job: JobRun, sendId: string, before: number) {
  const cancel = new AbortController();
  let done = before;
  const timer = setInterval(() => {
    repo.noteProgress(ctx.db, sendId, done).then(
      (isAsked) => {
        if (isAsked) cancel.abort(new AppError('jobs.cancelled'));
      },
      (error: unknown) => ctx.log.debug({ event: 'routing.progress_failed', sendId, error }),
    );
  }, lookMs);
  const run: JobRun = {
    ...job,
    signal: AbortSignal.any([job.signal, cancel.signal]),
    progress: (at, total) => {
      done = at;
      return job.progress(at, total);
    },
  };
  return { run, isCancelled: () => cancel.signal.aborted, stop: () => clearInterval(timer) };
}

async function endCancelled(
  ctx: Context,
  send: repo.SendRow,
  node: NodeRow,
  wanted: readonly ObjectRef[],
): Promise<void> {
  const ids = wanted.map((ref) => ref.id);
  const sent = (await repo.selectSentIds(ctx.db, node.id, ids)).length;
  const open = wanted.length - sent;
  await repo.updateSend(ctx.db, send.id, {
    state: 'cancelled',
    sent_count: sent,
    failed_count: open,
    last_error: null,
    finished_at: ctx.clock.now(),
  });
  await recordSent(ctx, send, node, { sent, open, state: 'cancelled' });
}

/** The study's objects that the selection means, without those that came from the node itself. */
async function selectWanted(ctx: Context, send: repo.SendRow, node: NodeRow): Promise<ObjectRef[]> {
  const selection: Selection = send.selection === '' ? null : (JSON.parse(send.selection) as Selection);
  const uids = selection !== null && 'sopInstanceUids' in selection ? selection.sopInstanceUids : null;
  const found = await findObjects(ctx.db, {
    studyInstanceUids: [send.study_instance_uid],
    ...(uids !== null && { sopInstanceUids: uids }),
  });
  if (found === 'too-many') throw new AppError('request.body_too_large');
  const classes = selection !== null && 'sopClassUids' in selection ? new Set(selection.sopClassUids) : null;
  const own =
    send.origin === 'rule'
      ? new Set(await repo.selectFromNode(ctx.db, send.study_id, sourceOf(node.name)))
      : new Set<string>();
  return found.filter((ref) => !own.has(ref.id) && (classes === null || classes.has(ref.sopClassUid)));
}

type Result = { sent: number; failed: number; failures: SentOutcome[]; unreachable: string | null };

async function sendMissing(
  ctx: Context,
  job: JobRun,
  node: NodeRow,
  missing: readonly ObjectRef[],
  before: number,
  total: number,
): Promise<Result> {
  const result: Result = { sent: 0, failed: 0, failures: [], unreachable: null };
  let confirmed: string[] = [];
  let keeping = Promise.resolve();
  const keep = () => {
    const batch = confirmed;
    confirmed = [];
    keeping = keeping.then(() => repo.insertSent(ctx.db, node.id, batch));
    keeping.catch(() => {}); // awaited below
  };
  if (missing.length > 0) {
    await sendToNode(ctx, node, missing, {
      stop: job.signal,
      onUnreachable: (reason) => {
        result.unreachable = reason;
      },
      onOutcome: (outcome) => {
        if (outcome.kind === 'failed') {
          result.failed += 1;
          result.failures.push(outcome);
          return;
        }
        result.sent += 1;
        confirmed.push(outcome.ref.id);
        if (confirmed.length >= keepEvery) keep();
        void job.progress(before + result.sent, total).catch(() => {});
      },
    });
    keep();
    await keeping;
  }
  if (!(job.signal.reason instanceof AppError)) job.signal.throwIfAborted(); // a person's wish is no failure
  return result;
}

async function finish(
  ctx: Context,
  job: JobRun,
  send: repo.SendRow,
  node: NodeRow,
  wanted: readonly ObjectRef[],
  result: Result,
): Promise<void> {
  const sentIds = await repo.selectSentIds(
    ctx.db,
    node.id,
    wanted.map((ref) => ref.id),
  );
  const open = wanted.length - sentIds.length;
  const hopeless =
    result.failures.length > 0 && open === result.failures.length && result.failures.every(isFinal);
  const over = open === 0 || hopeless || job.attempt >= job.maxAttempts;
  const state = open === 0 ? 'sent' : over ? 'failed' : 'waiting';
  const lastError = open === 0 ? null : reasonOf(result);
  await repo.updateSend(ctx.db, send.id, {
    state,
    sent_count: sentIds.length,
    failed_count: open,
    last_error: lastError,
    ...(over && { finished_at: ctx.clock.now() }),
  });
  if (result.sent > 0 || over) {
    await recordSent(ctx, send, node, { sent: result.sent, open, state });
  }
  if (open === 0 && send.wants_commitment && wanted.length > 0) {
    await repo.updateSend(ctx.db, send.id, { commitment_id: await askCommitmentFor(ctx, node, wanted) });
  }
  if (open > 0)
    throw new AppError(hopeless ? 'routing.refused' : 'routing.incomplete', { open, node: node.name });
}

function recordSent(
  ctx: Context,
  send: repo.SendRow,
  node: NodeRow,
  detail: { sent: number; open: number; state: string },
): Promise<void> {
  return recordAudit(ctx.db, {
    event: 'routing.study_sent',
    actor: { kind: 'system', id: 'routing' },
    objectType: 'study',
    objectId: send.study_instance_uid,
    studyInstanceUid: send.study_instance_uid,
    result: detail.open === 0 ? 'ok' : 'error',
    detail: { node: node.name, origin: send.origin, ...detail },
  });
}

/** Statuses that another try does not change: the class, the syntax or the object itself is not taken. */
function isFinal({ status }: SentOutcome): boolean {
  const isRefusedObject = status >> 8 === 0xa9 || status >> 12 === 0xc;
  return isRefusedObject || [0x0122, 0x0117, 0x0112, 0x0119].includes(status);
}

function reasonOf({ unreachable, failures }: Result): string {
  if (unreachable !== null) return unreachable;
  const last = failures.at(-1);
  if (last === undefined) return 'the association ended before everything was sent';
  const name = `0x${last.status.toString(16).padStart(4, '0')} ${statusName(last.status)}`;
  return last.comment === '' ? name : `${name}: ${last.comment}`.slice(0, 300);
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'failed';
}
