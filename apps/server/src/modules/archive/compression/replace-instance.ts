// Replaces a stored original by a lossless HTJ2K of itself (data-centre rules: bytes durable first, then rows; blobs
// never change; nothing is deleted before the recovery window is over). Order that matters: make and write the new
// object; record its blob; read it back from the store and compare it with the original in full; only then one
// transaction switches the row and writes down what stood there. The original stays readable for a grace time, since
// others may hold the row as it was, and is a grave after it (retire-superseded.ts).
import { createHash } from 'node:crypto';
import { CodecError, htj2kLosslessRpcl } from '@yunying/codec';
import { DicomError, encodeMetaDataset, readHead, setValue } from '@yunying/dicom';
import { retireBlob, type StoredBytes } from '../../../blob/index.ts';
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import { isAppError } from '../../../errors.ts';
import { ObjectReader } from '../object-reader.ts';
import { openInstanceBytes } from '../open-instance.ts';
import { transcodeObject } from '../transcode/transcode-object.ts';
import { findRefusal, type RefusalCode } from './check-replaceable.ts';
import { compareObjects } from './compare-objects.ts';
import * as repo from './repo.ts';

export type CompressionPart = Pick<Context, 'db' | 'blobs' | 'codec' | 'config' | 'log'>;
/** `changed`: somebody else changed the row meanwhile; nothing was decided. */
export type ReplaceOutcome = 'replaced' | 'refused' | 'changed';

type Written = { stored: StoredBytes; placement: Omit<repo.Placement, 'blob_id'> };

export async function replaceInstance(
  ctx: CompressionPart,
  instance: repo.Candidate,
  policyName: string,
  signal: AbortSignal,
): Promise<ReplaceOutcome> {
  const refuse = (reason: RefusalCode) => writeRefusal(ctx, instance, policyName, reason);
  try {
    const refusal = await findRefusal(ctx, instance);
    if (refusal !== null) return await refuse(refusal);
    const written = await writeRecoded(ctx, instance);
    if (written.stored.sizeBytes >= Number(instance.size_bytes)) {
      await ctx.blobs.discard(written.stored);
      return await refuse('no-gain');
    }
    const blobId = await ctx.db.transaction().execute(async (tx) => {
      const recorded = await ctx.blobs.record(tx, written.stored);
      await repo.insertPending(tx, recorded.blobId);
      return recorded.blobId;
    });
    const placement: repo.Placement = { ...written.placement, blob_id: blobId };
    const whole = await ctx.blobs.verify(blobId);
    const compared = whole.ok
      ? await compareObjects(ctx, instance, { ...instance, ...placement }, signal)
      : ({ equal: false, reason: 'damaged' } as const);
    if (!compared.equal) {
      await dropBlob(ctx, blobId);
      return await refuse(compared.reason);
    }
    return await switchOver(ctx, instance, policyName, placement, compared.pixelSha256);
  } catch (error) {
    signal.throwIfAborted();
    const reason = refusalOf(error);
    if (reason === null) throw error;
    return refuse(reason);
  }
}

/** Failures of the object; those of the store, the database or the pool are not. */
function refusalOf(error: unknown): RefusalCode | null {
  if (isAppError(error, 'request.not_acceptable')) return 'not-encodable';
  if (isAppError(error, 'archive.no_frame') || error instanceof DicomError) return 'damaged';
  if (!(error instanceof CodecError)) return null;
  switch (error.code) {
    case 'unsupported-pixels':
    case 'unsupported-syntax':
      return 'not-encodable';
    case 'corrupt':
    case 'bad-description':
    case 'encode-failed':
    case 'verify-failed':
      return 'damaged';
    default:
      return null;
  }
}

/** The new object with the meta information of the old one, its transfer syntax apart. */
async function writeRecoded(ctx: CompressionPart, instance: repo.Candidate): Promise<Written> {
  const made = await transcodeObject(ctx, instance, htj2kLosslessRpcl);
  const meta = await recodedMeta(ctx, instance);
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield meta;
    yield* made.dataset;
  };
  const reader = new ObjectReader({ hints: null, prefixBytes: 0, failFast: false });
  const stored = await ctx.blobs.put(reader.follow(whole()), {
    mediaType: 'application/dicom',
    kind: 'instance',
    ids: { sopInstanceUid: instance.sop_instance_uid },
    source: 'job:archive.compress_studies',
  });
  const object = await reader.finish((start, length) =>
    ctx.blobs.readStored(stored, { start, end: start + length - 1 }),
  );
  const placement = {
    transfer_syntax_uid: object.head.transferSyntaxUid,
    size_bytes: String(stored.sizeBytes),
    dataset_offset: object.datasetOffset,
    pixel_layout: JSON.stringify(object.pixelLayout),
    photometric_interpretation: object.head.instance.photometricInterpretation,
  };
  return { stored, placement };
}

async function recodedMeta(ctx: CompressionPart, instance: repo.Candidate): Promise<Uint8Array> {
  const { body } = await openInstanceBytes(ctx, instance);
  try {
    const { meta } = await readHead(body);
    if (meta === null) throw new DicomError('not-dicom', 'the stored object has no meta information');
    setValue(meta, '00020010', htj2kLosslessRpcl);
    return encodeMetaDataset(meta);
  } finally {
    body.destroy();
  }
}

async function switchOver(
  ctx: CompressionPart,
  instance: repo.Candidate,
  policyName: string,
  placement: repo.Placement,
  pixelSha256: string,
): Promise<ReplaceOutcome> {
  const datasetSha256 = instance.dataset_sha256 ?? (await hashDataset(ctx, instance));
  const outcome = await ctx.db.transaction().execute(async (tx): Promise<ReplaceOutcome> => {
    const before = await repo.lockPlacement(tx, instance.id);
    if (before === undefined || before.blob_id !== instance.blob_id) return 'changed';
    await repo.updatePlacement(tx, instance.id, placement, datasetSha256);
    await repo.deletePending(tx, placement.blob_id);
    await repo.insertDecision(tx, {
      ...decisionOf(instance, policyName),
      outcome: 'replaced',
      bytes_before: before.size_bytes,
      bytes_after: placement.size_bytes,
      before: JSON.stringify(before),
      pixel_sha256: pixelSha256,
      superseded_blob_id: before.blob_id,
    });
    return 'replaced';
  });
  if (outcome === 'changed') await dropBlob(ctx, placement.blob_id);
  return outcome;
}

function decisionOf(instance: repo.Candidate, policyName: string) {
  return {
    instance_id: instance.id,
    series_id: instance.series_id,
    action: 'replace',
    modality: instance.modality ?? '-',
    policy_name: policyName,
  } as const;
}

async function writeRefusal(
  ctx: CompressionPart,
  instance: repo.Candidate,
  policyName: string,
  reason: RefusalCode,
): Promise<'refused'> {
  await ctx.db.transaction().execute((tx: Tx) =>
    repo.insertDecision(tx, {
      ...decisionOf(instance, policyName),
      outcome: 'refused',
      reason,
      bytes_before: instance.size_bytes,
      bytes_after: instance.size_bytes,
    }),
  );
  return 'refused';
}

/** It was recorded, so it is never removed at once: it becomes a grave like any other. */
export async function dropBlob(ctx: Pick<Context, 'db' | 'config'>, blobId: string): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await repo.deletePending(tx, blobId);
    if (await repo.isBlobUsed(tx, blobId)) return;
    await retireBlob(tx, blobId, ctx.config.storage.recoveryDays);
  });
}

async function hashDataset(ctx: CompressionPart, instance: repo.Candidate): Promise<string> {
  const { body } = await ctx.blobs.read(instance.blob_id, { start: instance.dataset_offset });
  const sha256 = createHash('sha256');
  for await (const chunk of body) sha256.update(chunk);
  return sha256.digest('hex');
}
