// Keeps what could not be taken in: its bytes as a blob and a row with a reason. Part of the caller's transaction.
import type { StoredBytes } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/index.ts';
import { type RejectionCode, rejectionSentence } from './rejection.ts';
import * as repo from './repo-quarantine.ts';

export type AsideFacts = {
  reason: RejectionCode;
  detail: string | null;
  source: string;
  studyInstanceUid: string | null;
  sopInstanceUid: string | null;
};

export async function keepAside(
  ctx: Pick<Context, 'blobs'>,
  tx: Tx,
  stored: StoredBytes,
  facts: AsideFacts,
): Promise<string> {
  const { blobId, existed } = await ctx.blobs.record(tx, stored);
  const known = existed
    ? await repo.selectSameOpen(tx, { blob_id: blobId, reason_code: facts.reason })
    : null;
  if (known !== null) return known;
  return repo.insertQuarantine(tx, {
    kind: 'dicom',
    reason_code: facts.reason,
    reason: rejectionSentence(facts.reason, facts.detail).slice(0, 1000),
    source: facts.source,
    study_instance_uid: facts.studyInstanceUid,
    sop_instance_uid: facts.sopInstanceUid,
    blob_id: blobId,
    size_bytes: stored.sizeBytes,
  });
}
