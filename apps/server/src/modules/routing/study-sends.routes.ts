// Public listener: a doctor sends a study that he may see to a node that an administrator allows to be sent to, and
// follows, repeats or takes back such a send. Every step is audited; a study out of reach is answered like an absent one.
import { Id, RoutingSend, StudySends } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { requireStudy } from '../archive/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getNode, listNodes } from '../nodes/index.ts';
import { listSendsOf, sendItem } from './list-routing.ts';
import { cancelSend, getSendOf, isReceiver, retrySend, sendStudy } from './send-study.ts';

type Part = Pick<Context, 'db' | 'jobs' | 'clock'>;

const uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const StudyParams = Type.Object({ studyInstanceUid: uid });
const SendParams = Type.Object({ studyInstanceUid: uid, id: Id });
const Body = Type.Object({ nodeId: Id });
const made = { response: { 200: RoutingSend } };

const may = <const A extends string>(audit: A) =>
  ({ permission: 'study.send', scope: 'study', audit }) as const;
const listed = { permission: 'study.send', scope: 'study' } as const;
const asked = may('routing.send_asked');
const cancelled = may('routing.send_cancelled');

export function studySendRoutes(ctx: Part): HttpPlugin {
  const allow = (req: FastifyRequest, studyInstanceUid: string) =>
    requireStudy(ctx, req, studyInstanceUid, 'study.send');
  /** What a rule or a colleague sends is theirs to repeat or to take back. */
  const ownSend = async (req: FastifyRequest<{ Params: { studyInstanceUid: string; id: string } }>) => {
    const { studyInstanceUid, id } = req.params;
    await allow(req, studyInstanceUid);
    const send = await getSendOf(ctx, id, studyInstanceUid);
    if (send.asked_by !== askerOf(req)) throw new AppError('access.forbidden');
    return send;
  };
  return {
    prefix: '/api/studies/:studyInstanceUid/sends',
    routes: async (app) => {
      app.get(
        '',
        { config: { access: listed }, schema: { params: StudyParams, response: { 200: StudySends } } },
        async (req) => {
          const { studyInstanceUid } = req.params;
          await allow(req, studyInstanceUid);
          const nodes = (await listNodes(ctx.db)).filter(isReceiver);
          return {
            nodes: nodes.map(({ id, name }) => ({ id, name })),
            sends: await listSendsOf(ctx.db, studyInstanceUid, askerOf(req)),
          };
        },
      );
      app.post(
        '',
        { config: { access: asked }, schema: { params: StudyParams, body: Body, ...made } },
        async (req) => {
          const { studyInstanceUid } = req.params;
          await allow(req, studyInstanceUid);
          const node = await getNode(ctx.db, req.body.nodeId);
          if (!isReceiver(node)) throw new AppError('request.not_found'); // nothing is told of other nodes
          const how = { origin: 'staff', again: true, askedBy: askerOf(req) } as const;
          const row = await sendStudy(ctx, node, studyInstanceUid, how);
          await record(ctx, req, asked.audit, row.id, { node: node.name });
          return sendItem(ctx.db, row);
        },
      );
      app.post(
        '/:id/retry',
        { config: { access: asked }, schema: { params: SendParams, ...made } },
        async (req) => {
          const send = await ownSend(req);
          const row = await retrySend(ctx, send.id);
          await record(ctx, req, asked.audit, row.id, { retry: true });
          return sendItem(ctx.db, row);
        },
      );
      app.post(
        '/:id/cancel',
        { config: { access: cancelled }, schema: { params: SendParams, ...made } },
        async (req) => {
          const send = await ownSend(req);
          const row = await cancelSend(ctx, send.id);
          await record(ctx, req, cancelled.audit, row.id, {});
          return sendItem(ctx.db, row);
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

function record(
  ctx: Part,
  req: FastifyRequest<{ Params: { studyInstanceUid: string } }>,
  event: string,
  objectId: string,
  detail: Record<string, string | boolean>,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    objectType: 'routing',
    objectId,
    studyInstanceUid: req.params.studyInstanceUid,
    result: 'ok',
    detail,
    request: req,
  });
}
