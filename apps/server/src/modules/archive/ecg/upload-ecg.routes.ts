// Public listener: a doctor or technician brings in the file of an ECG cart that speaks no DICOM (SCP-ECG, HL7 aECG). It
// is stored as a waveform object with the file in it, and finds its exam as objects of any other door do. Anything else is
// refused with the reason. Who brought what is in the trail.
import { EcgDoor, EcgUploaded } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { Rejection } from '../rejection.ts';
import { storeInstance } from '../store-instance.ts';
import { largestFileBytes } from './ecg-recording.ts';
import { convertEcg } from './foreign-ecg.ts';

type Part = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock'>;

const looked = { permission: 'ecg.upload', scope: 'none' } as const;
const access = { permission: 'ecg.upload', scope: 'none', audit: 'archive.ecg_uploaded' } as const;
const notAnEcg = 'neither SCP-ECG nor HL7 aECG';

export function ecgUploadRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/ecgs',
    routes: async (app) => {
      app.addContentTypeParser('application/octet-stream', (_req, payload, done) => done(null, payload));
      app.get('', { config: { access: looked }, schema: { response: { 200: EcgDoor } } }, async () => ({
        mostBytes: largestFileBytes,
      }));
      app.post('', { config: { access }, schema: { response: { 200: EcgUploaded } } }, async (req) => {
        const answer = await bringIn(ctx, req);
        await recordAudit(ctx.db, {
          event: access.audit,
          viewer: viewerOf(req),
          result: answer.outcome === 'refused' ? 'error' : 'ok',
          studyInstanceUid: answer.studyInstanceUid ?? null,
          detail: { outcome: answer.outcome },
          request: req,
        });
        return answer;
      });
    },
  };
}

async function bringIn(ctx: Part, req: FastifyRequest): Promise<EcgUploaded> {
  const file = await readFile(req.raw);
  let object: Uint8Array | null;
  try {
    object = convertEcg(file);
  } catch (error) {
    if (error instanceof Rejection) return { outcome: 'refused', reason: error.message };
    throw error;
  }
  if (object === null) return { outcome: 'refused', reason: notAnEcg };
  const viewer = viewerOf(req);
  const name = viewer.kind === 'staff' ? viewer.accountId : 'unknown';
  const source = { kind: 'import', name, institutionId: null, onConflict: 'refuse' } as const;
  const outcome = await storeInstance(ctx, inOnePiece(object), source);
  switch (outcome.outcome) {
    case 'stored':
    case 'duplicate':
      return { outcome: outcome.outcome, studyInstanceUid: outcome.studyInstanceUid };
    case 'conflict':
      return {
        outcome: 'refused',
        reason: 'another ECG of this identity is stored already; it was kept aside',
      };
    case 'refused':
      return { outcome: 'refused', reason: outcome.sentence };
  }
}

async function readFile(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > largestFileBytes) throw new AppError('request.body_too_large', { limit: largestFileBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
