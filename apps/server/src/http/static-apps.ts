// The three web apps from apps/<name>/dist: patient at /, doctor at /doctor/ and /view/…, admin at / of its own
// listener. Files whose name holds a hash never change and are cached for a year; pages are asked for every time.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { publicAccess } from './access-declaration.ts';
import { firstLightOf } from './first-light.ts';
import type { Listener } from './http-types.ts';

export type AppName = 'patient' | 'doctor' | 'admin';

const hashed = /[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const pages = { access: publicAccess };

export async function staticApps(
  app: FastifyInstance,
  listener: Listener,
  appsFolder: string,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: appsFolder,
    serve: false,
    preCompressed: true,
    cacheControl: false,
  });
  const page = (path: string, name: AppName): void => {
    app.get(path, { config: pages, schema: { hide: true } }, (req, reply) =>
      sendApp(req, reply, appsFolder, name),
    );
  };
  const files = (prefix: string, name: AppName): void => {
    app.get<{ Params: { '*': string } }>(
      `${prefix}assets/*`,
      { config: { ...pages, rateLimit: false }, schema: { hide: true } },
      (req, reply) => sendAsset(reply, appsFolder, name, `assets/${req.params['*']}`),
    );
    for (const file of [
      'favicon.ico',
      'favicon.svg',
      'icon.svg',
      'icon-192.png',
      'icon-512.png',
      'manifest.webmanifest',
      'robots.txt',
    ]) {
      app.get(`${prefix}${file}`, { config: pages, schema: { hide: true } }, (_req, reply) =>
        sendAsset(reply, appsFolder, name, file),
      );
    }
  };
  if (listener === 'admin') {
    page('/', 'admin');
    files('/', 'admin');
    return;
  }
  page('/', 'patient');
  page('/r/:code', 'patient');
  page('/s/:token', 'patient');
  page('/doctor', 'doctor');
  page('/view/:studyInstanceUid', 'doctor');
  files('/', 'patient');
  files('/doctor/', 'doctor');
}

export function appOf(listener: Listener, path: string): AppName {
  if (listener === 'admin') return 'admin';
  return path === '/doctor' || path.startsWith('/doctor/') || path.startsWith('/view/')
    ? 'doctor'
    : 'patient';
}

export function sendApp(
  req: FastifyRequest,
  reply: FastifyReply,
  appsFolder: string,
  name: AppName,
): FastifyReply {
  const has = (file: string) => existsSync(join(appsFolder, name, 'dist', file));
  if (!has('index.html')) return sendMissing(reply);
  const { link, isView } = firstLightOf(req.url);
  // Only a session is given pictures: to others the hint would be a refusal for nothing.
  if (link !== null && req.headers.cookie !== undefined) reply.header('link', link);
  const file = isView && has('view.html') ? 'view.html' : 'index.html';
  return reply.header('cache-control', 'no-cache').sendFile(`${name}/dist/${file}`, appsFolder);
}

function sendAsset(reply: FastifyReply, appsFolder: string, name: AppName, file: string): FastifyReply {
  reply.header('cache-control', hashed.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache');
  return reply.sendFile(`${name}/dist/${file}`, appsFolder);
}

function sendMissing(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      '<!doctype html><html lang="zh"><meta charset="utf-8"><title>云影</title><h1>页面尚未构建</h1>' +
        '<p>请在安装目录运行 <code>npm run build</code>，然后刷新。</p><p lang="en">The pages are not built: run npm run build.</p></html>',
    );
}
