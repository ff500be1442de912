// Pictures of the label of a slide (PS3.3 C.8.12.4.1.1, C.8.12.6): they bear names and numbers, and are shown and given
// away only to who has the permission for them. Every door that sends pixels asks here.
import { type Dataset, getString, getStrings, readHead } from '@yunying/dicom';
import type { FastifyRequest } from 'fastify';
import { BoundedCache } from '../../bounded-cache.ts';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { viewerOf } from '../access/index.ts';
import type { PlacedInstance } from './archive-types.ts';
import { openInstanceBytes } from './open-instance.ts';

type Blobs = Pick<Context, 'blobs'>;

export const slideSopClass = '1.2.840.10008.5.1.4.1.1.77.1.6';
const keepMs = 3_600_000;
const caches = new WeakMap<Context['blobs'], BoundedCache<Promise<boolean>>>();

export function showsLabel(dataset: Dataset): boolean {
  return getStrings(dataset, 'ImageType')[2] === 'LABEL' || getString(dataset, '00480010') === 'YES';
}

export function maySeeLabels(req: FastifyRequest): boolean {
  const viewer = viewerOf(req);
  return viewer.kind !== 'anonymous' && viewer.permissions.has('image.label');
}

/** Before a picture of it goes out. */
export async function requireLabel(ctx: Blobs, req: FastifyRequest, instance: PlacedInstance): Promise<void> {
  if (!maySeeLabels(req) && (await isLabel(ctx, instance))) throw new AppError('access.forbidden');
}

/** What of these may go out. */
export async function withoutLabels(
  ctx: Blobs,
  req: FastifyRequest,
  instances: PlacedInstance[],
): Promise<PlacedInstance[]> {
  if (maySeeLabels(req)) return instances;
  const shown: PlacedInstance[] = [];
  for (const instance of instances) if (!(await isLabel(ctx, instance))) shown.push(instance);
  return shown;
}

function isLabel(ctx: Blobs, instance: PlacedInstance): Promise<boolean> {
  if (instance.sop_class_uid !== slideSopClass) return Promise.resolve(false);
  const cache = caches.get(ctx.blobs) ?? new BoundedCache<Promise<boolean>>(50_000);
  caches.set(ctx.blobs, cache);
  const known = cache.get(instance.blob_id);
  if (known !== undefined) return known;
  const reading = readLabel(ctx, instance);
  cache.set(instance.blob_id, reading, { weight: 1, keepMs });
  reading.catch(() => cache.delete(instance.blob_id));
  return reading;
}

async function readLabel(ctx: Blobs, instance: PlacedInstance): Promise<boolean> {
  const { body } = await openInstanceBytes(ctx, instance);
  try {
    return showsLabel((await readHead(body, { bulkThresholdBytes: 4096 })).dataset);
  } finally {
    body.destroy();
  }
}
