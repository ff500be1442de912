import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { AppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { createMetrics } from '../metrics.ts';
import { testConfig } from '../testing/context.ts';
import { closeHttp, createHttp, type HttpApp } from './create-http.ts';

const ohif = 'https://ohif.hospital.cn';
const config = { access: { permission: 'image.view', scope: 'exam' as const, audit: 'image.viewed' } };
const folder = mkdtempSync(join(tmpdir(), 'yunying-cors-'));
let app: HttpApp;
let closed: HttpApp;

async function open(env: Record<string, string>): Promise<HttpApp> {
  const ctx = { config: testConfig(folder, env), log: silentLogger, metrics: createMetrics() };
  return createHttp(ctx, {
    listener: 'public',
    authorize: async (req) => {
      if (req.headers.authorization !== 'Bearer token') throw new AppError('access.unauthenticated');
    },
    plugins: [
      {
        prefix: '/dicom-web',
        routes: async (plugin) => {
          plugin.get('/studies', { config }, async (_req, reply) => reply.header('vary', 'accept').send([]));
        },
      },
      { prefix: '/api', routes: async (plugin) => void plugin.get('/me', { config }, async () => ({})) },
    ],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
}
beforeAll(async () => {
  app = await open({ YUNYING_CORS_ORIGINS: `${ohif}, http://127.0.0.1:3000` });
  closed = await open({});
});
afterAll(async () => {
  for (const one of [app, closed]) await closeHttp(one, 1000);
  rmSync(folder, { recursive: true, force: true });
});

const preflight = (from: HttpApp, origin: string, url = '/dicom-web/studies') =>
  from.inject({
    method: 'OPTIONS',
    url,
    headers: {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization,accept',
    },
  });

describe('a viewer of another origin', () => {
  it('may ask DICOMweb with a token when its origin is listed, and never with cookies', async () => {
    const asked = await preflight(app, ohif);
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': ohif,
      'access-control-allow-methods': 'GET, HEAD, POST',
      vary: expect.stringContaining('Origin'),
    });
    expect(asked.headers['access-control-allow-headers']).toContain('Authorization');
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await app.inject({
      url: '/dicom-web/studies',
      headers: { origin: ohif, authorization: 'Bearer token' },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(ohif);
    expect(answer.headers['access-control-expose-headers']).toContain('Content-Range');
    expect(answer.headers.vary).toMatch(/accept, Origin/);
  });

  it('reads the refusal too, so that it can tell why', async () => {
    const refused = await app.inject({ url: '/dicom-web/studies', headers: { origin: ohif } });
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe(ohif);
  });

  it.each([
    ['an origin that is not listed', 'https://evil.example'],
    ['the same host by another scheme', 'http://ohif.hospital.cn'],
    ['a host that begins alike', 'https://ohif.hospital.cn.evil.example'],
    ['no origin of its own', 'null'],
  ])('learns nothing with %s', async (_what, origin) => {
    const asked = await preflight(app, origin);
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    expect(asked.headers['access-control-allow-methods']).toBeUndefined();
  });

  it('is let in nowhere else, and nowhere at all by default', async () => {
    expect((await preflight(app, ohif, '/api/me')).headers['access-control-allow-origin']).toBeUndefined();
    expect((await preflight(closed, ohif)).headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['*', 'https://ohif.hospital.cn/viewer', 'ohif.hospital.cn'])('is not listed as "%s"', (text) => {
    expect(() => readConfig({ YUNYING_DATA: folder, YUNYING_CORS_ORIGINS: text })).toThrow(
      /^YUNYING_CORS_ORIGINS .* must be an/,
    );
  });
});
