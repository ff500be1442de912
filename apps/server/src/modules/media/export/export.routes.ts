// Doors for pictures to keep. Permission to take a study away, scope of the study, and a row in the trail that says how
// many, in which form, and whether with identity. A patient's pictures never carry identity: links are passed on.
import { FilmSheetExport, PictureExport, Uid } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { HttpPlugin } from '../../../http/index.ts';
import { attachment } from '../../../http/media.ts';
import { viewerOf } from '../../access/index.ts';
import { requireStudy } from '../../archive/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { type ExportContext, exportFilmSheet, exportPicture } from './export-pictures.ts';

const Params = Type.Object({ studyInstanceUid: Uid });
const access = { permission: 'image.download', scope: 'study', audit: 'image.exported' } as const;

export function exportRoutes(ctx: ExportContext): HttpPlugin {
  return {
    routes: async (app) => {
      app.post(
        '/api/studies/:studyInstanceUid/picture',
        { config: { access }, schema: { params: Params, body: PictureExport } },
        async (req, reply) => {
          const study = req.params.studyInstanceUid;
          const row = await requireStudy(ctx, req, study, access.permission);
          const ask = { ...req.body, identity: mayName(req) && req.body.identity };
          const picture = await exportPicture(ctx, req, study, ask);
          await record(ctx, req, row.id, { form: ask.format, pictures: 1, identity: ask.identity });
          const name = `${ask.picture.sopInstanceUid}-${ask.picture.frameNumber}.${ask.format === 'jpeg' ? 'jpg' : 'png'}`;
          return reply
            .type(`image/${ask.format}`)
            .header('content-disposition', attachment(name))
            .send(Buffer.from(picture));
        },
      );
      app.post(
        '/api/studies/:studyInstanceUid/film-sheet',
        { config: { access }, schema: { params: Params, body: FilmSheetExport } },
        async (req, reply) => {
          const study = req.params.studyInstanceUid;
          const row = await requireStudy(ctx, req, study, access.permission);
          const ask = { ...req.body, identity: mayName(req) && req.body.identity };
          const title = row.study_description ?? '影像胶片';
          const pdf = await exportFilmSheet(ctx, req, study, ask, title, AbortSignal.timeout(120_000));
          await record(ctx, req, row.id, {
            form: 'pdf',
            pictures: ask.pictures.length,
            identity: ask.identity,
          });
          return reply
            .type('application/pdf')
            .header('content-disposition', attachment(`${study}.pdf`))
            .send(Buffer.from(pdf));
        },
      );
    },
  };
}

function mayName(req: FastifyRequest): boolean {
  return viewerOf(req).kind === 'staff';
}

async function record(
  ctx: ExportContext,
  req: FastifyRequest<{ Params: { studyInstanceUid: string } }>,
  studyId: string,
  detail: { form: string; pictures: number; identity: boolean },
): Promise<void> {
  await recordAudit(ctx.db, {
    event: access.audit,
    viewer: viewerOf(req),
    result: 'ok',
    objectType: 'study',
    objectId: studyId,
    studyInstanceUid: req.params.studyInstanceUid,
    detail,
    request: req,
  });
}
