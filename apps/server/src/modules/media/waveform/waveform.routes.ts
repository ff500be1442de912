// Traces for the viewer (ours, beside WADO-RS): the samples of a waveform object as they are stored, with what makes
// physical values of them. The same permission, scope and trail as pictures; the answer never changes.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { waveformMediaType } from '@yunying/api';
import { parseDicom } from '@yunying/dicom';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { notModified } from '../../../http/media.ts';
import { allowStudy, recordView } from '../../archive/index.ts';
import { locateInstance } from '../locate-instance.ts';
import { immutable } from '../picture.ts';
import { packWaveforms } from './pack-waveforms.ts';

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const Params = Type.Object({ study: Uid, series: Uid, instance: Uid });
const StretchQuery = Type.Object({
  from: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000_000, description: 'seconds' })),
  seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000_000 })),
});

const wholeLimitBytes = 256 * 1024 ** 2;
const pack = promisify(gzip);

export function waveformRoutes(ctx: Pick<Context, 'db' | 'blobs'>): HttpPlugin {
  const config = {
    access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' },
  } as const;
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      app.get(
        '/studies/:study/series/:series/instances/:instance/waveform',
        { config, schema: { params: Params, querystring: StretchQuery } },
        async (req, reply) => {
          await allowStudy(ctx, req, req.params.study);
          const { instance } = await locateInstance(ctx, req.params);
          await recordView(ctx, req, req.params);
          if (instance.kind !== 'waveform') throw new AppError('media.no_picture');
          const { from = 0, seconds = null } = req.query;
          const isPacked = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
          reply.header('cache-control', immutable).header('vary', 'accept-encoding');
          const etag = `"${instance.blob_id}-${from}-${seconds ?? 'all'}${isPacked ? '-gz' : ''}"`;
          if (notModified(req, reply, etag)) return reply;
          const { dataset } = parseDicom(
            await ctx.blobs.readBytes(instance.blob_id, undefined, wholeLimitBytes),
            { limits: { maxElementBytes: wholeLimitBytes, maxHeaderBytes: wholeLimitBytes } },
          );
          const body = packWaveforms(dataset, { fromSeconds: from, seconds });
          reply.type(waveformMediaType);
          if (isPacked) return reply.header('content-encoding', 'gzip').send(await pack(body));
          return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
        },
      );
    },
  };
}
