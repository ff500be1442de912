// Viewers of other origins (OHIF on a hospital's own server …) at the DICOMweb doors, by an allow-list of origins.
// Such a page brings its own Authorization header. Cookies are never part of it: no Access-Control-Allow-Credentials,
// so a patient's or doctor's session cannot be used from a foreign page. Others learn nothing, not even a preflight.
// Fetch standard, "HTTP extensions" (CORS protocol).
import type { FastifyInstance } from 'fastify';

const doors = ['/dicom-web', '/wado'];
const methods = 'GET, HEAD, POST';
const requestHeaders =
  'Authorization, Accept, Accept-Language, Content-Type, Range, If-Range, If-None-Match, Cache-Control';
const answerHeaders =
  'Accept-Ranges, Content-Location, Content-Range, ETag, Link, Retry-After, Warning, X-Request-Id, X-Total-Count';
const preflightSeconds = '600';

export function foreignViewers(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onRequest', async (req, reply) => {
    if (!isAtADoor(req.url)) return;
    reply.header('vary', 'Origin');
    const { origin } = req.headers;
    if (origin === undefined || !allowed.has(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', answerHeaders);
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return;
    reply.header('access-control-allow-methods', methods);
    reply.header('access-control-allow-headers', requestHeaders);
    reply.header('access-control-max-age', preflightSeconds);
    return reply.code(204).send();
  });
  // The same answer kept by a browser's cache for one origin must not be given to another; a route may have said
  // what else its answer depends on.
  app.addHook('onSend', async (req, reply, payload) => {
    const vary = String(reply.getHeader('vary') ?? '');
    if (isAtADoor(req.url) && !/\borigin\b/i.test(vary)) reply.header('vary', `${vary}, Origin`);
    return payload;
  });
}

function isAtADoor(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return doors.some((door) => path === door || path.startsWith(`${door}/`));
}
