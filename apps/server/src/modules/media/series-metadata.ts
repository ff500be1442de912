// WADO-RS metadata of a whole series (PS3.18 §10.4.1.1.2) as gzip text, made once so that a viewer opening 500 slices
// does not make the server parse 500 objects. It is stale as soon as an instance comes late: then it is not offered,
// and the next run of the job makes it again.
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { getInstanceMetadata, listInstances, type PlacedInstance } from '../archive/index.ts';
import * as repo from './repo.ts';

const mediaType = 'application/gzip';

export async function findSeriesMetadata(
  db: Db,
  seriesId: string,
): Promise<{ blobId: string; encoding: 'gzip' } | null> {
  const blobId = await repo.selectWholeMetadata(db, seriesId);
  return blobId === null ? null : { blobId, encoding: 'gzip' };
}

/** Answers whether it had to be made. */
export async function prepareSeriesMetadata(
  ctx: Pick<Context, 'db' | 'blobs'>,
  of: { studyId: string; seriesId: string },
  signal: AbortSignal,
): Promise<boolean> {
  const instances = await listInstances(ctx.db, of);
  const [first] = instances;
  if (first === undefined) return false;
  if ((await repo.selectWholeMetadata(ctx.db, of.seriesId)) !== null) return false;
  const text = Readable.from(metadataOf(ctx, instances, signal), { objectMode: false });
  const gzip = createGzip({ level: 6 });
  text.once('error', (error) => gzip.destroy(error));
  const stored = await ctx.blobs.put(text.pipe(gzip), {
    mediaType,
    kind: 'rendition',
    ids: { rendition: 'series-metadata', seriesInstanceUid: first.series_instance_uid },
    source: 'job:media.prepare_study',
  });
  await ctx.db.transaction().execute(async (tx) => {
    const { blobId } = await ctx.blobs.record(tx, stored);
    await repo.upsertSeriesRendition(tx, {
      study_id: of.studyId,
      series_id: of.seriesId,
      instance_id: null,
      kind: 'series-metadata',
      blob_id: blobId,
      media_type: mediaType,
      frame_count: instances.length,
      frame_index: '[]',
      derived: '{}',
      size_bytes: stored.sizeBytes,
    });
  });
  return true;
}

async function* metadataOf(
  ctx: Pick<Context, 'blobs'>,
  instances: readonly PlacedInstance[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield '[';
  for (const [index, instance] of instances.entries()) {
    signal.throwIfAborted();
    yield `${index === 0 ? '' : ',\n'}${JSON.stringify(await getInstanceMetadata(ctx, instance))}`;
  }
  yield ']';
}
