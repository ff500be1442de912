// GET /api/studies/:study/series/:series/volume…: planes and turned views of a series, drawn here for devices that
// cannot (viewer spec §6, tier C). HTTP only: parse, authorise, take the volume, draw, send. A plane carries its place
// in the patient in headers, in the words of the Image Plane module (PS3.3 C.7.6.2), so that lengths can be measured.

import { Uid, VolumeProbe, VolumeState } from '@yunying/api';
import { apply, cameraAround, isInside, type Plane, presetsFor, sampleAt, transferOf } from '@yunying/volume';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { BoundedCache } from '../../../bounded-cache.ts';
import type { Context } from '../../../context.ts';
import { AppError, isAppError } from '../../../errors.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { languageOf } from '../../../http/problem.ts';
import { allowStudy, listInstances, listSeries, recordView } from '../../archive/index.ts';
import { choosePicture } from '../send-rendered.ts';
import { describeVolume, isReduced } from './describe-volume.ts';
import { refusalSentence } from './refusal-words.ts';
import { VolumePool } from './volume-pool.ts';
import {
  PlaneQuery,
  ProbeQuery,
  RotationQuery,
  readPlane,
  readSlab,
  readVector,
  readWindow,
} from './volume-query.ts';
import { type VolumeKey, VolumeShelf } from './volume-shelf.ts';
import type { Volume } from './volume-types.ts';
import type { Encoding } from './volume-worker.ts';

export type VolumeContext = Pick<Context, 'db' | 'blobs' | 'codec' | 'config'>;

const Params = Type.Object({ study: Uid, series: Uid });
type Params = { study: string; series: string };
/** Images may still come, and windows are many: kept for as long as a person looks. */
const forAWhile = 'private, max-age=300';
const keyMs = 5_000;
const picturesPerRequest = 20;

export function volumeRoutes(ctx: VolumeContext): HttpPlugin {
  const config = {
    access: { permission: 'image.view', scope: 'study', audit: 'image.viewed' },
    rateLimit: { max: ctx.config.http1.ratePerMinute * picturesPerRequest, timeWindow: '1 minute' },
  } as const;
  const path = '/api/studies/:study/series/:series/volume';
  return {
    routes: async (app) => {
      const pool = new VolumePool();
      const shelf = new VolumeShelf(ctx, pool);
      app.addHook('onClose', async () => {
        shelf.close();
        await pool.close();
      });
      const keys = new BoundedCache<VolumeKey>(2000);
      const keyOf = (req: FastifyRequest, params: Params, phase?: number) =>
        allowed(ctx, keys, req, params, phase);

      app.get(
        path,
        {
          config,
          schema: {
            params: Params,
            querystring: Type.Object({ phase: ProbeQuery.properties.phase }),
            response: { 200: VolumeState },
          },
        },
        async (req, reply) => {
          const key = await keyOf(req, req.params, req.query.phase);
          const { progress, volume } = await explained(req, () => shelf.look(key));
          reply.header('cache-control', 'no-store');
          return { ...progress, volume: volume === null ? null : describeVolume(volume) };
        },
      );

      app.get(
        `${path}/plane`,
        { config, schema: { params: Params, querystring: PlaneQuery } },
        async (req, reply) => {
          const key = await keyOf(req, req.params, req.query.phase);
          const encoding = encodingOf(req, req.query.quality, 85);
          const volume = await explained(req, () => shelf.take(key));
          const plane = readPlane(volume, req.query);
          const slab = readSlab(req.query);
          const bytes = await pool.drawPlane(
            {
              grid: volume.grid,
              plane,
              ...(slab === undefined ? {} : { slab }),
              window: readWindow(volume, req.query),
              encoding,
            },
            leftSignal(reply),
          );
          placeHeaders(reply, volume, plane, slab?.thicknessMm ?? 0);
          return send(reply, bytes, encoding);
        },
      );

      app.get(
        `${path}/rotation`,
        { config, schema: { params: Params, querystring: RotationQuery } },
        async (req, reply) => {
          const key = await keyOf(req, req.params, req.query.phase);
          const encoding = encodingOf(req, req.query.quality, 80);
          const volume = await explained(req, () => shelf.take(key));
          const task = readView(volume, req.query);
          const bytes = await pool.drawView({ ...task, encoding }, leftSignal(reply));
          if (isReduced(volume)) reply.header('x-reduced', volume.reduced.join('x'));
          return send(reply, bytes, encoding);
        },
      );

      app.get(
        `${path}/probe`,
        { config, schema: { params: Params, querystring: ProbeQuery, response: { 200: VolumeProbe } } },
        async (req) => {
          const key = await keyOf(req, req.params, req.query.phase);
          const volume = await explained(req, () => shelf.take(key));
          return probe(volume, req.query.at);
        },
      );
    },
  };
}

function probe(volume: Volume, at: string): VolumeProbe {
  const { grid, unit, suvFactor } = volume;
  const voxel = apply(grid.toVoxel, readVector(at));
  const reduced = isReduced(volume);
  if (!isInside(grid, voxel)) return { value: null, unit, suv: null, reduced };
  const value = sampleAt(grid, ...voxel) * grid.slope + grid.intercept;
  return { value, unit, suv: suvFactor === null ? null : value * suvFactor, reduced };
}

/** Authorised and written into the trail; which objects the volume is of is looked up every few seconds. */
async function allowed(
  ctx: VolumeContext,
  keys: BoundedCache<VolumeKey>,
  req: FastifyRequest,
  { study, series }: Params,
  phase = 0,
): Promise<VolumeKey> {
  const studyId = await allowStudy(ctx, req, study);
  await recordView(ctx, req, { study, series });
  const name = `${studyId} ${series}`;
  const known = keys.get(name);
  if (known !== undefined) return { ...known, phase };
  const row = (await listSeries(ctx.db, studyId)).find((one) => one.series_instance_uid === series);
  if (row === undefined) throw new AppError('request.not_found');
  const instances = await listInstances(ctx.db, { studyId, seriesId: row.id });
  const last = instances.reduce((most, { id }) => (id > most ? id : most), '');
  const key = { studyId, seriesId: row.id, phase, tag: `${instances.length}-${last}` };
  keys.set(name, key, { weight: 1, keepMs: keyMs });
  return key;
}

/** A refusal with its reason in the language of the request. */
async function explained<T>(req: FastifyRequest, take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    if (!isAppError(error, 'media.not_reconstructable')) throw error;
    const reason = String(error.details.reason ?? '');
    const explanation = refusalSentence(reason, languageOf(req.headers['accept-language']));
    throw new AppError('media.not_reconstructable', { reason, explanation }, { cause: error });
  }
}

function encodingOf(req: FastifyRequest, quality: number | undefined, usual: number): Encoding {
  const format = choosePicture(req, 'jpeg');
  return { format: format === 'gif' ? 'jpeg' : format, quality: quality ?? usual };
}

/** Aborted when the connection ends before the answer. */
function leftSignal(reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) left.abort();
  });
  return left.signal;
}

function send(reply: FastifyReply, bytes: Uint8Array | null, { format }: Encoding): FastifyReply {
  // Nobody is there to read it.
  if (bytes === null) throw new AppError('media.busy');
  return reply
    .type(`image/${format}`)
    .header('vary', 'accept')
    .header('cache-control', forAWhile)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function placeHeaders(reply: FastifyReply, volume: Volume, plane: Plane, slabMm: number): void {
  const text = (values: readonly number[]) => values.map((value) => Number(value.toFixed(6))).join('\\');
  reply
    .header('x-image-position-patient', text(plane.origin))
    .header('x-image-orientation-patient', text([...plane.right, ...plane.down]))
    .header('x-pixel-spacing', text([plane.spacingMm, plane.spacingMm]))
    .header('x-slice-thickness', text([slabMm]));
  if (isReduced(volume)) reply.header('x-reduced', volume.reduced.join('x'));
}

function readView(volume: Volume, query: RotationQuery) {
  const { grid, bricks, range, modality } = volume;
  const preset = query.preset ?? presetsFor(modality)[0]?.name ?? 'mr-head';
  const side = query.size ?? 400;
  const view = { yawDegrees: query.yaw ?? 0, pitchDegrees: query.pitch ?? 0, zoom: query.zoom ?? 1 };
  const camera = cameraAround(grid, view, { width: side, height: side });
  return {
    grid,
    bricks,
    camera,
    ...(preset === 'mip' ? {} : { transfer: transferOf(preset, range) }),
    // A step need not be finer than what the picture shows.
    options: { ...readClip(query.clip), stepMm: Math.max(finest(volume), camera.spacingMm / 2) },
    window: query.window === undefined ? brightest(volume, query.invert) : readWindow(volume, query),
  };
}

/** Of a maximum along rays: a window for thin planes would burn it out. */
function brightest({ modality, range, isInverted }: Volume, invert = isInverted) {
  if (modality === 'CT') return { center: 700, width: 1800, invert };
  return {
    center: (range.low + range.high) * 0.65,
    width: Math.max(1, (range.high - range.low) * 1.3),
    invert,
  };
}

function readClip(text: string | undefined) {
  if (text === undefined) return {};
  const [a = 0, b = 0, c = 0, d = 1, e = 1, f = 1] = text.split(',').map(Number);
  const part = (value: number) => Math.min(1, Math.max(0, value));
  const low = [part(a), part(b), part(c)] as const;
  const high = [part(d), part(e), part(f)] as const;
  if (low.some((value, at) => value >= (high[at] ?? 0)))
    throw new AppError('request.invalid', { field: 'clip' });
  return { clip: { low, high } };
}

function finest({ geometry, reduced }: Volume): number {
  return Math.min(...geometry.spacing.map((mm, at) => mm * (reduced[at] ?? 1)));
}
