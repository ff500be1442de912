// Administration listener: routing rules, the history of sends with retry, pulls from other archives. HTTP only; every
// change is audited, because it decides where images go.
import {
  Id,
  NewRoutingPull,
  NewRoutingRule,
  NewRoutingSend,
  pageOf,
  RoutingPull,
  RoutingRule,
  RoutingSend,
  RoutingSendPage,
  RoutingSendState,
} from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { type AuditDetail, recordAudit } from '../audit/index.ts';
import { getNode } from '../nodes/index.ts';
import { listPulls, listSends, pullItem, sendItem } from './list-routing.ts';
import { resumePull, startPull, stopPull } from './pull.ts';
import { listRules, removeRule, saveRule } from './routing-rules.ts';
import { cancelSend, retrySend, sendStudy } from './send-study.ts';

type Part = Pick<Context, 'db' | 'jobs' | 'clock'>;

const Params = Type.Object({ id: Id });
const Page = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
});
const SendsQuery = Type.Object({
  ...Page.properties,
  state: Type.Optional(RoutingSendState),
  studyInstanceUid: Type.Optional(Type.String({ pattern: '^[0-9.]{1,64}$' })),
});
const Removed = Type.Object({ id: Id });

const view = { permission: 'routing.view', scope: 'none' } as const;
const edit = (audit: string) => ({ permission: 'routing.edit', scope: 'none', audit }) as const;

export function routingRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/routing',
    routes: async (app) => {
      const saved = edit('routing.rule_saved');
      const body = { body: NewRoutingRule, response: { 200: RoutingRule } };
      app.get(
        '/rules',
        { config: { access: view }, schema: { response: { 200: Type.Array(RoutingRule) } } },
        () => listRules(ctx),
      );
      app.post('/rules', { config: { access: saved }, schema: body }, async (req) => {
        const rule = await saveRule(ctx, null, req.body);
        await audit(ctx, req, saved.audit, rule.id, { node: rule.nodeName, enabled: rule.enabled });
        return rule;
      });
      app.put(
        '/rules/:id',
        { config: { access: saved }, schema: { params: Params, ...body } },
        async (req) => {
          const rule = await saveRule(ctx, req.params.id, req.body);
          await audit(ctx, req, saved.audit, rule.id, { node: rule.nodeName, enabled: rule.enabled });
          return rule;
        },
      );
      const removed = edit('routing.rule_removed');
      app.delete(
        '/rules/:id',
        { config: { access: removed }, schema: { params: Params, response: { 200: Removed } } },
        async (req) => {
          await removeRule(ctx, req.params.id);
          await audit(ctx, req, removed.audit, req.params.id, {});
          return { id: req.params.id };
        },
      );
      sendRoutes(ctx, app);
      pullRoutes(ctx, app);
    },
  };
}

type App = Parameters<HttpPlugin['routes']>[0];

function sendRoutes(ctx: Part, app: App): void {
  app.get(
    '/sends',
    { config: { access: view }, schema: { querystring: SendsQuery, response: { 200: RoutingSendPage } } },
    (req) => {
      const { limit = 50, cursor = null, state = null, studyInstanceUid } = req.query;
      const of = studyInstanceUid === undefined ? {} : { studyInstanceUid };
      return listSends(ctx.db, { limit, cursor, state, ...of });
    },
  );
  const asked = edit('routing.send_asked');
  app.post(
    '/sends',
    { config: { access: asked }, schema: { body: NewRoutingSend, response: { 200: RoutingSend } } },
    async (req) => {
      const node = await getNode(ctx.db, req.body.nodeId);
      const how = { origin: 'staff', again: true, askedBy: askerOf(req) } as const;
      const row = await sendStudy(ctx, node, req.body.studyInstanceUid, how);
      await audit(ctx, req, asked.audit, row.id, { node: node.name }, row.study_instance_uid);
      return sendItem(ctx.db, row);
    },
  );
  app.post(
    '/sends/:id/retry',
    { config: { access: asked }, schema: { params: Params, response: { 200: RoutingSend } } },
    async (req) => {
      const row = await retrySend(ctx, req.params.id);
      await audit(ctx, req, asked.audit, row.id, { retry: true }, row.study_instance_uid);
      return sendItem(ctx.db, row);
    },
  );
  const cancelled = edit('routing.send_cancelled');
  app.post(
    '/sends/:id/cancel',
    { config: { access: cancelled }, schema: { params: Params, response: { 200: RoutingSend } } },
    async (req) => {
      const row = await cancelSend(ctx, req.params.id);
      await audit(ctx, req, cancelled.audit, row.id, {}, row.study_instance_uid);
      return sendItem(ctx.db, row);
    },
  );
}

/** As the history writes who asked. */
export function askerOf(req: FastifyRequest): string | null {
  const viewer = viewerOf(req);
  return viewer.kind === 'staff' ? `staff:${viewer.accountId}` : null;
}

function pullRoutes(ctx: Part, app: App): void {
  app.get(
    '/pulls',
    { config: { access: view }, schema: { querystring: Page, response: { 200: pageOf(RoutingPull) } } },
    (req) => listPulls(ctx.db, { limit: req.query.limit ?? 50, cursor: req.query.cursor ?? null }),
  );
  const started = edit('routing.pull_started');
  app.post(
    '/pulls',
    { config: { access: started }, schema: { body: NewRoutingPull, response: { 200: RoutingPull } } },
    async (req) => {
      const { nodeId, method, from, to, patientId } = req.body;
      const node = await getNode(ctx.db, nodeId);
      const day = (text: string | null) => text?.replaceAll('-', '') ?? null;
      const pull = await startPull(ctx, node, { method, from: day(from), to: day(to), patientId });
      await audit(ctx, req, started.audit, pull.id, {
        node: node.name,
        from,
        to,
        byPatient: patientId !== null,
      });
      return pullItem(ctx.db, pull);
    },
  );
  for (const [act, change] of Object.entries({ stop: stopPull, resume: resumePull })) {
    const access = edit(`routing.pull_${act === 'stop' ? 'stopped' : 'resumed'}`);
    app.post(
      `/pulls/:id/${act}`,
      { config: { access }, schema: { params: Params, response: { 200: RoutingPull } } },
      async (req) => {
        const pull = await change(ctx, req.params.id);
        await audit(ctx, req, access.audit, pull.id, {});
        return pullItem(ctx.db, pull);
      },
    );
  }
}

function audit(
  ctx: Part,
  req: FastifyRequest,
  event: string,
  objectId: string,
  detail: AuditDetail,
  studyInstanceUid?: string,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    objectType: 'routing',
    objectId,
    studyInstanceUid,
    result: 'ok',
    detail,
    request: req,
  });
}
