// Builds one HTTP listener (public or administration) from the modules' routes. Order of hooks: security headers ->
// foreign viewers -> cookies -> rate limit -> the route's access declaration (before any body is read) -> body ->
// validation -> route. A route without a declaration stops the start.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { type AccessDeclaration, publicAccess } from './access-declaration.ts';
import { foreignViewers } from './foreign-viewers.ts';
import { healthRoutes } from './health.ts';
import type { Authorize, HttpContext, HttpOptions, Listener } from './http-types.ts';
import { notFoundAnswer } from './not-found.ts';
import { openApi } from './openapi.ts';
import { createErrorAnswer } from './problem.ts';
import { securityHeaders } from './security-headers.ts';
import { staticApps } from './static-apps.ts';

export type HttpApp = FastifyInstance;

const headersLimitMs = 30_000;
const idleSocketMs = 120_000;

export async function createHttp(ctx: HttpContext, options: HttpOptions): Promise<HttpApp> {
  const { config, log } = ctx;
  const https = config.publicUrl.startsWith('https:');
  const app = fastify({
    logger: false,
    trustProxy: config.http1.trustProxy,
    bodyLimit: config.http1.bodyLimitBytes,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    requestTimeout: 0, // a large STOW body over a slow line takes as long as it takes; an idle socket does not
    connectionTimeout: idleSocketMs,
    keepAliveTimeout: 65_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.headersTimeout = headersLimitMs;

  app.setErrorHandler(createErrorAnswer(log));
  app.setNotFoundHandler(notFoundAnswer(options));
  app.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || access.permission === '') {
      throw new Error(`route ${String(route.method)} ${route.url} declares no access`);
    }
  });
  app.addHook('onRequest', async (req, reply) => {
    reply.header('x-request-id', req.id);
  });
  await securityHeaders(app, { https, admin: options.listener === 'admin' });
  if (options.listener === 'public') foreignViewers(app, config.http1.corsOrigins);
  await app.register(cookie);
  await app.register(rateLimit, {
    max: config.http1.ratePerMinute,
    timeWindow: '1 minute',
    cache: 20_000,
    errorResponseBuilder: () => new AppError('request.too_many'),
  });
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    globalDecompression: false, // a small body must not unfold into a large one
    threshold: 1024,
    customTypes: /(?:\+json|\/json|\/javascript|\/css|\/html|svg\+xml)(?:;|$)/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  app.addHook('onRequest', async (req) => {
    const declaration = req.routeOptions.config.access;
    if (declaration !== undefined) await enforce(req, declaration, options.authorize);
  });
  measure(app, ctx, options.listener);
  await openApi(app, { listener: options.listener, version: '0.1.0' });

  app.addContentTypeParser(/^multipart\/related/, (_req, payload, done) => done(null, payload));
  await app.register(healthRoutes(ctx, options.readiness));
  for (const plugin of options.plugins) {
    await app.register(plugin.routes, plugin.prefix === undefined ? {} : { prefix: plugin.prefix });
  }
  if (options.appsFolder !== undefined) await staticApps(app, options.listener, options.appsFolder);
  await app.ready();
  return app;
}

async function enforce(
  req: FastifyRequest,
  declaration: AccessDeclaration,
  authorize: Authorize | null,
): Promise<void> {
  if (declaration.loopback === true && isLoopback(req)) return;
  if (authorize !== null) return authorize(req, declaration);
  if (declaration.permission !== publicAccess.permission) throw new AppError('access.unauthenticated');
}

/** The peer itself is this machine, and no proxy speaks for somebody else. */
function isLoopback(req: FastifyRequest): boolean {
  const address = req.socket.remoteAddress ?? '';
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(
    (name) => req.headers[name] !== undefined,
  );
  return !forwarded && (address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.'));
}

function measure(app: FastifyInstance, ctx: HttpContext, listener: Listener): void {
  const seconds = ctx.metrics.histogram(
    'yunying_http_request_seconds',
    'Time to answer a request.',
    [0.005, 0.025, 0.1, 0.5, 2, 10, 60],
    ['listener', 'method', 'route', 'status'],
  );
  app.addHook('onResponse', async (req, reply) => {
    const route = req.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    seconds.observe(
      { listener, method: req.method, route, status: String(status) },
      reply.elapsedTime / 1000,
    );
    ctx.log.debug({
      event: 'http.answered',
      listener,
      method: req.method,
      route,
      httpStatus: status,
      durationMs: Math.round(reply.elapsedTime),
      traceId: req.id,
    });
  });
}

/** Refuses new requests, lets running ones finish until the limit, then cuts them. */
export async function closeHttp(app: HttpApp, limitMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), limitMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
