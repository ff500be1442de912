// Public listener: a doctor prints pictures of a study he may see on a film printer that an administrator registered, and
// sees how far it is. Every step is audited; a study out of reach is answered like an absent one.
import { FilmPrint, Id, StudyPrint, StudyPrints, Uid } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { requireLabel, requireStudy } from '../../archive/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { getNode, listNodes } from '../../nodes/index.ts';
import type { ExportContext } from '../export/export-pictures.ts';
import { locatePicture } from './film-pictures.ts';
import { isPrinter, listPrints, printItem, requestPrint, retryPrint, sheetsOf } from './request-print.ts';

const StudyParams = Type.Object({ studyInstanceUid: Uid });
const PrintParams = Type.Object({ studyInstanceUid: Uid, id: Id });
const listed = { permission: 'image.print', scope: 'study' } as const;
const asked = { permission: 'image.print', scope: 'study', audit: 'image.print_asked' } as const;
const made = { response: { 200: StudyPrint } };

export function printRoutes(ctx: ExportContext & Pick<Context, 'jobs' | 'clock'>): HttpPlugin {
  return {
    prefix: '/api/studies/:studyInstanceUid/prints',
    routes: async (app) => {
      app.get(
        '',
        { config: { access: listed }, schema: { params: StudyParams, response: { 200: StudyPrints } } },
        async (req) => {
          const { studyInstanceUid } = req.params;
          await requireStudy(ctx, req, studyInstanceUid, listed.permission);
          const nodes = (await listNodes(ctx.db)).filter(isPrinter);
          return {
            printers: nodes.map(({ id, name }) => ({ id, name })),
            prints: await listPrints(ctx, studyInstanceUid, askerOf(req), languageOf(req)),
          };
        },
      );
      app.post(
        '',
        { config: { access: asked }, schema: { params: StudyParams, body: FilmPrint, ...made } },
        async (req) => {
          const study = await requireStudy(ctx, req, req.params.studyInstanceUid, asked.permission);
          const node = await getNode(ctx.db, req.body.nodeId);
          if (!isPrinter(node)) throw new AppError('request.not_found'); // nothing is told of other nodes
          for (const picture of req.body.pictures) {
            const { instance } = await locatePicture(ctx, study.study_instance_uid, picture);
            await requireLabel(ctx, req, instance);
            if (picture.frameNumber > instance.number_of_frames) throw new AppError('archive.no_frame');
          }
          const row = await requestPrint(ctx, study, req.body, askerOf(req));
          const { identity, pictures, copies } = req.body;
          const sheets = sheetsOf(req.body);
          await record(ctx, req, study.id, {
            node: node.name,
            pictures: pictures.length,
            sheets,
            copies,
            identity,
          });
          return printItem(row, node.name, askerOf(req), languageOf(req));
        },
      );
      app.post(
        '/:id/retry',
        { config: { access: asked }, schema: { params: PrintParams, ...made } },
        async (req) => {
          const { studyInstanceUid, id } = req.params;
          const study = await requireStudy(ctx, req, studyInstanceUid, asked.permission);
          const row = await retryPrint(ctx, id, studyInstanceUid, askerOf(req));
          const node = await getNode(ctx.db, row.node_id);
          await record(ctx, req, study.id, { node: node.name, retry: true });
          return printItem(row, node.name, askerOf(req), languageOf(req));
        },
      );
    },
  };
}

function askerOf(req: FastifyRequest): string {
  const viewer = viewerOf(req);
  if (viewer.kind !== 'staff') throw new AppError('request.not_found'); // nobody else has the permission
  return `staff:${viewer.accountId}`;
}

function languageOf(req: FastifyRequest): 'zh' | 'en' {
  return req.headers['accept-language']?.startsWith('en') === true ? 'en' : 'zh';
}

function record(
  ctx: ExportContext,
  req: FastifyRequest<{ Params: { studyInstanceUid: string } }>,
  studyId: string,
  detail: Record<string, string | number | boolean>,
): Promise<void> {
  return recordAudit(ctx.db, {
    event: asked.audit,
    viewer: viewerOf(req),
    objectType: 'study',
    objectId: studyId,
    studyInstanceUid: req.params.studyInstanceUid,
    result: 'ok',
    detail,
    request: req,
  });
}
