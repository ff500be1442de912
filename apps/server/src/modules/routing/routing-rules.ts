// The rules as the console edits them. Whoever may change a rule decides where images go, so the routes audit it.
import type { NewRoutingRule, RoutingRule } from '@yunying/api';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { getNode } from '../nodes/index.ts';
import * as repo from './repo.ts';
import { requireReceiver } from './send-study.ts';

type Part = Pick<Context, 'db' | 'clock'>;

export async function listRules(ctx: Pick<Context, 'db'>): Promise<RoutingRule[]> {
  return (await repo.selectRules(ctx.db)).map((row) => toRule(row, row.node_name));
}

/** `id` null: a new one. */
export async function saveRule(ctx: Part, id: string | null, wanted: NewRoutingRule): Promise<RoutingRule> {
  const node = await getNode(ctx.db, wanted.nodeId);
  requireReceiver(node);
  const name = wanted.name.trim();
  if (name === '') throw new AppError('request.invalid', { field: 'name' });
  if (wanted.sourceAeTitles.some((title) => title.includes('\\')))
    throw new AppError('request.invalid', { field: 'sourceAeTitles' });
  const { fromMinute = null, toMinute = null } = wanted;
  if ((fromMinute === null) !== (toMinute === null) || (fromMinute !== null && fromMinute === toMinute))
    throw new AppError('request.invalid', { field: 'fromMinute' });
  const rule: repo.NewRule = {
    name,
    node_id: node.id,
    enabled: wanted.enabled,
    priority: wanted.priority,
    modalities: joined(wanted.modalities, ' '),
    source_ae_titles: joined(
      wanted.sourceAeTitles.map((title) => title.trim()),
      '\\',
    ),
    institution_id: wanted.institutionId,
    department_id: wanted.departmentId,
    sop_class_uids: joined(wanted.sopClassUids, ' '),
    from_minute: fromMinute,
    to_minute: toMinute,
    wants_commitment: wanted.wantsCommitment,
  };
  const at = ctx.clock.now();
  const row =
    id === null ? await repo.insertRule(ctx.db, rule, at) : await repo.updateRule(ctx.db, id, rule, at);
  if (row === undefined) throw new AppError('request.not_found');
  return toRule(row, node.name);
}

export async function removeRule(ctx: Pick<Context, 'db'>, id: string): Promise<void> {
  if (!(await repo.deleteRule(ctx.db, id))) throw new AppError('request.not_found');
}

function joined(words: readonly string[], separator: string): string | null {
  const kept = [...new Set(words)].filter((word) => word !== '');
  return kept.length === 0 ? null : kept.join(separator);
}

function toRule(row: repo.RuleRow, nodeName: string): RoutingRule {
  const words = (text: string | null, separator: string) => text?.split(separator) ?? [];
  return {
    id: row.id,
    name: row.name,
    nodeId: row.node_id,
    nodeName,
    enabled: row.enabled,
    priority: row.priority,
    modalities: words(row.modalities, ' '),
    sourceAeTitles: words(row.source_ae_titles, '\\'),
    institutionId: row.institution_id,
    departmentId: row.department_id,
    sopClassUids: words(row.sop_class_uids, ' '),
    fromMinute: row.from_minute,
    toMinute: row.to_minute,
    wantsCommitment: row.wants_commitment,
  };
}
