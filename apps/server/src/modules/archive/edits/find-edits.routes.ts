// Administration listener: find a study, see its pictures and what an edit would do, the history of edits. HTTP only.
// Answers are masked; what shows the patient as he is has a route of its own (reveal) and its own audit event.
import {
  EditAsk,
  EditPreview,
  EditProgress,
  Id,
  InstanceToEdit,
  pageOf,
  RevealedStudy,
  StudyEdit,
  StudyFound,
  StudyToEdit,
} from '@yunying/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import {
  findStudies,
  getEditable,
  getEditProgress,
  listEditableInstances,
  listEdits,
  revealEdit,
  revealStudy,
} from './find-editable.ts';
import { type CountReports, previewEdit } from './preview-edit.ts';

/** What the levels above lend: reports, and the small pictures that media makes. */
export type EditPorts = {
  countReports: CountReports;
  sendThumbnail(
    req: FastifyRequest,
    reply: FastifyReply,
    of: { study: string; series: string; instance?: string },
  ): Promise<FastifyReply>;
};

type App = Parameters<HttpPlugin['routes']>[0];
type Part = Pick<Context, 'db' | 'config'>;

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const Params = Type.Object({ id: Id });
const StudyParams = Type.Object({ study: Uid });
const SeriesParams = Type.Object({ study: Uid, series: Uid });
const InstanceParams = Type.Object({ study: Uid, series: Uid, instance: Uid });
const Page = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  cursor: Type.Optional(Id),
});
const Search = Type.Object({ ...Page.properties, text: Type.Optional(Type.String({ maxLength: 64 })) });
const FoundPage = Type.Object({ ...pageOf(StudyFound).properties, totalIsFloor: Type.Boolean() });
const Preview = Type.Object({ ...EditAsk.properties, revealed: Type.Optional(Type.Boolean()) });

const may = <const A extends string>(audit: A) =>
  ({ permission: 'study.edit', scope: 'all', audit }) as const;
const listed = { permission: 'study.edit', scope: 'all' } as const;
const searched = may('study.edit_searched');
const opened = may('study.edit_opened');
const revealed = may('study.identity_revealed');
const pictured = may('image.viewed');

const standardLimit = 20;
const picturesPerRequest = 20;
const of = '/study-edits/studies/:study';

export function findingRoutes(ctx: Part, app: App, ports: EditPorts): void {
  historyRoutes(ctx, app);
  app.get(
    '/study-edits/studies',
    { config: { access: searched }, schema: { querystring: Search, response: { 200: FoundPage } } },
    async (req) => {
      const { text = '', limit = standardLimit, cursor = null } = req.query;
      const page = await findStudies(ctx.db, text.trim(), { limit, cursor });
      if (text.trim() !== '') await record(ctx, req, searched.audit, null, { found: page.items.length });
      return page;
    },
  );
  app.get(
    of,
    { config: { access: opened }, schema: { params: StudyParams, response: { 200: StudyToEdit } } },
    async (req) => {
      const study = await getEditable(ctx.db, req.params.study);
      await record(ctx, req, opened.audit, req.params.study, {});
      return study;
    },
  );
  app.post(
    `${of}/reveal`,
    { config: { access: revealed }, schema: { params: StudyParams, response: { 200: RevealedStudy } } },
    async (req) => {
      const study = await revealStudy(ctx.db, req.params.study);
      await record(ctx, req, revealed.audit, req.params.study, {});
      return study;
    },
  );
  app.get(
    `${of}/series/:series/instances`,
    {
      config: { access: opened },
      schema: { params: SeriesParams, response: { 200: Type.Array(InstanceToEdit) } },
    },
    (req) => {
      const { study: studyInstanceUid, series: seriesInstanceUid } = req.params;
      return listEditableInstances(ctx.db, { studyInstanceUid, seriesInstanceUid });
    },
  );
  // A series opened to choose from is a hundred small pictures: the limit of ordinary requests would stop it.
  const rateLimit = { max: ctx.config.http1.ratePerMinute * picturesPerRequest, timeWindow: '1 minute' };
  app.get(
    `${of}/series/:series/thumbnail`,
    { config: { access: pictured, rateLimit }, schema: { params: SeriesParams } },
    (req, reply) => ports.sendThumbnail(req, reply, req.params),
  );
  app.get(
    `${of}/series/:series/instances/:instance/thumbnail`,
    { config: { access: pictured, rateLimit }, schema: { params: InstanceParams } },
    (req, reply) => ports.sendThumbnail(req, reply, req.params),
  );
  app.post(
    '/study-edits/preview',
    { config: { access: opened }, schema: { body: Preview, response: { 200: EditPreview } } },
    async (req) => {
      const { revealed: asked = false, ...ask } = req.body;
      const preview = await previewEdit(ctx, ask, ports, asked);
      for (const { studyInstanceUid } of asked ? preview.studies : [])
        if (studyInstanceUid !== null)
          await record(ctx, req, revealed.audit, studyInstanceUid, { preview: ask.way });
      return preview;
    },
  );
}

function historyRoutes(ctx: Part, app: App): void {
  app.get(
    '/study-edits',
    { config: { access: listed }, schema: { querystring: Page, response: { 200: pageOf(StudyEdit) } } },
    (req) => listEdits(ctx.db, { limit: req.query.limit ?? 50, cursor: req.query.cursor ?? null }),
  );
  app.get(
    '/study-edits/:id',
    { config: { access: listed }, schema: { params: Params, response: { 200: EditProgress } } },
    (req) => getEditProgress(ctx.db, req.params.id),
  );
  app.post(
    '/study-edits/:id/reveal',
    { config: { access: revealed }, schema: { params: Params, response: { 200: StudyEdit } } },
    async (req) => {
      const edit = await revealEdit(ctx.db, req.params.id);
      await record(ctx, req, revealed.audit, edit.studyInstanceUid, { editId: edit.id });
      return edit;
    },
  );
}

function record(
  ctx: Part,
  req: FastifyRequest,
  event: string,
  studyInstanceUid: string | null,
  detail: Record<string, string | number>,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    objectType: 'study',
    studyInstanceUid,
    result: 'ok',
    detail,
    request: req,
  });
}
