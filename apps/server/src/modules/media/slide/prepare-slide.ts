// A level of a whole slide is ready when it is stored: its tiles go out as they came, and coding 18,000 of them anew
// would take hours and as much room again for pictures that are lossy already (ADR 14). Made is only a small picture of
// the whole, and only of a level of few tiles.
import type { SlideImage } from '@yunying/api';
import sharp from 'sharp';
import { openFrameSource, type PlacedInstance, setInstanceMedia } from '../../archive/index.ts';
import { BlobWriter } from '../blob-writer.ts';
import {
  type Making,
  type MediaContext,
  pictureMediaType,
  thumbnailLongSidePx,
  type Verdict,
} from '../prepare-image.ts';
import * as repo from '../repo.ts';
import { slideFacts } from './open-slide.ts';
import { frameOfTile } from './read-slide.ts';

const mostTiles = 64;
const wholeLongSidePx = 1024;

export async function prepareSlide(
  ctx: MediaContext,
  instance: PlacedInstance,
  making: Making,
): Promise<Verdict> {
  const { image, label } = await slideFacts(ctx, instance);
  const across = Math.ceil(image.columns / image.tileColumns);
  const down = Math.ceil(image.rows / image.tileRows);
  if (across * down > mostTiles) {
    await setInstanceMedia(ctx.db, instance.id, 'ready');
  } else {
    const thumbnail = await drawWhole(ctx, instance, image, making);
    await storeThumbnail(ctx, instance, thumbnail, { flavor: image.flavor, hasLabel: label });
  }
  making.onFrame();
  return { state: 'ready', reason: null };
}

async function drawWhole(
  ctx: MediaContext,
  instance: PlacedInstance,
  image: SlideImage,
  making: Making,
): Promise<Buffer> {
  const source = await openFrameSource(ctx, instance);
  const scale = Math.min(1, wholeLongSidePx / Math.max(image.columns, image.rows));
  const width = Math.max(1, Math.round(image.columns * scale));
  const height = Math.max(1, Math.round(image.rows * scale));
  const tile = {
    width: Math.max(1, Math.ceil(image.tileColumns * scale)),
    height: Math.max(1, Math.ceil(image.tileRows * scale)),
  };
  const pieces: { input: Buffer; left: number; top: number }[] = [];
  for (let y = 0; y * image.tileRows < image.rows; y += 1) {
    for (let x = 0; x * image.tileColumns < image.columns; x += 1) {
      making.signal.throwIfAborted();
      const frame = frameOfTile(image, 0, x, y);
      const left = Math.round(x * image.tileColumns * scale);
      const top = Math.round(y * image.tileRows * scale);
      if (frame === 0 || left >= width || top >= height) continue;
      const request = await source.read(frame);
      const preview = {
        format: 'png',
        longSidePx: Math.max(tile.width, tile.height),
        enlarge: true,
      } as const;
      const { preview: made } = await making.gate.run(
        () => ctx.codec.prepareFrame({ ...request, want: { preview } }, { signal: making.signal }),
        making.signal,
      );
      if (made === undefined) continue;
      const input = await sharp(made.bytes)
        .resize(tile.width, tile.height, { fit: 'fill' })
        .extract({
          left: 0,
          top: 0,
          width: Math.min(tile.width, width - left),
          height: Math.min(tile.height, height - top),
        })
        .toBuffer();
      pieces.push({ input, left, top });
    }
  }
  const whole = await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite(pieces)
    .png()
    .toBuffer();
  return sharp(whole)
    .resize(thumbnailLongSidePx, thumbnailLongSidePx, { fit: 'inside' })
    .webp({ quality: 75 })
    .toBuffer();
}

async function storeThumbnail(
  ctx: MediaContext,
  instance: PlacedInstance,
  thumbnail: Buffer,
  derived: { flavor: string; hasLabel: boolean },
): Promise<void> {
  const writer = new BlobWriter(ctx.blobs, {
    mediaType: pictureMediaType,
    kind: 'rendition',
    ids: {
      rendition: 'thumbnail',
      sopInstanceUid: instance.sop_instance_uid,
      studyInstanceUid: instance.study_instance_uid,
    },
    source: 'job:media.prepare_study',
  });
  try {
    await writer.write(thumbnail);
    const stored = await writer.finish();
    if (stored === null) return;
    await ctx.db.transaction().execute(async (tx) => {
      const { blobId } = await ctx.blobs.record(tx, stored);
      await repo.insertRendition(tx, {
        study_id: instance.study_id,
        series_id: instance.series_id,
        instance_id: instance.id,
        kind: 'thumbnail',
        blob_id: blobId,
        media_type: pictureMediaType,
        frame_count: 1,
        frame_index: JSON.stringify([[0, thumbnail.length]]),
        derived: JSON.stringify(derived),
        size_bytes: thumbnail.length,
      });
      await setInstanceMedia(tx, instance.id, 'ready');
    });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
