// Small pictures on the administration console, whose routes have their own permission (study edits): the same
// thumbnail as at the doors of pictures, and the same row in the trail.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { getStudy, recordView } from '../archive/index.ts';
import { locateInstance } from './locate-instance.ts';
import { findRepresentative, openThumbnail } from './open-picture.ts';
import { changing, sendPicture } from './picture.ts';

/** Of an instance, or of the one that stands for its series. The caller has asked who may see it. */
export async function sendConsoleThumbnail(
  ctx: Pick<Context, 'db' | 'blobs' | 'codec'>,
  req: FastifyRequest,
  reply: FastifyReply,
  of: { study: string; series: string; instance?: string },
): Promise<FastifyReply> {
  const study = await getStudy(ctx.db, { studyInstanceUid: of.study });
  const chosen =
    of.instance === undefined
      ? await findRepresentative(ctx, { studyId: study.id, seriesInstanceUid: of.series })
      : { series: of.series, instance: of.instance };
  if (chosen === null) throw new AppError('media.no_picture');
  const place = { study: of.study, ...chosen };
  const located = await locateInstance(ctx, place);
  await recordView(ctx, req, place);
  const picture = await openThumbnail(ctx, located, { format: 'webp' });
  return sendPicture(ctx, req, reply, picture, { cacheControl: changing });
}
