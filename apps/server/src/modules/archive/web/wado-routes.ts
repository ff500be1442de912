// The addresses of WADO-RS objects, metadata and bulk data, deletion, and a study as a medium (PS3.18 §10.4). Registered
// by dicomweb.routes.ts under /dicom-web.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { sendAllBulk, sendBulk } from './send-bulk.ts';
import { sendMetadata } from './send-metadata.ts';
import { retrieveEvent, sendObjects } from './send-objects.ts';
import type { DicomwebPorts, WebContext } from './web-types.ts';

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const levels = [
  { path: '/studies/:study', params: Type.Object({ study: Uid }) },
  { path: '/studies/:study/series/:series', params: Type.Object({ study: Uid, series: Uid }) },
  {
    path: '/studies/:study/series/:series/instances/:instance',
    params: Type.Object({ study: Uid, series: Uid, instance: Uid }),
  },
];
const instancePath = '/studies/:study/series/:series/instances/:instance';
const BulkParams = Type.Object({
  study: Uid,
  series: Uid,
  instance: Uid,
  '*': Type.String({ maxLength: 512 }),
});

const view = { access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' } } as const;
const original = {
  access: { permission: 'image.original', scope: 'study', audit: retrieveEvent },
} as const;

export function wadoRoutes(ctx: WebContext, ports: DicomwebPorts): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const { path, params } of levels) {
      app.get(path, { config: original, schema: { params } }, (req, reply) =>
        sendObjects(ctx, req, reply, req.params),
      );
      app.get(`${path}/metadata`, { config: view, schema: { params } }, (req, reply) =>
        sendMetadata(ctx, req, reply, req.params, ports),
      );
      app.get(`${path}/bulkdata`, { config: view, schema: { params } }, (req, reply) =>
        sendAllBulk(ctx, req, reply, req.params),
      );
    }
    app.get(`${instancePath}/bulkdata/*`, { config: view, schema: { params: BulkParams } }, (req, reply) =>
      sendBulk(ctx, req, reply, req.params, ports),
    );
  };
}
