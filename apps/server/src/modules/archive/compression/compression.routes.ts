// Administration listener: compression policies, what they saved, the run, the way back, and the nodes that may be sent
// lossy objects. HTTP only; every change is audited.
import { CompressionOverview, CompressionPolicy, Id, LossyNode } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { type AuditDetail, recordAudit } from '../../audit/index.ts';
import { compressStudiesJob } from './compression.jobs.ts';
import { allowLossy, forbidLossy, getCompression, savePolicies } from './policies.ts';
import { rollBackStudy } from './roll-back.ts';

type Part = Pick<Context, 'db' | 'jobs' | 'clock' | 'config'>;

const view = { permission: 'compression.view', scope: 'none' } as const;
const edit = (audit: string) => ({ permission: 'compression.edit', scope: 'none', audit }) as const;
const saved = edit('compression.policies_saved');
const started = edit('compression.run_started');
const taken = edit('compression.rolled_back');
const allowed = edit('compression.lossy_allowed');
const forbidden = edit('compression.lossy_forbidden');

const Policies = Type.Array(CompressionPolicy, { maxItems: 100 });
const Node = Type.Object({ node: Id });
const Study = Type.Object({ study: Type.String({ pattern: '^[0-9.]{1,64}$' }) });
const Ratio = Type.Object({ ratio: Type.Integer({ minimum: 2, maximum: 100 }) });

export function compressionRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/compression',
    routes: async (app) => {
      app.get('', { config: { access: view }, schema: { response: { 200: CompressionOverview } } }, () =>
        getCompression(ctx),
      );
      app.put(
        '/policies',
        { config: { access: saved }, schema: { body: Policies, response: { 200: Policies } } },
        async (req) => {
          const policies = await savePolicies(ctx, req.body);
          await audit(ctx, req, saved.audit, 'policies', { count: policies.length });
          return policies;
        },
      );
      app.post(
        '/run',
        { config: { access: started }, schema: { response: { 200: Type.Object({ jobId: Id }) } } },
        async (req) => {
          const jobId = await ctx.jobs.enqueue(ctx.db, compressStudiesJob, {}, { key: 'run' });
          await audit(ctx, req, started.audit, jobId, {});
          return { jobId };
        },
      );
      app.post(
        '/studies/:study/roll-back',
        {
          config: { access: taken },
          schema: { params: Study, response: { 200: Type.Object({ objects: Type.Integer() }) } },
        },
        async (req) => {
          const viewer = viewerOf(req);
          const by = viewer.kind === 'staff' ? `staff:${viewer.accountId}` : viewer.kind;
          const objects = await rollBackStudy(ctx, req.params.study, by);
          await audit(ctx, req, taken.audit, req.params.study, { objects });
          return { objects };
        },
      );
      app.put(
        '/lossy-nodes/:node',
        { config: { access: allowed }, schema: { params: Node, body: Ratio, response: { 200: LossyNode } } },
        async (req) => {
          const rule = await allowLossy(ctx, req.params.node, req.body.ratio);
          await audit(ctx, req, allowed.audit, rule.nodeId, { node: rule.nodeName, ratio: rule.ratio });
          return rule;
        },
      );
      app.delete(
        '/lossy-nodes/:node',
        { config: { access: forbidden }, schema: { params: Node, response: { 200: Node } } },
        async (req) => {
          await forbidLossy(ctx, req.params.node);
          await audit(ctx, req, forbidden.audit, req.params.node, {});
          return { node: req.params.node };
        },
      );
    },
  };
}

function audit(ctx: Part, req: FastifyRequest, event: string, objectId: string, detail: AuditDetail) {
  return recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    objectType: 'compression',
    objectId,
    result: 'ok',
    detail,
    request: req,
  });
}
