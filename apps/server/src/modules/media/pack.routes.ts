// GET …/series/:series/pack: previews of all frames as one stream, see series-pack.ts. HTTP only.
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { byteRange, notModified, sendStream } from '../../http/media.ts';
import { allowStudy, listSeries, recordView } from '../archive/index.ts';
import { openSeriesPack, packMediaType, readPack } from './series-pack.ts';
import { holdsSlide } from './slide/open-slide.ts';

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
/** Images may still come: asked again each time, and answered 304 when nothing did. */
const revalidated = 'private, no-cache';

export function packRoutes(ctx: Pick<Context, 'db' | 'blobs'>): HttpPlugin {
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      app.get(
        '/studies/:study/series/:series/pack',
        {
          config: { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } },
          schema: {
            params: Type.Object({ study: Uid, series: Uid }),
            querystring: Type.Object({
              level: Type.Integer({ minimum: 1, maximum: 8, default: 2, description: 'halvings left out' }),
            }),
          },
        },
        async (req, reply) => {
          const { study, series } = req.params;
          const studyId = await allowStudy(ctx, req, study);
          const row = (await listSeries(ctx.db, studyId)).find((one) => one.series_instance_uid === series);
          if (row === undefined) throw new AppError('request.not_found');
          if (await holdsSlide(ctx, studyId, series)) throw new AppError('media.no_picture');
          await recordView(ctx, req, { study, series });
          const pack = await openSeriesPack(ctx.db, {
            studyId,
            seriesId: row.id,
            level: req.query.level,
          });
          if (pack.pieces.length === 0) throw new AppError('media.no_picture');
          reply.header('accept-ranges', 'bytes').header('cache-control', revalidated);
          if (notModified(req, reply, pack.etag)) return reply;
          const ifRange = req.headers['if-range'];
          const isSame = ifRange === undefined || ifRange === pack.etag;
          const range = isSame ? byteRange(req, pack.sizeBytes) : null;
          const { start, end } = range ?? { start: 0, end: pack.sizeBytes - 1 };
          if (range !== null)
            reply.code(206).header('content-range', `bytes ${start}-${end}/${pack.sizeBytes}`);
          reply.type(packMediaType).header('content-length', end - start + 1);
          if (req.method === 'HEAD') return reply.send(Readable.from([]));
          return sendStream(req, reply, Readable.from(readPack(ctx, pack, { start, end })));
        },
      );
    },
  };
}
