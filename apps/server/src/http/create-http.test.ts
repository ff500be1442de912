import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from '@fastify/type-provider-typebox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { createMetrics } from '../metrics.ts';
import { testConfig } from '../testing/context.ts';
import { publicAccess } from './access-declaration.ts';
import { closeHttp, createHttp, type HttpApp } from './create-http.ts';
import type { Authorize, HttpPlugin } from './http-types.ts';
import { writeMultipart } from './media.ts';
import { readMultipart } from './multipart.ts';

let folder = '';
const apps: HttpApp[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yunying-http-'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await closeHttp(app, 1000);
  rmSync(folder, { recursive: true, force: true });
});

type More = {
  env?: Record<string, string>;
  authorize?: Authorize | null;
  pages?: boolean;
  reasons?: string[];
  admin?: boolean;
};
async function open(routes: HttpPlugin['routes'], more: More = {}): Promise<HttpApp> {
  const ctx = { config: testConfig(folder, more.env), log: silentLogger, metrics: createMetrics() };
  const app = await createHttp(ctx, {
    listener: more.admin === true ? 'admin' : 'public',
    authorize: more.authorize === undefined ? async () => {} : more.authorize,
    plugins: [{ prefix: '/api', routes }],
    readiness: async () => ({ reasons: more.reasons ?? [], notes: [] }),
    ...(more.pages === true ? { appsFolder: folder } : {}),
  });
  apps.push(app);
  return app;
}

const config = { access: { permission: 'exam.view', scope: 'exam' as const, audit: 'exam.viewed' } };
const body = Type.Object({ age: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });
const routes: HttpPlugin['routes'] = async (app) => {
  app.get('/fine', { config, schema: { summary: 'Is fine' } }, async () => ({ text: '好'.repeat(2000) }));
  app.post('/age', { config, schema: { body } }, async (req) => ({ age: req.body.age }));
  app.get('/full', { config }, async () => {
    throw new AppError('storage.full', { freeBytes: 1 });
  });
  app.get('/bug', { config }, async () => {
    throw new Error('张三 has no bed');
  });
  app.post('/parts', { config }, async (req) => {
    const sizes: number[] = [];
    const stream: unknown = req.body;
    if (!isStream(stream)) throw new AppError('request.media_type');
    for await (const part of readMultipart(stream, req.headers['content-type'])) {
      let size = 0;
      for await (const chunk of part.body) size += chunk.length;
      sizes.push(size);
    }
    return { sizes };
  });
};
const isStream = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

describe('a listener', () => {
  it('does not start with a route that declares no access', async () => {
    await expect(open(async (app) => void app.get('/open', async () => 'x'))).rejects.toThrow(
      'GET /api/open declares no access',
    );
  });

  it('asks the access module before it reads a body, with the declaration of the route', async () => {
    const asked: unknown[] = [];
    const app = await open(routes, {
      authorize: async (_req, declaration) => {
        asked.push(declaration);
        throw new AppError('access.forbidden');
      },
    });
    const answer = await app.inject({
      method: 'POST',
      url: '/api/age',
      payload: '{broken',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.statusCode).toBe(403);
    expect(asked).toEqual([config.access]);
  });

  it('lets nobody past public routes while no access module is there', async () => {
    const app = await open(routes, { authorize: null });
    expect((await app.inject('/api/fine')).json()).toMatchObject({
      status: 401,
      code: 'access.unauthenticated',
    });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });

  it('gives metrics to this machine only, or to a client with the permission', async () => {
    const app = await open(routes, { authorize: null });
    expect((await app.inject('/metrics')).body).toContain('yunying_http_request_seconds');
    expect((await app.inject({ url: '/metrics', remoteAddress: '10.1.1.1' })).statusCode).toBe(401);
    expect(
      (await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '10.1.1.1' } })).statusCode,
    ).toBe(401);
  });

  it('says why it is not ready', async () => {
    const app = await open(routes, { reasons: ['database', 'disk'] });
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ ready: false, reasons: ['database', 'disk'] });
  });

  it('finishes a running request at close and then takes none', async () => {
    const app = await open(async (a) => {
      a.get('/slow', { config }, async () => {
        await sleep(300);
        return { done: true };
      });
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    const url =
      typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/api/slow` : '';
    const running = fetch(url);
    await sleep(100);
    await closeHttp(app, 5000);
    expect(await (await running).json()).toEqual({ done: true });
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('refusals', () => {
  it('are problem details in Chinese, or in English when asked', async () => {
    const app = await open(routes);
    const chinese = await app.inject('/api/full');
    expect(chinese.statusCode).toBe(507);
    expect(chinese.headers['content-type']).toContain('application/problem+json');
    expect(chinese.json()).toMatchObject({ code: 'storage.full', status: 507, details: { freeBytes: 1 } });
    expect(chinese.json().title).toMatch(/存储空间/);
    const english = await app.inject({ url: '/api/full', headers: { 'accept-language': 'en-GB,zh;q=0.5' } });
    expect(english.json().title).toMatch(/reserve/);
    expect(english.json().traceId).toBe(english.headers['x-request-id']);
  });

  it('hide what went wrong inside', async () => {
    const answer = await (await open(routes)).inject('/api/bug');
    expect(answer.statusCode).toBe(500);
    expect(answer.json().code).toBe('platform.internal');
    expect(answer.body).not.toContain('张三');
  });

  it('say where a request is wrong, without its values', async () => {
    const app = await open(routes);
    const wrong = await app.inject({ method: 'POST', url: '/api/age', payload: { age: '张三' } });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json()).toMatchObject({
      code: 'request.invalid',
      details: { in: 'body', fields: ['/age type'] },
    });
    expect(wrong.body).not.toContain('张三');
    const missing = await app.inject({ method: 'POST', url: '/api/age', payload: {} });
    expect(missing.json().details.fields).toEqual(['/age required']);
    const broken = await app.inject({
      method: 'POST',
      url: '/api/age',
      payload: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.statusCode).toBe(400);
  });

  it('limit the body and its media type', async () => {
    const app = await open(routes, { env: { YUNYING_BODY_LIMIT: '2KB' } });
    const large = await app.inject({
      method: 'POST',
      url: '/api/age',
      payload: { age: 1, pad: 'x'.repeat(3000) },
    });
    expect(large.json().code).toBe('request.body_too_large');
    const odd = await app.inject({
      method: 'POST',
      url: '/api/age',
      payload: 'x',
      headers: { 'content-type': 'application/x-odd' },
    });
    expect(odd.json().code).toBe('request.media_type');
  });

  it('answer 404 for unknown addresses and 501 for contract addresses that are not built', async () => {
    const app = await open(routes, { pages: true });
    expect((await app.inject('/api/nothing')).json()).toMatchObject({
      status: 404,
      code: 'request.not_found',
    });
    for (const url of [
      '/xds/registry',
      '/pix',
      '/pdq',
      '/fhir/ImagingStudy',
      '/wado?x=1',
      '/dicom-web/studies',
    ]) {
      expect((await app.inject(url)).json()).toMatchObject({ status: 501, code: 'platform.not_built' });
    }
    expect((await app.inject('/xdsfoo')).statusCode).toBe(404);
  });

  it('limit the rate', async () => {
    const app = await open(routes, { env: { YUNYING_RATE_PER_MINUTE: '2' } });
    await app.inject('/api/fine');
    await app.inject('/api/fine');
    const third = await app.inject('/api/fine');
    expect(third.json()).toMatchObject({ status: 429, code: 'request.too_many' });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('answers', () => {
  it('carry security headers, and scripts may not be inline', async () => {
    const { headers } = await (await open(routes)).inject('/api/fine');
    expect(headers['content-security-policy']).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': 'no-store',
    });
    expect(headers['strict-transport-security']).toBeUndefined();
    const secure = await open(routes, { env: { YUNYING_PUBLIC_URL: 'https://yun.example' } });
    expect((await secure.inject('/healthz')).headers['strict-transport-security']).toContain('max-age');
  });

  it('compress JSON', async () => {
    const answer = await (await open(routes)).inject({
      url: '/api/fine',
      headers: { 'accept-encoding': 'br' },
    });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.rawPayload.length).toBeLessThan(500);
  });

  it('stream multipart bodies larger than the body limit to the route', async () => {
    const app = await open(routes, { env: { YUNYING_BODY_LIMIT: '1KB' } });
    const { contentType, body: payload } = writeMultipart(
      [
        { headers: {}, body: Buffer.alloc(50_000) },
        { headers: { 'content-type': 'application/dicom' }, body: Buffer.alloc(7) },
      ],
      'application/dicom',
    );
    const answer = await app.inject({
      method: 'POST',
      url: '/api/parts',
      payload,
      headers: { 'content-type': contentType },
    });
    expect(answer.json()).toEqual({ sizes: [50_000, 7] });
  });

  it('describe themselves with permission and scope, for machines and people', async () => {
    const app = await open(routes);
    const document = (await app.inject('/api/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/fine'].get).toMatchObject({
      summary: 'Is fine',
      'x-permission': 'exam.view',
      'x-scope': 'exam',
      'x-audit': 'exam.viewed',
    });
    const undeclared = Object.values<Record<string, object>>(document.paths)
      .flatMap((item) => Object.values(item))
      .filter((operation) => !('x-permission' in operation));
    expect(undeclared).toEqual([]);
    const page = await app.inject('/api/docs');
    expect(page.body).toContain('/api/fine');
    expect(page.body).not.toContain('<script');
  });
});

describe('pages', () => {
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  beforeEach(() => {
    write('patient/dist/index.html', '<p>patient</p>');
    write('patient/dist/assets/index-a1B2c3D4.js', 'patient()');
    write('patient/dist/icon.svg', '<svg/>');
    write('doctor/dist/index.html', '<p>doctor</p>');
    write('admin/dist/index.html', '<p>admin</p>');
    write('patient/secret.txt', 'not in dist');
  });
  const html = { accept: 'text/html' };

  it.each([
    ['/', 'patient'],
    ['/r/AbC', 'patient'],
    ['/s/token', 'patient'],
    ['/exams/12', 'patient'],
    ['/doctor/', 'doctor'],
    ['/doctor', 'doctor'],
    ['/doctor/worklist', 'doctor'],
    ['/view/1.2.840.1', 'doctor'],
    ['/doctor/view/2.25.283034111590452634', 'doctor'],
    ['/exams/12/images/2.25.1/2.25.2', 'patient'],
  ])('%s is the %s app, never cached without asking', async (url, app) => {
    const answer = await (await open(routes, { pages: true, authorize: null })).inject({
      url,
      headers: html,
    });
    expect(answer.body).toBe(`<p>${app}</p>`);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.headers['content-type']).toContain('text/html');
  });

  it('keep hashed files for a year, and give nothing outside dist', async () => {
    const app = await open(routes, { pages: true });
    const file = await app.inject('/assets/index-a1B2c3D4.js');
    expect(file.body).toBe('patient()');
    expect(file.headers['cache-control']).toContain('immutable');
    expect((await app.inject('/icon.svg')).headers['cache-control']).toBe('no-cache');
    for (const url of [
      '/assets/../../secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/assets/nothing.js',
    ]) {
      const answer = await app.inject({ url, headers: { accept: '*/*' } });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('not in dist');
    }
  });

  it('are the console on the administration listener', async () => {
    const app = await open(routes, { pages: true, admin: true });
    expect((await app.inject({ url: '/', headers: html })).body).toBe('<p>admin</p>');
    expect((await app.inject({ url: '/users', headers: html })).body).toBe('<p>admin</p>');
    expect((await app.inject({ url: '/', headers: html })).headers['x-frame-options']).toBe('DENY');
  });

  it('say what to do when they are not built', async () => {
    rmSync(join(folder, 'doctor/dist'), { recursive: true });
    const answer = await (await open(routes, { pages: true })).inject({ url: '/doctor/', headers: html });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
  });
});

it('a public declaration names no person', () =>
  expect(publicAccess).toEqual({ permission: 'public', scope: 'none' }));
