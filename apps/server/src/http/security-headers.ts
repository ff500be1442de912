// Headers every answer carries. Scripts come from our own origin only, without inline code; WebAssembly codecs may
// compile; styles may be inline because the component libraries make theirs at run time. All resources are ours, so
// the pages can be cross-origin isolated (SharedArrayBuffer for the decoders). They are the same for every answer, so
// helmet is asked once, at the start: making them anew took a tenth of the time of a small picture.
import helmet from '@fastify/helmet';
import fastify, { type FastifyInstance } from 'fastify';

type Options = { https: boolean; admin: boolean };

export async function securityHeaders(app: FastifyInstance, options: Options): Promise<void> {
  const headers = Object.entries(await helmetHeaders(options));
  headers.push(['permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()']);
  app.addHook('onRequest', (_req, reply, done) => {
    for (const [name, value] of headers) reply.header(name, value);
    done();
  });
  // Patient data must not stay in caches: an answer that says nothing about caching is not stored.
  app.addHook('onSend', async (_req, reply, payload) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return payload;
  });
}

async function helmetHeaders(options: Options): Promise<Record<string, string>> {
  const sample = fastify({ exposeHeadRoutes: false });
  const found: Record<string, string> = {};
  await sample.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        frameSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: options.admin ? ["'none'"] : ["'self'"],
        ...(options.https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    frameguard: { action: options.admin ? 'deny' : 'sameorigin' },
    strictTransportSecurity: options.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    originAgentCluster: true,
    xXssProtection: false,
  });
  sample.addHook('onRequest', async (_req, reply) => {
    for (const [name, value] of Object.entries(reply.raw.getHeaders())) {
      if (value !== undefined) found[name] = String(value);
    }
  });
  sample.get('/', async () => '');
  await sample.inject('/');
  await sample.close();
  return found;
}
