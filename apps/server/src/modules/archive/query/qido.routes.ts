// QIDO-RS (PS3.18 §10.6): studies, series and instances, below a study or series or in the whole archive. HTTP only:
// rights, parameters, the engine, the shape of the answer (JSON, or XML parts), Warning when more remain, and the next
// page as a Link with a cursor, which is as fast as the first page however deep it lies.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { DicomJson } from '@yunying/dicom';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { acceptOf, dicomJson, sendStream, writeMultipart } from '../../../http/media.ts';
import { rightsOf, viewerOf } from '../../access/index.ts';
import { requireStudy } from '../require-study.ts';
import { dicomXml, toNativeXml } from '../web/native-model.ts';
import { answerValues } from './answer-values.ts';
import { nameOfTag, uniqueKey } from './attributes.ts';
import { type QidoPlace, type QidoQuestion, readQido, writeCursor } from './qido-question.ts';
import { planQuery, type QueryRow, queryArchive } from './query-archive.ts';
import { recordSearch } from './record-search.ts';

type QidoContext = Pick<Context, 'db' | 'blobs' | 'config' | 'clock'>;
type Found = { rows: QueryRow[]; more: boolean; unsupported: string[] };

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const ofStudy = Type.Object({ study: Uid });
const ofSeries = Type.Object({ study: Uid, series: Uid });
const search = { access: { permission: 'dicom.query', scope: 'all', audit: 'archive.searched' } } as const;

/** Registered by dicomweb.routes.ts under /dicom-web. */
export function qidoRoutes(ctx: QidoContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const [path, level] of [
      ['/studies', 'STUDY'],
      ['/series', 'SERIES'],
      ['/instances', 'IMAGE'],
    ] as const)
      app.get(path, { config: search }, (req, reply) => answer(ctx, req, reply, { level, fixed: {} }));
    for (const [path, level] of [
      ['/studies/:study/series', 'SERIES'],
      ['/studies/:study/instances', 'IMAGE'],
    ] as const)
      app.get(path, { config: search, schema: { params: ofStudy } }, async (req, reply) => {
        await requireStudy(ctx, req, req.params.study, 'dicom.query');
        return answer(ctx, req, reply, { level, fixed: { [uniqueKey.STUDY]: req.params.study } });
      });
    app.get(
      '/studies/:study/series/:series/instances',
      { config: search, schema: { params: ofSeries } },
      async (req, reply) => {
        const { study, series } = req.params;
        await requireStudy(ctx, req, study, 'dicom.query');
        const fixed = { [uniqueKey.STUDY]: study, [uniqueKey.SERIES]: series };
        return answer(ctx, req, reply, { level: 'IMAGE', fixed });
      },
    );
  };
}

async function answer(
  ctx: QidoContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: QidoPlace,
): Promise<FastifyReply> {
  const form = chooseForm(req);
  const question = readQido(req.query, place, rightsOf(viewerOf(req), 'dicom.query', ctx.clock.now()));
  const found = await find(ctx, question);
  await recordSearch(ctx.db, {
    viewer: viewerOf(req),
    result: 'ok',
    studyInstanceUid: place.fixed[uniqueKey.STUDY],
    detail: { level: place.level, keys: question.keys.map(nameOfTag), count: found.rows.length },
    request: req,
  });
  writeHeaders(ctx, req, reply, question, found);
  if (found.rows.length === 0) return reply.code(204).send();
  const items = found.rows.map((row) => itemOf(row, question.ask.answer, ctx.config.publicUrl));
  if (form === dicomXml) {
    const parts = items.map((item) => ({
      headers: { 'content-type': dicomXml },
      body: Buffer.from(toNativeXml(item)),
    }));
    const { contentType, body } = writeMultipart(parts, dicomXml);
    return sendStream(req, reply.type(contentType), body);
  }
  return reply.type(dicomJson).send(JSON.stringify(items));
}

function chooseForm(req: FastifyRequest): typeof dicomJson | typeof dicomXml {
  for (const { type, parameters, quality } of acceptOf(req)) {
    if (quality === 0) continue;
    if ([dicomJson, 'application/json', 'application/*', '*/*'].includes(type)) return dicomJson;
    if (type === dicomXml) return dicomXml;
    if (type === 'multipart/related' && (parameters.type ?? dicomXml).toLowerCase() === dicomXml)
      return dicomXml;
  }
  throw new AppError('request.not_acceptable', {
    offers: [dicomJson, `multipart/related; type="${dicomXml}"`],
  });
}

/** One row more than is shown tells whether more remain. */
async function find(ctx: QidoContext, { ask, limit }: QidoQuestion): Promise<Found> {
  const plan = planQuery(ask);
  const rows: QueryRow[] = [];
  let more = false;
  for await (const row of queryArchive(ctx, plan, Math.min(limit + 1, 1000))) {
    if (rows.length === limit) {
      more = true;
      break;
    }
    rows.push(row);
  }
  return { rows, more, unsupported: plan.unsupported.map(nameOfTag) };
}

function writeHeaders(
  ctx: QidoContext,
  req: FastifyRequest,
  reply: FastifyReply,
  question: QidoQuestion,
  { rows, more, unsupported }: Found,
): void {
  const warnings: string[] = [];
  const ignored = [...question.ignored, ...unsupported];
  if (more) warnings.push('299 yunying "There are additional results that can be requested"');
  if (ignored.length > 0)
    warnings.push(`299 yunying "These query parameters were ignored: ${ignored.slice(0, 20).join(', ')}"`);
  if (warnings.length > 0) reply.header('warning', warnings);
  reply.header('cache-control', 'no-store').header('vary', 'accept');
  const last = rows.at(-1);
  if (more && last !== undefined) {
    const next = new URL(req.url, ctx.config.publicUrl);
    next.searchParams.delete('offset');
    next.searchParams.set('after', writeCursor(last.cursor));
    reply.header('link', `<${next.pathname}${next.search}>; rel="next"`);
  } else if (!more && question.ask.after === null)
    reply.header('x-total-count', (question.ask.offset ?? 0) + rows.length);
}

function itemOf(row: QueryRow, tags: readonly string[], base: string): DicomJson {
  const json = answerValues(row, tags);
  const uid = (tag: string) => row.values.get(tag) ?? null;
  const [study, series, instance] = [uid(uniqueKey.STUDY), uid(uniqueKey.SERIES), uid(uniqueKey.IMAGE)];
  const place = `${series === null ? '' : `/series/${series}`}${instance === null ? '' : `/instances/${instance}`}`;
  json['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
  json['00080056'] = { vr: 'CS', Value: ['ONLINE'] };
  json['00081190'] = { vr: 'UR', Value: [`${base}/dicom-web/studies/${study}${place}`] };
  return Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));
}
