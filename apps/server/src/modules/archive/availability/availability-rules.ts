// Which nodes are told that a study is available. A rule may name modalities; without any it holds for all.
import type { ListedAvailabilityRule } from '@yunying/api';
import type { Context } from '../../../context.ts';
import type { Db } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { getNode } from '../../nodes/index.ts';
import * as repo from './repo.ts';

export type AvailabilityRule = { nodeId: string; modalities: string[] };

export async function listAvailabilityRules(db: Db): Promise<ListedAvailabilityRule[]> {
  return (await repo.selectListedRules(db)).map((row) => ({
    ...toRule(row),
    nodeName: row.node_name,
    lastSentAt: row.last_sent_at?.toISOString() ?? null,
  }));
}

export async function setAvailabilityRule(
  ctx: Pick<Context, 'db' | 'clock'>,
  nodeId: string,
  modalities: readonly string[],
): Promise<AvailabilityRule> {
  const node = await getNode(ctx.db, nodeId);
  if (node.kind !== 'dicom' || node.host === null || node.port === null)
    throw new AppError('nodes.no_address', { kind: node.kind });
  const words = [...new Set(modalities.map((one) => one.trim().toUpperCase()))];
  if (words.length > 40 || words.some((one) => !/^[A-Z0-9_]{1,16}$/.test(one)))
    throw new AppError('request.invalid', { field: 'modalities' });
  await repo.upsertRule(ctx.db, nodeId, words.length === 0 ? null : words.join(' '), ctx.clock.now());
  return { nodeId, modalities: words };
}

export async function removeAvailabilityRule(db: Db, nodeId: string): Promise<void> {
  await repo.deleteRule(db, nodeId);
}

function toRule(row: repo.RuleRow): AvailabilityRule {
  return { nodeId: row.node_id, modalities: row.modalities?.split(' ') ?? [] };
}
