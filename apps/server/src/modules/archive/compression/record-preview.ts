// What became of a lossy preview that a policy wanted; the media module makes it and tells.
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import * as repo from './repo.ts';

/** null: the instance is gone, or hidden by an edit. */
export async function getPreviewSubject(
  db: Context['db'],
  instanceId: string,
): Promise<(PlacedInstance & { modality: string | null }) | null> {
  const row = await repo.selectPlacedInstance(db, instanceId);
  return row === undefined || row.hidden_at !== null ? null : row;
}

export async function recordPreview(
  tx: Tx,
  instance: PlacedInstance & { modality: string | null },
  made: { policyName: string; bytes: number } | { policyName: string; refused: string },
): Promise<void> {
  const refused = 'refused' in made;
  await repo.insertDecision(tx, {
    instance_id: instance.id,
    series_id: instance.series_id,
    action: 'preview',
    outcome: refused ? 'refused' : 'previewed',
    reason: refused ? made.refused : '',
    modality: instance.modality ?? '-',
    policy_name: made.policyName,
    bytes_before: instance.size_bytes,
    bytes_after: refused ? instance.size_bytes : String(made.bytes),
  });
}
