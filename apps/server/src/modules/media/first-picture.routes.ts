// The picture that a study opens with, by the study's address alone: a page asks for it beside its own code, before it
// knows the manifest. Which frame that is, packages/api says for server and screens; Content-Location names the film
// picture, so that nobody fetches it twice.
import { firstPictureUrl, openingFrame, openingSeries, Uid } from '@yunying/api';
import { Type } from 'typebox';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { allowStudy, recordView, requireLabel } from '../archive/index.ts';
import { getStudyMedia } from './get-study-media.ts';
import { locateInstance } from './locate-instance.ts';
import type { MediaWebContext } from './media.routes.ts';
import { changing, sendPicture } from './picture.ts';
import { filmLongSidePx } from './prepare-image.ts';
import { choosePicture, drawShot } from './send-rendered.ts';

const Which = Type.Object({
  series: Type.Optional(Uid),
  frame: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'In display order.' })),
});

export function firstPictureRoutes(ctx: MediaWebContext): HttpPlugin {
  const config = { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } } as const;
  return {
    routes: async (app) => {
      app.get(
        firstPictureUrl(':studyInstanceUid', {}),
        { config, schema: { params: Type.Object({ studyInstanceUid: Uid }), querystring: Which } },
        async (req, reply) => {
          const { studyInstanceUid: study } = req.params;
          const studyId = await allowStudy(ctx, req, study);
          const { series: all } = await getStudyMedia(ctx.db, studyId);
          const { series: wanted, frame } = req.query;
          const series =
            wanted === undefined ? openingSeries(all) : all.find((one) => one.seriesInstanceUid === wanted);
          if (series === undefined) throw new AppError('request.not_found');
          const at = series === null ? 0 : frame === undefined ? openingFrame(series) : frame - 1;
          const shown = series?.frames[Math.min(at, series.frames.length - 1)];
          // A slide, an ECG, a report has none; the page asked before it could know.
          if (series === null || shown === undefined || shown.filmUrl === null) return reply.code(204).send();
          const place = { study, series: series.seriesInstanceUid, instance: shown.sopInstanceUid };
          const located = await locateInstance(ctx, place);
          await requireLabel(ctx, req, located.instance);
          await recordView(ctx, req, place);
          const viewport = { width: filmLongSidePx, height: filmLongSidePx };
          const shot = { located, frame: shown.frameNumber };
          const picture = await drawShot(ctx, shot, { viewport, format: choosePicture(req, 'webp') });
          reply.header('vary', 'accept').header('content-location', shown.filmUrl);
          return sendPicture(ctx, req, reply, picture, { cacheControl: changing });
        },
      );
    },
  };
}
