// The list of what was saved with a study. Storing is STOW-RS (stow.routes.ts), reading an object WADO-RS.
import { SavedList, Uid } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { dicomJson } from '../../../http/media.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { recordView } from '../allow-study.ts';
import { getInstance } from '../read-study.ts';
import { requireStudy } from '../require-study.ts';
import { askAgain } from '../web/keep-words.ts';
import { maySeeSaved } from './left-by-readers.ts';
import { listSaved, savedKind } from './list-saved.ts';
import { readSaved } from './read-saved.ts';

const event = 'study.saved_listed';

export function savedRoutes(ctx: Pick<Context, 'db' | 'blobs'>): HttpPlugin {
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/studies/:studyInstanceUid/saved',
        {
          config: { access: { permission: 'image.view', scope: 'study', audit: event } },
          schema: { params: Type.Object({ studyInstanceUid: Uid }), response: { 200: SavedList } },
        },
        async (req, reply) => {
          const { studyInstanceUid } = req.params;
          const study = await requireStudy(ctx, req, studyInstanceUid, 'image.view');
          const viewer = viewerOf(req);
          const accountId = viewer.kind === 'staff' ? viewer.accountId : null;
          const items = (await maySeeSaved(ctx, req)) ? await listSaved(ctx, study, accountId) : [];
          await recordAudit(ctx.db, {
            event,
            viewer,
            result: 'ok',
            objectType: 'study',
            objectId: study.id,
            patientId: study.patient_row_id,
            studyInstanceUid,
            detail: { count: items.length },
            request: req,
          });
          const mayAnnotate = viewer.kind === 'staff' && viewer.permissions.has('study.annotate');
          reply.header('cache-control', 'no-store');
          return { items, mayAnnotate };
        },
      );
      app.get(
        '/studies/:studyInstanceUid/saved/:sopInstanceUid',
        {
          config: { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } },
          schema: { params: Type.Object({ studyInstanceUid: Uid, sopInstanceUid: Uid }) },
        },
        async (req, reply) => {
          const { studyInstanceUid, sopInstanceUid } = req.params;
          await requireStudy(ctx, req, studyInstanceUid, 'image.view');
          if (!(await maySeeSaved(ctx, req))) throw new AppError('request.not_found');
          const instance = await getInstance(ctx.db, { studyInstanceUid, sopInstanceUid });
          if (savedKind(instance.sop_class_uid) === null) throw new AppError('request.not_found');
          await recordView(ctx, req, { study: studyInstanceUid, series: instance.series_instance_uid });
          const text = JSON.stringify(await readSaved(ctx, instance));
          return reply.header('cache-control', askAgain).type(dicomJson).send(text);
        },
      );
    },
  };
}
