// STOW-RS (PS3.18 §10.5): objects come as multipart/related or as one application/dicom body and are stored while
// they arrive, or as metadata with bulk data parts. Each object has its own outcome in the answer; a broken one does not
// stop the others. A doctor's own measurements and presentation states take another way: saved/receive-derived.ts.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError, isAppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { chooseMedia, dicomJson, readMultipart } from '../../http/media.ts';
import { viewerOf } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { CommitPlace } from './commit-order.ts';
import { ecgAsObject } from './ecg/foreign-ecg.ts';
import { receiveDerived } from './saved/receive-derived.ts';
import { storeEach } from './store-each.ts';
import { storeInstance } from './store-instance.ts';
import type { StoreOutcome, StoreSource } from './store-outcome.ts';
import { stowAnswer } from './stow-response.ts';
import { dicomXml, toNativeXml } from './web/native-model.ts';
import { type MetadataObject, readMetadataObjects } from './web/stow-metadata.ts';

type StowContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock'>;

const mostParts = 20_000;
const access = { permission: 'dicom.store', scope: 'all', audit: 'archive.stow_received' } as const;
/** A doctor stores what he made of a study he may read: receive-derived.ts. */
const accessOfStudy = { ...access, orPermission: 'study.annotate' } as const;
const StudyParams = Type.Object({ study: Type.String({ pattern: '^[0-9.]{1,64}$' }) });

export function stowRoutes(ctx: StowContext): HttpPlugin {
  return {
    prefix: '/dicom-web',
    routes: async (app) => {
      for (const type of ['application/dicom', ...ecgMediaTypes])
        app.addContentTypeParser(type, (_req, payload, done) => done(null, payload));
      app.post('/studies', { config: { access } }, (req, reply) => receive(ctx, req, reply));
      app.post(
        '/studies/:study',
        { config: { access: accessOfStudy }, schema: { params: StudyParams } },
        (req, reply) =>
          viewerOf(req).kind === 'staff'
            ? receiveDerived(ctx, req, reply, req.params.study)
            : receive(ctx, req, reply, req.params.study),
      );
    },
  };
}

async function receive(
  ctx: StowContext,
  req: FastifyRequest,
  reply: FastifyReply,
  studyInstanceUid?: string,
): Promise<FastifyReply> {
  const source = sourceOf(req, studyInstanceUid);
  const answerType = chooseMedia(req, [dicomJson, 'application/json', dicomXml]);
  const ended: { at: number; outcome: StoreOutcome | null }[] = [];
  const discarded = new Set<string>();
  try {
    await storeEach(objects(req), bodyOf, async (object, at, body, place) => {
      const outcome =
        'failed' in object ? unreadable(object.failed) : await storeOne(ctx, req, body, source, place);
      ended.push({ at, outcome });
      if ('missing' in object && object.missing > 0 && outcome?.outcome === 'stored')
        discarded.add(outcome.sopInstanceUid);
    });
  } finally {
    // Also of a request that was cut short: what was stored before stays stored.
    if (ended.length > 0)
      await audit(
        ctx,
        req,
        ended.map((one) => one.outcome),
      );
  }
  const outcomes = ended.sort((a, b) => a.at - b.at).map((one) => one.outcome);
  if (outcomes.length === 0) throw new AppError('request.invalid', { reason: 'no-parts' });
  const { http, body } = stowAnswer(outcomes, `${ctx.config.publicUrl}/dicom-web`, discarded);
  const isXml = answerType === dicomXml;
  return reply
    .code(http)
    .type(isXml ? dicomXml : dicomJson)
    .send(isXml ? toNativeXml(body) : JSON.stringify(body));
}

const bodyOf = (object: MetadataObject) => ('body' in object ? object.body : null);

/** An object that could not be put together from its metadata and bulk data. */
function unreadable(of: { sopClassUid: string; sopInstanceUid: string } | null): StoreOutcome {
  return {
    outcome: 'refused',
    reason: 'damaged',
    sentence: 'The metadata and bulk data parts do not make an object.',
    sopClassUid: of?.sopClassUid ?? null,
    sopInstanceUid: of?.sopInstanceUid ?? null,
    quarantineId: null,
  };
}

/** Every object of the request as a stream of bytes, or why it is none. */
async function* objects(req: FastifyRequest): AsyncGenerator<MetadataObject> {
  const contentType = req.headers['content-type'] ?? '';
  if (/^application\/dicom\s*(;|$)/i.test(contentType)) {
    yield { body: req.raw, missing: 0 };
    return;
  }
  if (isEcg(contentType)) {
    yield { body: ecgAsObject(req.raw), missing: 0 };
    return;
  }
  if (!/^multipart\/related\s*;/i.test(contentType)) throw new AppError('request.media_type');
  const named = /;\s*type="?([^";\s]+)/i.exec(contentType)?.[1] ?? 'application/dicom';
  const type = named.toLowerCase();
  const parts = readMultipart(req.raw, contentType, { parts: mostParts });
  if (type === dicomJson || type === dicomXml) {
    yield* readMetadataObjects(parts, type);
    return;
  }
  const wrong = { reason: 'parts must be application/dicom, or metadata with bulk data' };
  if (type !== 'application/dicom') throw new AppError('request.media_type', wrong);
  for await (const part of parts) {
    const partType = (part.headers['content-type'] ?? type).split(';')[0]?.trim().toLowerCase();
    if (isEcg(partType ?? '')) yield { body: ecgAsObject(part.body), missing: 0 };
    else if (partType === 'application/dicom') yield { body: part.body, missing: 0 };
    else throw new AppError('request.media_type', wrong);
  }
}

/** Neither format has a registered media type; these are in use. */
const ecgMediaTypes = ['application/scp-ecg', 'application/x-scp-ecg', 'application/aecg+xml'];
const isEcg = (contentType: string) =>
  ecgMediaTypes.includes((contentType.split(';')[0] ?? '').trim().toLowerCase());

/** null: this part failed for a reason of ours; the others go on unless the store itself is full or away. */
async function storeOne(
  ctx: StowContext,
  req: FastifyRequest,
  body: AsyncIterable<Uint8Array> | null,
  source: StoreSource,
  place: CommitPlace,
): Promise<StoreOutcome | null> {
  if (body === null) return null;
  try {
    return await storeInstance(ctx, body, source, null, place);
  } catch (error) {
    if (isAppError(error)) throw error;
    ctx.log.error({ event: 'archive.store_failed', traceId: req.id, error });
    return null;
  }
}

function sourceOf(req: FastifyRequest, studyInstanceUid: string | undefined): StoreSource {
  const viewer = viewerOf(req);
  const name =
    viewer.kind === 'client' ? viewer.name : viewer.kind === 'staff' ? viewer.accountId : 'unknown';
  return {
    kind: 'stow',
    name,
    institutionId: null,
    onConflict: 'refuse',
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
  };
}

async function audit(
  ctx: StowContext,
  req: FastifyRequest,
  outcomes: readonly (StoreOutcome | null)[],
): Promise<void> {
  const count = (name: StoreOutcome['outcome']) => outcomes.filter((one) => one?.outcome === name).length;
  const studies = new Set(
    outcomes.flatMap((one) => (one === null || one.outcome === 'refused' ? [] : [one.studyInstanceUid])),
  );
  const [study] = studies;
  const bad = outcomes.filter(
    (one) => one === null || one.outcome === 'refused' || one.outcome === 'conflict',
  ).length;
  await recordAudit(ctx.db, {
    event: access.audit,
    viewer: viewerOf(req),
    result: bad === 0 ? 'ok' : 'error',
    studyInstanceUid: studies.size === 1 ? study : null,
    detail: {
      stored: count('stored'),
      duplicate: count('duplicate'),
      conflict: count('conflict'),
      refused: count('refused'),
      failed: outcomes.filter((one) => one === null).length,
      studies: studies.size,
    },
    request: req,
  });
}
