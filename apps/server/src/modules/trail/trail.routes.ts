// Administration listener, for the audit administrator: search, export, state and proof of the audit trail. HTTP only.
// Reading the trail is itself in the trail: which fields were searched, never what for.
import { Id, TrailExportForm, TrailFilter, TrailPage, TrailState } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { attachment } from '../../http/media.ts';
import { viewerOf } from '../access/index.ts';
import { type AuditDetail, recordAudit } from '../audit/index.ts';
import { checkJob, trailState } from './check-trail.ts';
import { exportTrail } from './export-trail.ts';
import { searchTrail } from './search-trail.ts';

type Part = Pick<Context, 'db' | 'crypto' | 'clock' | 'jobs'>;

const SearchQuery = Type.Object({
  ...TrailFilter.properties,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
});
const ExportQuery = Type.Object({ ...TrailFilter.properties, form: TrailExportForm });

const view = { permission: 'audit.view', scope: 'all', audit: 'audit.searched' } as const;
const state = { permission: 'audit.view', scope: 'none' } as const;
const take = { permission: 'audit.export', scope: 'all', audit: 'audit.exported' } as const;
const verify = { permission: 'audit.view', scope: 'none', audit: 'audit.verification_asked' } as const;

export function trailRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/audit',
    routes: async (app) => {
      app.get(
        '/events',
        { config: { access: view }, schema: { querystring: SearchQuery, response: { 200: TrailPage } } },
        async (req) => {
          const { limit = 50, cursor = null, ...filter } = req.query;
          const page = await searchTrail(ctx, filter, { cursor, limit });
          await record(ctx, req, view.audit, { fields: Object.keys(filter), rows: page.items.length });
          return page;
        },
      );

      app.get(
        '/export',
        { config: { access: take }, schema: { querystring: ExportQuery } },
        async (req, reply) => {
          const { form, ...filter } = req.query;
          const made = await exportTrail(ctx, filter, form);
          await record(ctx, req, take.audit, {
            form,
            fields: Object.keys(filter),
            rows: made.rows,
            bytes: made.zip.length,
            sm3: made.sm3,
          });
          const day = ctx.clock.now().toISOString().slice(0, 10);
          reply
            .type('application/zip')
            .header('cache-control', 'no-store')
            .header('content-disposition', attachment(`audit-${day}.zip`));
          return reply.send(made.zip);
        },
      );

      app.get('/state', { config: { access: state }, schema: { response: { 200: TrailState } } }, () =>
        trailState(ctx),
      );

      app.post(
        '/verify',
        { config: { access: verify }, schema: { response: { 202: Type.Object({ id: Id }) } } },
        async (req, reply) => {
          const viewer = viewerOf(req);
          const askedBy = viewer.kind === 'staff' ? viewer.accountId : null;
          const id = await ctx.jobs.enqueue(ctx.db, checkJob, { askedBy }, { key: 'asked', priority: 100 });
          await record(ctx, req, verify.audit, {});
          return reply.code(202).send({ id });
        },
      );
    },
  };
}

function record(
  ctx: Pick<Context, 'db'>,
  req: FastifyRequest,
  event: string,
  detail: AuditDetail,
): Promise<void> {
  return recordAudit(ctx.db, { event, viewer: viewerOf(req), result: 'ok', detail, request: req });
}
