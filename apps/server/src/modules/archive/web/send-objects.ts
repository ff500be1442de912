// WADO-RS of whole objects (PS3.18 §10.4.1.1.1): a study, a series, an instance; multipart, single part or ZIP. Objects
// go out one after the other through openOutgoing (original, corrected or transcoded); the next one is opened while one
// is sent, so memory does not grow with their number. Only the object as stored, alone, takes byte ranges.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../errors.ts';
import {
  acceptedSyntaxes,
  notModified,
  type OutPart,
  sendBlob,
  sendStream,
  writeMultipart,
} from '../../../http/media.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { withoutLabels } from '../label-images.ts';
import { openInstanceBytes } from '../open-instance.ts';
import { type Outgoing, openOutgoing } from '../outgoing/open-outgoing.ts';
import { correctionsOf, mayTranscode } from '../outgoing/outgoing-parts.ts';
import { requireStudy } from '../require-study.ts';
import { withoutReaders } from '../saved/left-by-readers.ts';
import { findInstances } from './find-instances.ts';
import { askAgain } from './keep-words.ts';
import { chooseObjectForm, dicomFile, type ObjectForm, zipFile } from './object-form.ts';
import { bytesOf, openEach } from './open-each.ts';
import { sendMedia } from './send-media.ts';
import type { Place, WebContext } from './web-types.ts';

export const retrieveEvent = 'image.original_retrieved';

export async function sendObjects(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  place: Place,
): Promise<FastifyReply> {
  const study = await requireStudy(ctx, req, place.study, 'image.original');
  const instances = await findInstances(ctx.db, study.id, place);
  const form = chooseForm(req, instances, place.instance !== undefined);
  await recordAudit(ctx.db, {
    event: retrieveEvent,
    viewer: viewerOf(req),
    result: 'ok',
    objectType: place.instance !== undefined ? 'instance' : place.series !== undefined ? 'series' : 'study',
    objectId: place.instance ?? place.series ?? place.study,
    studyInstanceUid: place.study,
    detail: { instances: instances.length, form: form.kind },
    request: req,
  });
  reply.header('vary', 'accept');
  const [only] = instances;
  if (form.kind === 'zip') return sendMedia(ctx, req, reply, study, instances);
  if (form.kind === 'single' && only !== undefined) return sendOne(ctx, req, reply, only, form.accept);
  // What can be known beforehand is: a fault after the answer began is a cut-off body, not a status.
  const opened = only === undefined ? null : await openOutgoing(ctx, only, form.accept);
  const { contentType, body } = writeMultipart(partsOf(ctx, instances, form.accept, opened), dicomFile);
  return sendStream(req, reply.type(contentType).header('cache-control', 'no-store'), body);
}

/** The study as a medium, for those who may have it to keep: also the patient (the rule of publication may forbid it). */
export async function downloadStudy(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  studyInstanceUid: string,
): Promise<FastifyReply> {
  const study = await requireStudy(ctx, req, studyInstanceUid, 'image.download');
  const found = await findInstances(ctx.db, study.id, { study: studyInstanceUid });
  const shown = await withoutReaders(ctx, req, study.id, found);
  const instances = await withoutLabels(ctx, req, shown);
  if (instances.length === 0) throw new AppError('access.forbidden');
  await recordAudit(ctx.db, {
    event: retrieveEvent,
    viewer: viewerOf(req),
    result: 'ok',
    objectType: 'study',
    objectId: studyInstanceUid,
    studyInstanceUid,
    detail: { instances: instances.length, form: 'zip' },
    request: req,
  });
  return sendMedia(ctx, req, reply, study, instances);
}

/** One instance as a file in the first accepted syntax that can be made, for WADO-URI. Its door has asked for rights. */
export async function sendInstanceFile(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  instance: PlacedInstance,
  accept: ObjectForm['accept'],
): Promise<FastifyReply> {
  await recordAudit(ctx.db, {
    event: retrieveEvent,
    viewer: viewerOf(req),
    result: 'ok',
    objectType: 'instance',
    objectId: instance.sop_instance_uid,
    studyInstanceUid: instance.study_instance_uid,
    detail: { instances: 1, form: 'wado-uri' },
    request: req,
  });
  return sendOne(ctx, req, reply, instance, accept);
}

function chooseForm(req: FastifyRequest, instances: readonly PlacedInstance[], single: boolean): ObjectForm {
  const stored = [...new Set(instances.map((instance) => instance.transfer_syntax_uid))];
  const form = chooseObjectForm(acceptedSyntaxes(req), { single, stored, canMake: mayTranscode });
  if (form !== null) return form;
  throw new AppError('request.not_acceptable', {
    offers: [
      `multipart/related; type="${dicomFile}"; transfer-syntax=*`,
      ...(single ? [`${dicomFile}; transfer-syntax=*`] : []),
      zipFile,
    ],
    syntaxes: stored,
  });
}

async function sendOne(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  instance: PlacedInstance,
  accept: ObjectForm['accept'],
): Promise<FastifyReply> {
  const corrections = await correctionsOf(ctx.db, [instance.id]);
  const changes = corrections.get(instance.id) ?? {};
  const isOriginal = accept === '*' || accept.includes(instance.transfer_syntax_uid);
  if (isOriginal && Object.keys(changes).length === 0) {
    const { body, totalBytes, sha256 } = await openInstanceBytes(ctx, instance, { start: 0, end: -1 });
    body.destroy();
    return sendBlob(req, reply, {
      mediaType: `${dicomFile};transfer-syntax=${instance.transfer_syntax_uid}`,
      totalBytes,
      sha256,
      cacheControl: askAgain,
      read: (range) => openInstanceBytes(ctx, instance, range),
    });
  }
  const outgoing = await openOutgoing(ctx, instance, accept, { corrections });
  const words = JSON.stringify([instance.id, outgoing.transferSyntaxUid, changes]);
  reply.header('cache-control', askAgain);
  if (notModified(req, reply, `"${createHash('sha256').update(words).digest('hex').slice(0, 32)}"`))
    return reply;
  reply.type(`${dicomFile};transfer-syntax=${outgoing.transferSyntaxUid}`);
  return sendStream(req, reply, Readable.from(bytesOf(outgoing), { objectMode: false }));
}

async function* partsOf(
  ctx: WebContext,
  instances: readonly PlacedInstance[],
  accept: ObjectForm['accept'],
  opened: Outgoing | null,
): AsyncGenerator<OutPart> {
  for await (const { outgoing } of openEach(ctx, instances, accept, opened)) {
    yield {
      headers: { 'content-type': `${dicomFile};transfer-syntax=${outgoing.transferSyntaxUid}` },
      body: bytesOf(outgoing),
    };
  }
}
