// A study as a file-set for a medium: a ZIP with DICOMDIR and IMAGES/, streamed (stored, not deflated: pixels hardly
// shrink, and the bytes stay seekable). The DICOMDIR comes first, from the rows; each object is opened when the one
// before has been written, and sizes and positions over 4 GB are ZIP64. Memory does not grow with the number of objects.
import { PassThrough, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZipFile } from 'yazl';
import { attachment, sendStream } from '../../../http/media.ts';
import type { PlacedInstance, StudyRow } from '../archive-types.ts';
import { openOutgoing } from '../outgoing/open-outgoing.ts';
import { listSeries } from '../read-study.ts';
import { type MediaFile, makeDicomdir, nameFiles } from './media-directory.ts';
import { zipFile } from './object-form.ts';
import { bytesOf } from './open-each.ts';

import type { WebContext } from './web-types.ts';

export async function sendMedia(
  ctx: WebContext,
  req: FastifyRequest,
  reply: FastifyReply,
  study: StudyRow,
  instances: readonly PlacedInstance[],
): Promise<FastifyReply> {
  const files = nameFiles(instances);
  const dicomdir = makeDicomdir(study, await listSeries(ctx.db, study.id), files);
  reply
    .type(zipFile)
    .header('cache-control', 'no-store')
    // The address names the study already; a file name with the patient's name would stay in every download folder.
    .header('content-disposition', attachment(`${study.study_instance_uid}.zip`));
  return sendStream(req, reply, writeZip(ctx, dicomdir, files, study.received_at));
}

function writeZip(ctx: WebContext, dicomdir: Uint8Array, files: readonly MediaFile[], mtime: Date): Readable {
  const zip = new ZipFile();
  const out = new PassThrough({ highWaterMark: 256 * 1024 });
  let current: Readable | null = null;
  zip.on('error', (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  out.once('close', () => current?.destroy());
  zip.addBuffer(Buffer.from(dicomdir), 'DICOMDIR', { mtime, compress: false });
  for (const { instance, path } of files) {
    zip.addReadStreamLazy(path.join('/'), { mtime, compress: false }, (given) => {
      if (out.destroyed) return; // the client went away: nothing more is opened
      const body = Readable.from(objectBytes(ctx, instance), { objectMode: false });
      current = body;
      given(null, body);
    });
  }
  zip.end();
  zip.outputStream.pipe(out);
  return out;
}

async function* objectBytes(ctx: WebContext, instance: PlacedInstance): AsyncGenerator<Uint8Array> {
  yield* bytesOf(await openOutgoing(ctx, instance, '*'));
}
