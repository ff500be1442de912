// The OpenAPI 3.1 document made from the routes' own schemas, with each route's permission and scope, and a page
// that shows it to people without any script.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { publicAccess } from './access-declaration.ts';
import { renderApiPage } from './api-page.ts';
import type { Listener } from './http-types.ts';

export async function openApi(
  app: FastifyInstance,
  options: { listener: Listener; version: string },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title:
          options.listener === 'admin' ? '云影管理接口 Yunying administration API' : '云影接口 Yunying API',
        version: options.version,
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'yy_session' },
          client: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const shown: Record<string, unknown> = { ...schema };
      if (access !== undefined) {
        shown['x-permission'] = access.permission;
        if (access.orPermission !== undefined) shown['x-or-permission'] = access.orPermission;
        shown['x-scope'] = access.scope;
        if (access.audit !== undefined) shown['x-audit'] = access.audit;
        if (access.permission !== publicAccess.permission) shown.security = [{ session: [] }, { client: [] }];
      }
      return { schema: shown, url };
    },
  });
  const config = { access: publicAccess };
  app.get('/api/openapi.json', { config, schema: { hide: true } }, async (_req, reply) =>
    reply.header('cache-control', 'no-cache').send(app.swagger()),
  );
  app.get('/api/docs', { config, schema: { hide: true } }, async (_req, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(renderApiPage(app.swagger())),
  );
}
