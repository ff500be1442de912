// Liveness, readiness and metrics. Ready means: this process can do its work now; the reasons say what is missing.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@fastify/type-provider-typebox';
import type { Context } from '../context.ts';
import { publicAccess } from './access-declaration.ts';

/** What keeps the process from being ready, as codes: database, migrations, disk, draining. */
export type Readiness = () => Promise<{ reasons: string[]; notes: string[] }>;

const Ready = Type.Object({
  ready: Type.Boolean(),
  reasons: Type.Array(Type.String()),
  notes: Type.Array(Type.String()),
});

export function healthRoutes(ctx: Pick<Context, 'metrics'>, readiness: Readiness): FastifyPluginAsyncTypebox {
  return async (app) => {
    const config = { access: publicAccess, rateLimit: false as const };
    app.get(
      '/healthz',
      { config, schema: { summary: 'Liveness', response: { 200: Type.Object({ alive: Type.Boolean() }) } } },
      async () => ({ alive: true }),
    );

    app.get(
      '/readyz',
      { config, schema: { summary: 'Readiness', response: { 200: Ready, 503: Ready } } },
      async (_req, reply) => {
        const { reasons, notes } = await readiness();
        return reply
          .code(reasons.length === 0 ? 200 : 503)
          .send({ ready: reasons.length === 0, reasons, notes });
      },
    );

    app.get(
      '/metrics',
      {
        config: { access: { permission: 'metrics.view', scope: 'none', loopback: true } },
        schema: { summary: 'Prometheus metrics' },
      },
      async (_req, reply) => {
        const { text, mediaType } = await ctx.metrics.expose();
        return reply.type(mediaType).send(text);
      },
    );
  };
}
