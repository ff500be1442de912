// What is made of a video beforehand: an MP4 that browsers play, its first picture, and a small one for lists. The object
// stays as it came. Where no conversion can be had, or the stream is beyond it, the video keeps its labelled tile.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getNumber } from '@yunying/dicom';
import sharp from 'sharp';
import { openBulk, type PlacedInstance, readInstanceHead, setInstanceMedia } from '../../archive/index.ts';
import { BlobWriter } from '../blob-writer.ts';
import type { FrameEntry, RenditionKind, VideoFacts } from '../media-types.ts';
import {
  filmLongSidePx,
  type Making,
  type MediaContext,
  pictureMediaType,
  thumbnailLongSidePx,
  type Verdict,
} from '../prepare-image.ts';
import * as repo from '../repo.ts';
import type { VideoResult } from './convert-video.task.ts';
import { runVideoProcess, VideoError } from './run-video-process.ts';

const timeoutMs = 30 * 60_000;
export const videoMp4 = 'video/mp4';

export async function prepareVideo(
  ctx: MediaContext,
  instance: PlacedInstance,
  making: Making,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'yunying-video-'));
  const job = {
    input: join(folder, 'stream'),
    mp4: join(folder, 'video.mp4'),
    picture: join(folder, 'picture.rgb'),
    frameTimeMs: await frameTimeOf(ctx, instance),
  };
  try {
    const value = await openBulk(ctx, instance, '7FE00010');
    if (value.kind !== 'octets' || value.length === 0) throw new VideoError('no stream');
    const source = Readable.from(value.open(0, value.length - 1), { objectMode: false });
    await pipeline(source, createWriteStream(job.input), { signal: making.signal });
    const result = await runVideoProcess(job, { timeoutMs, signal: making.signal });
    await storeVideo(ctx, instance, job, result);
    making.onFrame();
    return { state: 'ready', reason: null };
  } catch (error) {
    making.signal.throwIfAborted();
    if (!(error instanceof VideoError)) throw error;
    // Not a failure of the archive: the original is whole, and a player outside may know the stream.
    await setInstanceMedia(ctx.db, instance.id, 'none', `video: ${error.message}`);
    making.onFrame();
    return { state: 'none', reason: error.message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function frameTimeOf(ctx: MediaContext, instance: PlacedInstance): Promise<number | null> {
  const head = await readInstanceHead(ctx, instance);
  const rate = getNumber(head, 'RecommendedDisplayFrameRate') ?? getNumber(head, 'CineRate');
  const time = getNumber(head, 'FrameTime') ?? (rate !== null && rate > 0 ? 1000 / rate : null);
  return time !== null && time > 1 && time < 10_000 ? time : null;
}

async function storeVideo(
  ctx: MediaContext,
  instance: PlacedInstance,
  files: { mp4: string; picture: string },
  result: VideoResult,
): Promise<void> {
  const about = (rendition: RenditionKind, mediaType: string) => ({
    mediaType,
    kind: 'rendition',
    ids: {
      rendition,
      sopInstanceUid: instance.sop_instance_uid,
      studyInstanceUid: instance.study_instance_uid,
    },
    source: 'job:media.prepare_study',
  });
  const movie = new BlobWriter(ctx.blobs, about('video', videoMp4));
  const stills = new BlobWriter(ctx.blobs, about('thumbnail', pictureMediaType));
  try {
    let size = 0;
    for await (const chunk of createReadStream(files.mp4)) {
      await movie.write(chunk);
      size += chunk.length;
    }
    const pictures = await stillsOf(files.picture, result.picture);
    const entries: FrameEntry[] = [];
    for (const picture of pictures) entries.push([await stills.write(picture), picture.length]);
    const [stored, drawn] = [await movie.finish(), await stills.finish()];
    if (stored === null || drawn === null) throw new VideoError('an empty conversion');
    const { how, rows, columns, frames, frameTimeMs } = result;
    const facts: VideoFacts = { how, rows, columns, frames, frameTimeMs };
    await ctx.db.transaction().execute(async (tx) => {
      const insert = (kind: RenditionKind, blobId: string, mediaType: string, index: FrameEntry[]) =>
        repo.insertRendition(tx, {
          study_id: instance.study_id,
          series_id: instance.series_id,
          instance_id: instance.id,
          kind,
          blob_id: blobId,
          media_type: mediaType,
          frame_count: index.length,
          frame_index: JSON.stringify(index),
          derived: JSON.stringify(facts),
          size_bytes: index.reduce((sum, entry) => sum + (entry?.[1] ?? 0), 0),
        });
      await insert('video', (await ctx.blobs.record(tx, stored)).blobId, videoMp4, [[0, size]]);
      await insert('thumbnail', (await ctx.blobs.record(tx, drawn)).blobId, pictureMediaType, entries);
      await setInstanceMedia(tx, instance.id, 'ready');
    });
  } catch (error) {
    await Promise.all([movie.abandon(), stills.abandon()]);
    throw error;
  }
}

/** For lists, and before the video plays. */
async function stillsOf(
  path: string,
  { columns, rows }: { columns: number; rows: number },
): Promise<Buffer[]> {
  const raw = { width: columns, height: rows, channels: 3 } as const;
  const picture = await readFile(path);
  return Promise.all(
    [thumbnailLongSidePx, filmLongSidePx].map((side) =>
      sharp(picture, { raw }).resize(side, side, { fit: 'inside' }).webp({ quality: 78 }).toBuffer(),
    ),
  );
}
