// Administration listener: today's numbers, the jobs and the way back for dead ones. HTTP only. Codes, counts and UIDs,
// never data of a patient: that is what system_admin may see (AC-2).
import { Id, JobCounts, JobItem, Overview, pageOf } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { type JobRow, listJobs, retryDeadJob } from './list-jobs.ts';
import { createOverview } from './overview.ts';

type Part = Pick<Context, 'db' | 'blobs' | 'clock' | 'jobs'>;

const JobsQuery = Type.Object({
  state: Type.Optional(JobItem.properties.state),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
});
const JobsPage = Type.Object({ ...pageOf(JobItem).properties, counts: JobCounts });

const view = { permission: 'job.view', scope: 'none' } as const;
const retry = { permission: 'job.retry', scope: 'none', audit: 'job.retried' } as const;

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
