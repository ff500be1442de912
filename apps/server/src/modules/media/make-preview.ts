// The lossy preview of an instance that a compression policy wanted: HTJ2K of every frame at the asked ratio, beside
// the lossless rendition and never instead of it. A derived blob: it may be dropped and made again.
import { lossyMethod } from '@yunying/codec';
import type { StoredBytes } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import { getPreviewSubject, openFrameSource, recordPreview } from '../archive/index.ts';
import { BlobWriter } from './blob-writer.ts';
import { lossyHtj2kSyntax } from './frame-form.ts';
import type { FrameEntry } from './media-types.ts';
import { htj2kMediaType } from './prepare-image.ts';
import { refusalOf } from './refusal.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'blobs' | 'codec'>;
export type PreviewAsk = { instanceId: string; ratio: number; policyName: string };

export async function makePreview(ctx: Part, ask: PreviewAsk, signal: AbortSignal): Promise<void> {
  const instance = await getPreviewSubject(ctx.db, ask.instanceId);
  if (instance === null) return;
  const { policyName, ratio } = ask;
  const known = await repo.selectOfInstance(ctx.db, instance.id);
  if (known.some((row) => row.kind === 'lossy')) return;
  const writer = new BlobWriter(ctx.blobs, {
    mediaType: htj2kMediaType,
    kind: 'rendition',
    ids: { rendition: 'lossy', sopInstanceUid: instance.sop_instance_uid },
    source: 'job:media.make_preview',
  });
  const frames: FrameEntry[] = [];
  let stored: StoredBytes | null;
  let worst = 0;
  try {
    const source = await openFrameSource(ctx, instance);
    if (source.attributes.lossy) return await refuse(ctx, instance, policyName, 'lossy-original');
    for (let frame = 1; frame <= source.numberOfFrames; frame += 1) {
      const request = { ...(await source.read(frame)), to: lossyHtj2kSyntax, lossy: { ratio } };
      const { bytes, maxError = null } = await ctx.codec.encode(request, { signal });
      worst = Math.max(worst, maxError ?? 0);
      frames.push([await writer.write(bytes), bytes.length]);
    }
    stored = await writer.finish();
  } catch (error) {
    await writer.abandon();
    signal.throwIfAborted();
    if (refusalOf(error) === null) throw error;
    return refuse(ctx, instance, policyName, 'not-encodable');
  }
  if (stored === null) return refuse(ctx, instance, policyName, 'no-still-frames');
  const bytes = stored;
  await ctx.db.transaction().execute(async (tx) => {
    const { blobId } = await ctx.blobs.record(tx, bytes);
    await repo.insertRendition(tx, {
      study_id: instance.study_id,
      series_id: instance.series_id,
      instance_id: instance.id,
      kind: 'lossy',
      blob_id: blobId,
      media_type: htj2kMediaType,
      frame_count: frames.length,
      frame_index: JSON.stringify(frames),
      // Lossy Image Compression Method and Ratio, and by how much a sample may be off.
      derived: JSON.stringify({ method: lossyMethod(lossyHtj2kSyntax), ratio, maxError: worst }),
      size_bytes: bytes.sizeBytes,
    });
    await recordPreview(tx, instance, { policyName, bytes: bytes.sizeBytes });
  });
}

type Subject = NonNullable<Awaited<ReturnType<typeof getPreviewSubject>>>;

async function refuse(ctx: Part, instance: Subject, policyName: string, refused: string): Promise<void> {
  await ctx.db.transaction().execute((tx) => recordPreview(tx, instance, { policyName, refused }));
}
