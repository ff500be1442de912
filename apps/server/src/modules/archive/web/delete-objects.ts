// DELETE of a study, series or instance (as STOW-RS servers offer it beside PS3.18): a soft deletion. The objects disappear
// at every door; bytes and rows stay, and the console can restore them. 204 when done, 404 when there is nothing.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { hideObjects } from '../edits/hide-objects.ts';
import { requireStudy } from '../require-study.ts';
import { findInstances } from './find-instances.ts';
import type { Place, WebContext } from './web-types.ts';

export const deleteEvent = 'study.deleted';

export async function deleteObjects(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: Place,
): Promise<FastifyReply> {
  const study = await requireStudy(ctx, req, place.study, 'study.delete');
  const instances = await findInstances(ctx.db, study.id, place);
  const viewer = viewerOf(req);
  const selection = {
    ...(place.series === undefined ? {} : { seriesInstanceUids: [place.series] }),
    ...(place.instance === undefined ? {} : { sopInstanceUids: [place.instance] }),
  };
  const madeBy =
    viewer.kind === 'staff'
      ? `staff:${viewer.accountId}`
      : viewer.kind === 'client'
        ? `client:${viewer.clientId}`
        : 'system';
  const edit = await hideObjects(
    ctx,
    { studyInstanceUid: place.study, selection },
    { madeBy, reason: 'DICOMweb DELETE' },
  );
  await recordAudit(ctx.db, {
    event: deleteEvent,
    viewer,
    result: 'ok',
    objectType: place.instance !== undefined ? 'instance' : place.series !== undefined ? 'series' : 'study',
    objectId: place.instance ?? place.series ?? place.study,
    studyInstanceUid: place.study,
    detail: { instances: instances.length, editId: edit.id },
    request: req,
  });
  return reply.code(204).send();
}
