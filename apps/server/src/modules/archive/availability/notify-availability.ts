// Tells nodes that a study is available (PS3.4 annex R, as SCU: N-CREATE). When a study settles one job is queued for
// each node whose rule fits; a job sends the study as it is then, and nothing when the node knows exactly that. Late
// images settle the study again and the node is told again.
import { newUid } from '@yunying/dicom';
import { commandField, DimseError, status, statusCategory, statusName } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { encodeJson } from '../../../dimse/dataset-json.ts';
import { connectToNode } from '../../../dimse/outbound.ts';
import { AppError } from '../../../errors.ts';
import { recordAudit } from '../../audit/index.ts';
import { getNode, type NodeRow } from '../../nodes/index.ts';
import { findPerformedSteps } from '../../orders/index.ts';
import { getStudy, listInstances } from '../read-study.ts';
import { availabilitySopClass, makeNotice, type Notice } from './notice.ts';
import * as repo from './repo.ts';

export const notifyJob = 'archive.notify_availability';

type Part = Pick<Context, 'db' | 'config' | 'clock'>;

const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];

export async function planNotices(
  ctx: Pick<Context, 'db' | 'jobs'>,
  studyId: string,
): Promise<{ nodes: string[] }> {
  const rules = await repo.selectRules(ctx.db);
  if (rules.length === 0) return { nodes: [] };
  const study = await getStudy(ctx.db, { id: studyId });
  const modalities = (study.modalities ?? '').split('\\');
  const nodes = rules
    .filter((rule) => rule.modalities?.split(' ').some((one) => modalities.includes(one)) ?? true)
    .map((rule) => rule.node_id);
  for (const nodeId of nodes) {
    await ctx.jobs.enqueue(ctx.db, notifyJob, { nodeId, studyId }, { key: `${nodeId}:${studyId}` });
  }
  return { nodes };
}

export async function notifyNode(
  ctx: Part,
  nodeId: string,
  studyId: string,
  signal: AbortSignal,
): Promise<'sent' | 'known' | 'no-rule' | 'empty'> {
  if ((await repo.selectRule(ctx.db, nodeId)) === undefined) return 'no-rule';
  const node = await getNode(ctx.db, nodeId);
  const study = await getStudy(ctx.db, { id: studyId });
  const all = await listInstances(ctx.db, { studyId });
  const instances = all.filter((one) => one.hidden_at === null);
  if (instances.length === 0 || study.hidden_at !== null) return 'empty';
  const steps = await findPerformedSteps(ctx.db, study.study_instance_uid);
  const notice = makeNotice(study.study_instance_uid, instances, steps, ctx.config.aeTitle);
  const last = await repo.selectLastSent(ctx.db, nodeId, notice.studyInstanceUid);
  if (last?.content_sha256 === notice.sha256) return 'known';
  const sopInstanceUid = newUid();
  await send(ctx, node, sopInstanceUid, notice, signal);
  await repo.insertNotice(
    ctx.db,
    {
      direction: 'sent',
      sop_instance_uid: sopInstanceUid,
      ae_title: node.name,
      node_id: node.id,
      study_instance_uid: notice.studyInstanceUid,
      instance_count: notice.instanceCount,
      content: JSON.stringify(notice.json),
      content_sha256: notice.sha256,
    },
    ctx.clock.now(),
  );
  await recordAudit(ctx.db, {
    event: 'archive.availability_sent',
    actor: { kind: 'system' },
    objectType: 'node',
    objectId: node.id,
    studyInstanceUid: notice.studyInstanceUid,
    result: 'ok',
    detail: { instances: notice.instanceCount },
  });
  return 'sent';
}

async function send(
  ctx: Part,
  node: NodeRow,
  sopInstanceUid: string,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  const association = await connectToNode(
    ctx,
    node,
    [{ abstractSyntax: availabilitySopClass, transferSyntaxes: plainSyntaxes }],
    { signal },
  );
  try {
    const context = association.findContext(availabilitySopClass);
    if (context === undefined) throw new DimseError('no-context', 'the node takes no availability notices');
    const fields = {
      commandField: commandField.nCreateRq,
      affectedSopClassUid: availabilitySopClass,
      affectedSopInstanceUid: sopInstanceUid,
    };
    const dataset = encodeJson(notice.json, context.transferSyntax, null);
    for await (const response of association.request(context.id, fields, { dataset })) {
      const category = statusCategory(response.status);
      if (response.status !== status.success && category !== 'warning')
        throw new AppError('nodes.no_answer', { reason: statusName(response.status) });
    }
    await association.release().catch(() => undefined);
  } finally {
    if (!association.signal.aborted) association.abort('availability notice ended');
  }
}
