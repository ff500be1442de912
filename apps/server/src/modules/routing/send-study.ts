// Sending a study, or chosen instances of it, to a node: a row of the history and a durable job in one transaction.
// Callers: rules, the console, `yunying send`. The work itself is perform-send.ts.
import { createHash } from 'node:crypto';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { findStudy } from '../archive/index.ts';
import type { NodeRow } from '../nodes/index.ts';
import * as repo from './repo.ts';

export const sendJob = 'routing.send_study';
const personWaits = 100;

export type Selection = { sopClassUids: string[] } | { sopInstanceUids: string[] } | null;
type Part = Pick<Context, 'db' | 'jobs' | 'clock'>;

export type SendAsk = {
  studyId: string;
  studyInstanceUid: string;
  nodeId: string;
  origin: 'rule' | 'staff' | 'command';
  ruleId: string | null;
  selection: Selection;
  wantsCommitment: boolean;
  priority: number;
  /** staff:<account>, when a person asked. */
  askedBy?: string | null;
};

export async function queueSend(ctx: Part, ask: SendAsk): Promise<repo.SendRow> {
  const selection = ask.selection === null ? '' : JSON.stringify(ask.selection);
  return ctx.db.transaction().execute(async (tx) => {
    const row = await repo.upsertSend(
      tx,
      {
        study_id: ask.studyId,
        study_instance_uid: ask.studyInstanceUid,
        node_id: ask.nodeId,
        rule_id: ask.ruleId,
        origin: ask.origin,
        selection,
        selection_key: selection === '' ? '' : createHash('sha256').update(selection).digest('hex'),
        wants_commitment: ask.wantsCommitment,
        asked_by: ask.askedBy ?? null,
      },
      ctx.clock.now(),
    );
    await ctx.jobs.enqueue(tx, sendJob, { sendId: row.id }, { key: row.id, priority: ask.priority });
    return row;
  });
}

type Asked = {
  origin: 'staff' | 'command';
  wantsCommitment?: boolean /** Also what the node has already. */;
  again?: boolean;
  askedBy?: string | null;
};

export function sendStudy(
  ctx: Part,
  node: NodeRow,
  studyInstanceUid: string,
  asked: Asked,
): Promise<repo.SendRow> {
  return sendSelection(ctx, node, studyInstanceUid, null, asked);
}

export function sendInstances(
  ctx: Part,
  node: NodeRow,
  studyInstanceUid: string,
  sopInstanceUids: readonly string[],
  asked: Asked,
): Promise<repo.SendRow> {
  return sendSelection(ctx, node, studyInstanceUid, { sopInstanceUids: [...sopInstanceUids].sort() }, asked);
}

async function sendSelection(
  ctx: Part,
  node: NodeRow,
  studyInstanceUid: string,
  selection: Selection,
  asked: Asked,
): Promise<repo.SendRow> {
  requireReceiver(node);
  const study = await findStudy(ctx.db, studyInstanceUid);
  if (study === null) throw new AppError('request.not_found');
  if (asked.again === true) await repo.deleteSent(ctx.db, node.id, study.id);
  return queueSend(ctx, {
    studyId: study.id,
    studyInstanceUid,
    nodeId: node.id,
    origin: asked.origin,
    ruleId: null,
    selection,
    wantsCommitment: asked.wantsCommitment ?? false,
    priority: personWaits,
    askedBy: asked.askedBy ?? null,
  });
}

/** Tried again from the start of its retries; what the node has confirmed is not sent again. */
export async function retrySend(ctx: Part, id: string): Promise<repo.SendRow> {
  const row = await repo.selectSend(ctx.db, id);
  if (row === undefined) throw new AppError('request.not_found');
  return ctx.db.transaction().execute(async (tx) => {
    const again = { state: 'waiting', attempts: 0, finished_at: null, cancel_asked_at: null } as const;
    await repo.updateSend(tx, id, again);
    await ctx.jobs.enqueue(tx, sendJob, { sendId: id }, { key: id, priority: personWaits });
    return { ...row, ...again };
  });
}

/** Takes a send back: what waits is not sent, what is under way stops between two objects. */
export async function cancelSend(ctx: Pick<Context, 'db' | 'clock'>, id: string): Promise<repo.SendRow> {
  if ((await repo.selectSend(ctx.db, id)) === undefined) throw new AppError('request.not_found');
  const row = await repo.cancelSend(ctx.db, id, ctx.clock.now());
  if (row === undefined) throw new AppError('routing.send_ended');
  return row;
}

/** A send of this study; anything else is answered like one that is not there. */
export async function getSendOf(
  ctx: Pick<Context, 'db'>,
  id: string,
  studyInstanceUid: string,
): Promise<repo.SendRow> {
  const row = await repo.selectSend(ctx.db, id);
  if (row === undefined || row.study_instance_uid !== studyInstanceUid)
    throw new AppError('request.not_found');
  return row;
}

/** Where a person may send to. */
export function isReceiver(node: NodeRow): boolean {
  return (
    node.kind === 'dicom' &&
    node.host !== null &&
    node.port !== null &&
    node.disabled_at === null &&
    node.may.split(' ').includes('send')
  );
}

/** A node that may be sent to: DICOM, enabled, with an address and the right `send`. */
export function requireReceiver(node: NodeRow): void {
  if (node.kind !== 'dicom' || node.host === null || node.port === null)
    throw new AppError('nodes.no_address', { kind: node.kind });
  if (node.disabled_at !== null) throw new AppError('nodes.disabled');
  if (!node.may.split(' ').includes('send')) throw new AppError('routing.not_a_receiver');
}
