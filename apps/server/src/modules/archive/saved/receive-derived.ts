// A doctor stores what he made of a study that he may read: STOW-RS of metadata (PS3.18 §10.5) to /studies/{study}, for
// presentation states, measurements and key images only. All objects of the request are checked before the first is
// stored: their class, their study, and that every object they speak of is in it. Sending the same object again after
// a lost answer is answered like the first time.
import {
  type DicomJson,
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  fromDicomJson,
  isUid,
  textOf,
} from '@yunying/dicom';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { dicomJson } from '../../../http/media.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import type { PlacedInstance, StudyRow } from '../archive-types.ts';
import { getInstanceMetadata } from '../instance-metadata.ts';
import { correctionsOf } from '../outgoing/outgoing-parts.ts';
import { listInstances } from '../read-study.ts';
import { requireStudy } from '../require-study.ts';
import { storeInstance } from '../store-instance.ts';
import type { StoreOutcome } from '../store-outcome.ts';
import { stowAnswer } from '../stow-response.ts';
import { readJsonParts } from '../web/json-parts.ts';
import { derivedClasses } from './derived-classes.ts';
import { dressDerived } from './dress-derived.ts';
import { ownSeriesUid } from './own-series.ts';
import { referencedUids } from './referenced-uids.ts';

type DerivedContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock'>;

const limits = { bytes: 8 * 1024 ** 2, objects: 32 };
const event = 'study.annotated';

export async function receiveDerived(
  ctx: DerivedContext,
  req: FastifyRequest,
  reply: FastifyReply,
  studyInstanceUid: string,
): Promise<FastifyReply> {
  const viewer = viewerOf(req);
  if (viewer.kind !== 'staff') throw new AppError('access.forbidden');
  const study = await requireStudy(ctx, req, studyInstanceUid, 'study.annotate');
  const datasets = await readJsonParts(req, limits);
  const instances = await listInstances(ctx.db, { studyId: study.id });
  const objects = datasets.map((json) => checkDerived(json, studyInstanceUid, instances));
  const author = { accountId: viewer.accountId, name: viewer.displayName };
  const like = await studyAttributes(ctx, instances);
  const outcomes: (StoreOutcome | null)[] = [];
  for (const { json, sopClassUid, sopInstanceUid } of objects) {
    const modality = derivedClasses[sopClassUid]?.modality ?? 'SR';
    const seriesInstanceUid = ownSeriesUid(studyInstanceUid, viewer.accountId, modality);
    const identity = { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid };
    const known = instances.find((one) => one.sop_instance_uid === sopInstanceUid);
    if (known?.series_instance_uid === seriesInstanceUid) {
      outcomes.push({ ...identity, outcome: 'duplicate' });
      continue;
    }
    const before = instances.filter((one) => one.series_instance_uid === seriesInstanceUid).length;
    const instanceNumber = before + 1 + outcomes.length;
    const dressed = dressDerived(json, sopClassUid, {
      like,
      studyInstanceUid,
      author,
      at: ctx.clock.now(),
      instanceNumber,
    });
    const source = {
      kind: 'stow',
      name: viewer.accountId,
      institutionId: study.institution_id,
      onConflict: 'refuse',
      studyInstanceUid,
    } as const;
    outcomes.push(await storeInstance(ctx, chunksOf(encode(dressed, identity)), source));
  }
  await audit(ctx, req, study, outcomes);
  const { http, body } = stowAnswer(outcomes, `${ctx.config.publicUrl}/dicom-web`);
  return reply.code(http).type(dicomJson).send(JSON.stringify(body));
}

type Checked = { json: DicomJson; sopClassUid: string; sopInstanceUid: string };

function checkDerived(
  json: DicomJson,
  studyInstanceUid: string,
  instances: readonly PlacedInstance[],
): Checked {
  const sopClassUid = textOf(json, '00080016') ?? '';
  const sopInstanceUid = textOf(json, '00080018') ?? '';
  if (derivedClasses[sopClassUid] === undefined)
    throw new AppError('request.invalid', { reason: 'this SOP Class is not stored from here' });
  if (!isUid(sopInstanceUid)) throw new AppError('request.invalid', { reason: 'SOPInstanceUID' });
  if (textOf(json, '0020000D') !== studyInstanceUid)
    throw new AppError('request.invalid', { reason: 'StudyInstanceUID' });
  const present = new Set(instances.map((one) => one.sop_instance_uid));
  const referenced = referencedUids(json);
  if (referenced.size === 0 || [...referenced].some((uid) => !present.has(uid)))
    throw new AppError('request.invalid', { reason: 'it refers to an object that is not in this study' });
  return { json, sopClassUid, sopInstanceUid };
}

/** Patient and study as an image of the study names them, corrections included. */
async function studyAttributes(
  ctx: DerivedContext,
  instances: readonly PlacedInstance[],
): Promise<DicomJson> {
  const like = instances.find((one) => one.kind === 'image') ?? instances[0];
  if (like === undefined) throw new AppError('request.not_found');
  const corrections = await correctionsOf(ctx.db, [like.id]);
  return getInstanceMetadata(ctx, like, corrections.get(like.id));
}

function encode(json: DicomJson, identity: { sopClassUid: string; sopInstanceUid: string }): Uint8Array[] {
  const { sopClassUid, sopInstanceUid } = identity;
  try {
    const head = encodeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: explicitVrLittleEndian });
    return [head, encodeDataset(fromDicomJson(json), explicitVrLittleEndian)];
  } catch {
    throw new AppError('request.invalid', { reason: 'the data set cannot be written' });
  }
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function audit(
  ctx: DerivedContext,
  req: FastifyRequest,
  study: StudyRow,
  outcomes: readonly (StoreOutcome | null)[],
): Promise<void> {
  const good = outcomes.filter((one) => one?.outcome === 'stored' || one?.outcome === 'duplicate');
  await recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    result: good.length === outcomes.length ? 'ok' : 'error',
    objectType: 'study',
    objectId: study.id,
    patientId: study.patient_row_id,
    studyInstanceUid: study.study_instance_uid,
    detail: {
      stored: good.length,
      failed: outcomes.length - good.length,
      kinds: good.map((one) => derivedClasses[one?.sopClassUid ?? '']?.modality ?? ''),
    },
    request: req,
  });
}
