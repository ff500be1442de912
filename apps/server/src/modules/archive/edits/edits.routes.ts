// Administration listener: edit a study, take an edit back. (Finding, previews, history: find-edits.routes.ts.) HTTP
// only; every edit is audited with ids and counts, never with values.
import { AttributesAsk, EditMade, Id, MergeAsk, MoveAsk, RejectAsk, SelectionAsk } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { editAttributes, mergeStudies, moveStudy, splitStudy } from './edit-studies.ts';
import type { EditAuthor, EditRow, Selection } from './edit-types.ts';
import { type EditPorts, findingRoutes } from './find-edits.routes.ts';
import { hideObjects, restoreObjects } from './hide-objects.ts';
import { rejectObjects } from './reject-objects.ts';
import { undoEdit } from './undo-edit.ts';

type EditsContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock'>;

const Params = Type.Object({ id: Id });
const may = <const A extends string>(permission: 'study.edit' | 'study.delete' | 'study.restore', audit: A) =>
  ({ permission, scope: 'all', audit }) as const;
const merged = may('study.edit', 'study.merged');
const split = may('study.edit', 'study.split');
const moved = may('study.edit', 'study.moved');
const edited = may('study.edit', 'study.edited');
const hidden = may('study.delete', 'study.hidden');
const rejected = may('study.delete', 'study.rejected');
const undone = may('study.edit', 'study.edit_undone');
const restored = may('study.restore', 'study.restored');
/** Deletions and rejections are restored, by those who may. */
const undoable = ['merge', 'split', 'move-patient', 'attributes'];
const made = { response: { 200: EditMade } };

export function studyEditRoutes(ctx: EditsContext, ports: EditPorts): HttpPlugin {
  const take = async (req: FastifyRequest, event: string, edit: EditRow, uid: string | null = null) => {
    await record(ctx, req, event, uid, edit.study_id, edit.id);
    return { id: edit.id };
  };
  const hidingRoutes = (app: Parameters<HttpPlugin['routes']>[0]) => {
    app.post(
      '/study-edits/hide',
      { config: { access: hidden }, schema: { body: SelectionAsk, ...made } },
      async (req) => {
        const edit = await hideObjects(ctx, asked(req.body), authorOf(req, req.body));
        return take(req, hidden.audit, edit, req.body.studyInstanceUid);
      },
    );
    app.post(
      '/study-edits/reject',
      { config: { access: rejected }, schema: { body: RejectAsk, ...made } },
      async (req) => {
        const ask = { ...asked(req.body), title: req.body.title };
        const edit = await rejectObjects(ctx, ask, authorOf(req, req.body));
        return take(req, rejected.audit, edit, ask.studyInstanceUid);
      },
    );
    app.post(
      '/study-edits/:id/undo',
      { config: { access: undone }, schema: { params: Params, ...made } },
      async (req) => take(req, undone.audit, await undoEdit(ctx, req.params.id, nameOf(req), undoable)),
    );
    app.post(
      '/study-edits/:id/restore',
      { config: { access: restored }, schema: { params: Params, ...made } },
      async (req) => take(req, restored.audit, await restoreObjects(ctx, req.params.id, nameOf(req))),
    );
  };
  return {
    prefix: '/api',
    routes: async (app) => {
      findingRoutes(ctx, app, ports);
      app.post(
        '/study-edits/merge',
        { config: { access: merged }, schema: { body: MergeAsk, ...made } },
        async (req) => {
          const edit = await mergeStudies(ctx, req.body, authorOf(req, req.body));
          return take(req, merged.audit, edit, req.body.from);
        },
      );
      app.post(
        '/study-edits/split',
        { config: { access: split }, schema: { body: SelectionAsk, ...made } },
        async (req) => {
          const edit = await splitStudy(ctx, asked(req.body), authorOf(req, req.body));
          return take(req, split.audit, edit, req.body.studyInstanceUid);
        },
      );
      app.post(
        '/study-edits/move',
        { config: { access: moved }, schema: { body: MoveAsk, ...made } },
        async (req) => {
          const edit = await moveStudy(ctx, req.body, authorOf(req, req.body));
          return take(req, moved.audit, edit, req.body.studyInstanceUid);
        },
      );
      app.post(
        '/study-edits/attributes',
        { config: { access: edited }, schema: { body: AttributesAsk, ...made } },
        async (req) => {
          const { seriesInstanceUid, ...ask } = req.body;
          const of = seriesInstanceUid === undefined ? ask : { ...ask, seriesInstanceUid };
          return take(
            req,
            edited.audit,
            await editAttributes(ctx, of, authorOf(req, ask)),
            ask.studyInstanceUid,
          );
        },
      );
      hidingRoutes(app);
    },
  };
}

function asked(body: Static<typeof SelectionAsk>): { studyInstanceUid: string; selection: Selection } {
  const { studyInstanceUid, seriesInstanceUids, sopInstanceUids } = body;
  const selection: Selection = {
    ...(seriesInstanceUids === undefined ? {} : { seriesInstanceUids }),
    ...(sopInstanceUids === undefined ? {} : { sopInstanceUids }),
  };
  return { studyInstanceUid, selection };
}

function nameOf(req: FastifyRequest): string {
  const viewer = viewerOf(req);
  if (viewer.kind === 'staff') return `staff:${viewer.accountId}`;
  if (viewer.kind === 'client') return `client:${viewer.clientId}`;
  throw new AppError('request.not_found'); // no patient has these permissions
}

function authorOf(req: FastifyRequest, { reason }: { reason: string }): EditAuthor {
  return { madeBy: nameOf(req), reason };
}

function record(
  ctx: EditsContext,
  req: FastifyRequest,
  event: string,
  studyInstanceUid: string | null,
  studyId: string | null,
  editId: string | null,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    objectType: 'study',
    objectId: studyId ?? undefined,
    studyInstanceUid,
    result: 'ok',
    detail: { editId },
    request: req,
  });
}
