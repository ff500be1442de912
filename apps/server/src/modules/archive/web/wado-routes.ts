// The addresses of WADO-RS objects, metadata and bulk data, deletion, and a study as a medium (PS3.18 §10.4). Registered
// by dicomweb.routes.ts under /dicom-web.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { chooseMedia } from '../../../http/media.ts';
import { capabilitiesJson, capabilitiesWadl, capabilityTypes } from './capabilities.ts';
import { deleteEvent, deleteObjects } from './delete-objects.ts';
import { sendAllBulk, sendBulk } from './send-bulk.ts';
import { sendMetadata } from './send-metadata.ts';
import { downloadStudy, retrieveEvent, sendObjects } from './send-objects.ts';
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

const ofStudy = Type.Object({ study: Uid });

const deletion = { access: { permission: 'study.delete', scope: 'study', audit: deleteEvent } } as const;
const session = { access: { permission: 'session', scope: 'none' } } as const;
const download = { access: { permission: 'image.download', scope: 'study', audit: retrieveEvent } } as const;
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
      app.delete(path, { config: deletion, schema: { params } }, (req, reply) =>
        deleteObjects(ctx, req, reply, req.params),
      );
      app.get(`${path}/metadata`, { config: view, schema: { params } }, (req, reply) =>
        sendMetadata(ctx, req, reply, req.params, ports),
      );
      app.get(`${path}/bulkdata`, { config: view, schema: { params } }, (req, reply) =>
        sendAllBulk(ctx, req, reply, req.params),
      );
    }
    app.get('/studies/:study/media', { config: download, schema: { params: ofStudy } }, (req, reply) =>
      downloadStudy(ctx, req, reply, req.params.study),
    );
    app.get('/capabilities', { config: session }, (req, reply) => sendCapabilities(ctx, req, reply));
    app.options('/', { config: session }, (req, reply) => sendCapabilities(ctx, req, reply));
    app.get(`${instancePath}/bulkdata/*`, { config: view, schema: { params: BulkParams } }, (req, reply) =>
      sendBulk(ctx, req, reply, req.params, ports),
    );
  };
}

function sendCapabilities(ctx: WebContext, req: FastifyRequest, reply: FastifyReply): FastifyReply {
  const type = chooseMedia(req, capabilityTypes);
  const base = `${ctx.config.publicUrl}/dicom-web`;
  reply.header('vary', 'accept').header('cache-control', 'no-store');
  return type === 'application/json'
    ? reply.type(type).send(JSON.stringify(capabilitiesJson(base)))
    : reply.type(type).send(capabilitiesWadl(base));
}
