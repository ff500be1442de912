// GET …/series/:series/slide: the pictures of a whole slide and where their tiles are. HTTP only. The tiles themselves
// come by the frames and rendered routes.
import { Slide } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { allowStudy, recordView } from '../../archive/index.ts';
import { openSlide } from './open-slide.ts';

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });

export function slideRoutes(ctx: Pick<Context, 'db' | 'blobs'>): HttpPlugin {
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      app.get(
        '/studies/:study/series/:series/slide',
        {
          config: { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } },
          schema: { params: Type.Object({ study: Uid, series: Uid }), response: { 200: Slide } },
        },
        async (req, reply) => {
          const { study, series } = req.params;
          const studyId = await allowStudy(ctx, req, study);
          const slide = await openSlide(ctx, req, { studyId, seriesInstanceUid: series });
          await recordView(ctx, req, { study, series });
          return reply.header('cache-control', 'private, no-cache').send(slide);
        },
      );
    },
  };
}
