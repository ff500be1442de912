// Administration listener: today's numbers, the jobs and the way back for dead ones, registering nodes (their list is
// in nodes/). HTTP only. Codes, counts and UIDs, never data of a patient: that is what system_admin may see (AC-2).
import { Id, JobCounts, JobItem, NewNode, NodeItem, Overview, pageOf } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { NodeRow } from '../nodes/index.ts';
import { type JobRow, listJobs, retryDeadJob } from './list-jobs.ts';
import { createOverview } from './overview.ts';
import { saveNode } from './save-node.ts';

type Part = Pick<Context, 'db' | 'blobs' | 'clock' | 'jobs'>;

const JobsQuery = Type.Object({
  state: Type.Optional(JobItem.properties.state),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
});
const JobsPage = Type.Object({ ...pageOf(JobItem).properties, counts: JobCounts });

const view = { permission: 'job.view', scope: 'none' } as const;
const retry = { permission: 'job.retry', scope: 'none', audit: 'job.retried' } as const;
const edit = { permission: 'node.edit', scope: 'none', audit: 'node.saved' } as const;

export function operationsRoutes(ctx: Part): HttpPlugin {
  const overview = createOverview(ctx);
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get('/overview', { config: { access: view }, schema: { response: { 200: Overview } } }, () =>
        overview(),
      );

      app.get(
        '/jobs',
        { config: { access: view }, schema: { querystring: JobsQuery, response: { 200: JobsPage } } },
        async (req) => {
          const { state = 'dead', limit = 50, cursor = null } = req.query;
          const page = await listJobs(ctx.db, { state, cursor, limit });
          return { ...page, items: page.items.map(toJobItem) };
        },
      );

      app.post(
        '/jobs/:id/retry',
        {
          config: { access: retry },
          schema: { params: Type.Object({ id: Id }), response: { 200: JobItem } },
        },
        async (req) => {
          const job = await retryDeadJob(ctx, req.params.id);
          await recordAudit(ctx.db, {
            event: retry.audit,
            viewer: viewerOf(req),
            objectType: 'job',
            objectId: job.id,
            result: 'ok',
            detail: { job: job.name },
            request: req,
          });
          return toJobItem(job);
        },
      );

      app.post(
        '/nodes',
        { config: { access: edit }, schema: { body: NewNode, response: { 200: NodeItem } } },
        async (req) => {
          const node = await saveNode(ctx, req.body);
          await recordAudit(ctx.db, {
            event: edit.audit,
            viewer: viewerOf(req),
            objectType: 'node',
            objectId: node.id,
            result: 'ok',
            detail: { kind: node.kind, may: node.may, replaced: req.body.replace },
            request: req,
          });
          return toNodeItem(node);
        },
      );
    },
  };
}

function toJobItem(job: JobRow): JobItem {
  return {
    ...job,
    runAt: job.runAt.toISOString(),
    progressDone: job.progressDone === null ? null : Number(job.progressDone),
    progressTotal: job.progressTotal === null ? null : Number(job.progressTotal),
  };
}

function toNodeItem(node: NodeRow): NodeItem {
  return {
    id: node.id,
    kind: node.kind === 'hl7' ? 'hl7' : 'dicom',
    name: node.name,
    facility: node.facility === '-' ? null : node.facility,
    host: node.host,
    port: node.port,
    may: node.may,
    charset: node.charset,
    lastSeenAt: node.last_seen_at?.toISOString() ?? null,
  };
}
