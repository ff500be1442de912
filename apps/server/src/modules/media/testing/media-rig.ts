// What the media tests run on: a real database and real files, a codec, the real HTTP listener with
// real rights, and short ways to store, prepare and ask. Not part of the product.
import { CodecPool } from '@yunying/codec';
import { createHttp } from '../../../http/index.ts';
import { openTestContext } from '../../../testing/context.ts';
import { addClient, createAuthorize } from '../../access/index.ts';
import { dicomwebRoutes, getInstance, type StoreOutcome, storeInstance } from '../../archive/index.ts';
import { decodeFrame } from '../decode-frame.ts';
import { firstPictureRoutes } from '../first-picture.routes.ts';
import { mediaRoutes } from '../media.routes.ts';
import { packRoutes } from '../pack.routes.ts';
import { prepareStudy } from '../prepare-study.ts';
import { findSeriesMetadata } from '../series-metadata.ts';
import { slideRoutes } from '../slide/slide.routes.ts';
import { volumeRoutes } from '../volume/volume.routes.ts';
import { wadoUriRoutes } from '../wado-uri.routes.ts';

export type MediaRig = Awaited<ReturnType<typeof openMediaRig>>;

export async function openMediaRig() {
  const test = await openTestContext({ YUNYING_RATE_PER_MINUTE: '1000000' });
  const codec = new CodecPool({ size: 1 });
  const ctx = { ...test, codec };
  const { token } = await addClient(ctx, { name: 'tester' });
  const app = await createHttp(ctx, {
    listener: 'public',
    authorize: createAuthorize(ctx, 'public'),
    plugins: [
      dicomwebRoutes(ctx, {
        findSeriesMetadata: (seriesId) => findSeriesMetadata(ctx.db, seriesId),
        decodeFrame: (instance, frame) => decodeFrame(ctx, instance, frame),
      }),
      mediaRoutes(ctx),
      packRoutes(ctx),
      firstPictureRoutes(ctx),
      slideRoutes(ctx),
      wadoUriRoutes(ctx),
      volumeRoutes(ctx),
    ],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
  return {
    ctx,
    app,
    credentials: { authorization: `Bearer ${token}` },
    get: (url: string, headers: Record<string, string> = {}) =>
      app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}`, ...headers } }),
    close: async () => {
      await app.close();
      await codec.close();
      await test.close();
    },
  };
}

export async function store(rig: MediaRig, file: Uint8Array): Promise<StoreOutcome> {
  return storeInstance(rig.ctx, inChunks(file), {
    kind: 'import',
    name: 'test',
    institutionId: null,
    onConflict: 'refuse',
  });
}

/** Prepares every study that has something to do; answers how far progress got. */
export async function prepareAll(
  rig: MediaRig,
  signal = new AbortController().signal,
): Promise<{ done: number; total: number }> {
  const seen = { done: 0, total: 0 };
  for (const { id } of await rig.ctx.db.selectFrom('study').select('id').orderBy('id').execute()) {
    let last = { done: 0, total: 0 };
    await prepareStudy(rig.ctx, id, {
      signal,
      progress: async (done, total) => {
        last = { done, total };
      },
    });
    seen.done += last.done;
    seen.total += last.total;
  }
  return seen;
}

export async function pathOf(rig: MediaRig, sopInstanceUid: string): Promise<string> {
  const place = await rig.ctx.db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .select(['study.study_instance_uid', 'series.series_instance_uid'])
    .where('sop_instance_uid', '=', sopInstanceUid)
    .executeTakeFirstOrThrow();
  return `/dicom-web/studies/${place.study_instance_uid}/series/${place.series_instance_uid}/instances/${sopInstanceUid}`;
}

export async function instanceOf(rig: MediaRig, path: string) {
  const [, , , studyInstanceUid = '', , seriesInstanceUid = '', , sopInstanceUid = ''] = path.split('/');
  return getInstance(rig.ctx.db, { studyInstanceUid, seriesInstanceUid, sopInstanceUid });
}

async function* inChunks(file: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}
