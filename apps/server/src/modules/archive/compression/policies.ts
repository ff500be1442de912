// The policies and figures as the console reads and writes them. The list is saved as a whole: its order decides.
import type { CompressionOverview, CompressionPolicy, LossyNode } from '@yunying/api';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { getNode } from '../../nodes/index.ts';
import * as repo from './repo.ts';

export async function getCompression(ctx: Pick<Context, 'db'>): Promise<CompressionOverview> {
  const [policies, figures, run, lossyNodes] = await Promise.all([
    repo.selectPolicies(ctx.db),
    repo.selectFigures(ctx.db),
    repo.selectLastRun(ctx.db),
    listLossyNodes(ctx),
  ]);
  return {
    policies: policies.map(toPolicy),
    figures: figures.map(({ modality, outcome, reason, ...sums }) => ({
      modality,
      outcome: outcomeOf(outcome),
      reason,
      objects: Number(sums.objects),
      bytesBefore: Number(sums.bytes_before),
      bytesAfter: Number(sums.bytes_after),
    })),
    run:
      run === undefined
        ? null
        : {
            state: run.state === 'running' ? 'running' : 'done',
            studies: run.studies,
            replaced: run.replaced,
            previewed: run.previewed,
            refused: run.refused,
            failed: run.failed,
            startedAt: run.started_at.toISOString(),
            finishedAt: run.finished_at?.toISOString() ?? null,
          },
    lossyNodes,
  };
}

export async function savePolicies(
  ctx: Pick<Context, 'db' | 'clock'>,
  policies: readonly CompressionPolicy[],
): Promise<CompressionPolicy[]> {
  for (const { action, ratio, name } of policies) {
    if (name.trim() === '') throw new AppError('request.invalid', { field: 'name' });
    if ((action === 'preview') !== (ratio !== undefined))
      throw new AppError('request.invalid', { field: 'ratio' });
  }
  const updatedAt = ctx.clock.now();
  await ctx.db.transaction().execute((tx) =>
    repo.replacePolicies(
      tx,
      policies.map((one) => ({
        name: one.name.trim(),
        modality: one.modality ?? null,
        least_age_days: one.leastAgeDays,
        action: one.action,
        ratio: one.ratio ?? null,
        enabled: one.enabled,
        updated_at: updatedAt,
      })),
    ),
  );
  return (await repo.selectPolicies(ctx.db)).map(toPolicy);
}

export async function listLossyNodes(ctx: Pick<Context, 'db'>): Promise<LossyNode[]> {
  const rows = await repo.selectLossyRules(ctx.db);
  return rows.map((row) => ({ nodeId: row.node_id, nodeName: row.name, ratio: row.ratio }));
}

export async function allowLossy(
  ctx: Pick<Context, 'db'>,
  nodeId: string,
  ratio: number,
): Promise<LossyNode> {
  const node = await getNode(ctx.db, nodeId);
  if (node.kind !== 'dicom') throw new AppError('request.invalid', { field: 'nodeId' });
  await repo.upsertLossyRule(ctx.db, nodeId, ratio);
  return { nodeId, nodeName: node.name, ratio };
}

export async function forbidLossy(ctx: Pick<Context, 'db'>, nodeId: string): Promise<void> {
  if (!(await repo.deleteLossyRule(ctx.db, nodeId))) throw new AppError('request.not_found');
}

/** The ratio that may be used towards the node when it takes nothing lossless; null: never. */
export function lossyRatioFor(db: Context['db'], nodeId: string): Promise<number | null> {
  return repo.selectLossyRatio(db, nodeId);
}

function toPolicy(row: repo.PolicyRow): CompressionPolicy {
  return {
    name: row.name,
    leastAgeDays: row.least_age_days,
    action: row.action === 'replace' ? 'replace' : row.action === 'preview' ? 'preview' : 'keep',
    enabled: row.enabled,
    ...(row.modality === null ? {} : { modality: row.modality }),
    ...(row.ratio === null ? {} : { ratio: row.ratio }),
  };
}

function outcomeOf(text: string): CompressionOverview['figures'][number]['outcome'] {
  switch (text) {
    case 'replaced':
    case 'previewed':
    case 'rolled-back':
      return text;
    default:
      return 'refused';
  }
}
