// Profile demo only: what a phone would have received, as a page and as JSON. Production registers neither route,
// so both answer 404 there.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { publicAccess } from '../../http/access-declaration.ts';
import { listOutbox } from './outbox-item.ts';
import { renderOutboxPage } from './outbox-page.ts';

const OutboxItem = Type.Object({
  at: Type.String(),
  phone: Type.String(),
  body: Type.String(),
  links: Type.Array(Type.String()),
  code: Type.Optional(Type.String()),
});

export function demoOutboxRoutes(ctx: Pick<Context, 'db' | 'config'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    if (ctx.config.profile !== 'demo') return;
    const config = { access: publicAccess };

    app.get(
      '/demo/outbox.json',
      { config, schema: { response: { 200: Type.Array(OutboxItem) } } },
      async () => listOutbox(ctx.db),
    );

    app.get('/demo/outbox', { config, schema: { hide: true } }, async (_req, reply) => {
      const items = await listOutbox(ctx.db);
      return reply.type('text/html; charset=utf-8').send(renderOutboxPage(items));
    });
  };
}
