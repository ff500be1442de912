// Slides as they are opened: the facts of each picture from its head, kept for a while because a head with the positions
// of 18,000 tiles is some megabytes.
import type { Slide, SlideImage } from '@yunying/api';
import { readHead } from '@yunying/dicom';
import type { FastifyRequest } from 'fastify';
import { BoundedCache } from '../../../bounded-cache.ts';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import {
  listInstances,
  maySeeLabels,
  openInstanceBytes,
  type PlacedInstance,
  showsLabel,
  slideSopClass,
} from '../../archive/index.ts';
import { readSlideImage, SlideError } from './read-slide.ts';

type Blobs = Pick<Context, 'blobs'>;
type Known = { image: SlideImage; label: boolean; lossy: boolean };

const keepMs = 10 * 60_000;
const caches = new WeakMap<Context['blobs'], BoundedCache<Promise<Known>>>();

export function isSlide(instance: Pick<PlacedInstance, 'sop_class_uid'>): boolean {
  return instance.sop_class_uid === slideSopClass;
}

/** A level of many tiles: they are served as they came, nothing is made of each. */
export function isTiled(instance: Pick<PlacedInstance, 'sop_class_uid' | 'number_of_frames'>): boolean {
  return isSlide(instance) && instance.number_of_frames > 1;
}

export async function slideFacts(ctx: Blobs, instance: PlacedInstance): Promise<Known> {
  const cache = caches.get(ctx.blobs) ?? new BoundedCache<Promise<Known>>(2_000_000);
  caches.set(ctx.blobs, cache);
  const key = `${instance.id} ${instance.blob_id}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const reading = readFacts(ctx, instance);
  cache.set(key, reading, { weight: 50 + instance.number_of_frames, keepMs });
  reading.catch(() => cache.delete(key));
  return reading;
}

async function readFacts(ctx: Blobs, instance: PlacedInstance): Promise<Known> {
  const { body } = await openInstanceBytes(ctx, instance);
  try {
    const { dataset } = await readHead(body, { bulkThresholdBytes: 4096 });
    const image = readSlideImage(dataset, {
      sopInstanceUid: instance.sop_instance_uid,
      transferSyntaxUid: instance.transfer_syntax_uid,
      numberOfFrames: instance.number_of_frames,
    });
    const { lossy } = readLossy(instance);
    return { image, label: showsLabel(dataset), lossy };
  } catch (error) {
    if (error instanceof SlideError) throw new AppError('media.not_renderable', { reason: error.message });
    throw error;
  } finally {
    body.destroy();
  }
}

const lossySyntaxes = new Set(['50', '51', '81', '91', '203'].map((end) => `1.2.840.10008.1.2.4.${end}`));

function readLossy(instance: PlacedInstance): { lossy: boolean } {
  return { lossy: lossySyntaxes.has(instance.transfer_syntax_uid) };
}

export async function openSlide(
  ctx: Pick<Context, 'db' | 'blobs'>,
  req: FastifyRequest,
  of: { studyId: string; seriesInstanceUid: string },
): Promise<Slide> {
  const own = (await listInstances(ctx.db, { studyId: of.studyId })).filter(
    (one) => one.series_instance_uid === of.seriesInstanceUid && isSlide(one) && one.number_of_frames > 0,
  );
  if (own.length === 0) throw new AppError('media.no_picture');
  const mayLabel = maySeeLabels(req);
  const images: SlideImage[] = [];
  let lossy = false;
  for (const instance of own) {
    const facts = await slideFacts(ctx, instance);
    if (facts.label && !mayLabel) continue;
    images.push(facts.image);
    lossy ||= facts.lossy;
  }
  return { images: images.sort((a, b) => a.columns * a.rows - b.columns * b.rows), lossy };
}

/** Slides are not scrolled through: they have no pack, and a label must not come by it. */
export async function holdsSlide(
  ctx: Pick<Context, 'db'>,
  studyId: string,
  seriesInstanceUid: string,
): Promise<boolean> {
  const all = await listInstances(ctx.db, { studyId });
  return all.some((one) => one.series_instance_uid === seriesInstanceUid && isSlide(one));
}
