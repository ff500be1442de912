// Administration listener: which nodes are told that a study is available. HTTP only; every change is audited.
import { AvailabilityRule, Id, ListedAvailabilityRule, NewAvailabilityRule } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { listAvailabilityRules, removeAvailabilityRule, setAvailabilityRule } from './availability-rules.ts';

const Params = Type.Object({ id: Id });

const view = { permission: 'node.view', scope: 'none' } as const;
const edit = (audit: string) => ({ permission: 'node.edit', scope: 'none', audit }) as const;
const set = edit('node.availability_rule_set');
const remove = edit('node.availability_rule_removed');

export function availabilityRoutes(ctx: Pick<Context, 'db' | 'clock'>): HttpPlugin {
  const record = (req: FastifyRequest, event: string, nodeId: string) =>
    recordAudit(ctx.db, {
      event,
      viewer: viewerOf(req),
      request: req,
      objectType: 'node',
      objectId: nodeId,
      result: 'ok',
    });
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/availability-rules',
        { config: { access: view }, schema: { response: { 200: Type.Array(ListedAvailabilityRule) } } },
        () => listAvailabilityRules(ctx.db),
      );
      app.put(
        '/nodes/:id/availability-rule',
        {
          config: { access: set },
          schema: { params: Params, body: NewAvailabilityRule, response: { 200: AvailabilityRule } },
        },
        async (req) => {
          const rule = await setAvailabilityRule(ctx, req.params.id, req.body.modalities);
          await record(req, set.audit, rule.nodeId);
          return rule;
        },
      );
      app.delete(
        '/nodes/:id/availability-rule',
        { config: { access: remove }, schema: { params: Params, response: { 204: Type.Null() } } },
        async (req, reply) => {
          await removeAvailabilityRule(ctx.db, req.params.id);
          await record(req, remove.audit, req.params.id);
          return reply.code(204).send(null);
        },
      );
    },
  };
}
