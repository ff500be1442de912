// The whole module on the corpus of real files: job, renditions, doors. Real database, real codec threads, real HTTP.
import { type DecodedFrame, decodeFrame, htj2kLosslessRpcl } from '@yunying/codec';
import { newUid, parseDicom, patchDataset } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../access/index.ts';
import { listInstances, openFrameSource, type PlacedInstance } from '../archive/index.ts';
import { corpusAbsent, corpusFile, corpusFiles, sha256 } from '../archive/testing/rig.ts';
import { getStudyMedia } from './get-study-media.ts';
import type { FrameEntry, ImageFacts } from './media-types.ts';
import { prepareStudy } from './prepare-study.ts';
import * as repo from './repo.ts';
import { instanceOf, type MediaRig, openMediaRig, pathOf, prepareAll, store } from './testing/media-rig.ts';

const jphc = `image/jphc; transfer-syntax=${htj2kLosslessRpcl}`;
const everySlice = /ct-series|mr-series/;

/** Stores a corpus file under new UIDs: some files of the corpus share theirs. */
async function storeFresh(
  rig: MediaRig,
  path: string,
  change: (file: Buffer) => void = () => undefined,
): Promise<string> {
  const sop = newUid();
  const uids = { StudyInstanceUID: newUid(), SeriesInstanceUID: newUid(), SOPInstanceUID: sop };
  const file = Buffer.from(patchDataset(corpusFile(path), uids));
  change(file);
  const outcome = await store(rig, file);
  if (outcome.outcome !== 'stored') throw new Error(`${path}: ${outcome.outcome}`);
  return pathOf(rig, sop);
}

function samplesOf({ pixels }: DecodedFrame): string {
  return sha256(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
}

describe.skipIf(corpusAbsent)('media of the corpus (needs the corpus of real files)', () => {
  let rig: MediaRig;
  const files = new Map<string, string>();
  let instances: PlacedInstance[] = [];

  beforeAll(async () => {
    rig = await openMediaRig();
    for (const path of corpusFiles().filter((one) => !everySlice.test(one))) {
      const outcome = await store(rig, corpusFile(path));
      if (outcome.outcome === 'stored') files.set(outcome.sopInstanceUid, path);
    }
    await prepareAll(rig);
    for (const { id } of await rig.ctx.db.selectFrom('study').select('id').execute()) {
      instances = [...instances, ...(await listInstances(rig.ctx.db, { studyId: id }))];
    }
  }, 400_000);
  afterAll(async () => {
    await rig?.close();
  });

  it('leaves nothing waiting, and names the reason of everything that failed', () => {
    expect(instances.length).toBeGreaterThan(200);
    expect(instances.filter((one) => one.media_state === 'waiting')).toEqual([]);
    const failed = instances.filter((one) => one.media_state === 'failed');
    const reasons = failed.map((one) => `${files.get(one.sop_instance_uid)}: ${one.media_error}`);
    expect(failed.every((one) => /^(frame \d+[^:]*: )?[a-z.-]+/.test(one.media_error ?? ''))).toBe(true);
    // Float maps, a codestream that was damaged on purpose, and a report without content.
    expect(reasons.length, reasons.join('\n')).toBeLessThanOrEqual(4);
  });

  it('keeps every frame without loss: the rendition decodes to the pixels of the object', async () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const instance of instances.filter((one) => one.kind === 'image' && one.media_state === 'ready')) {
      const rendition = (await repo.selectOfInstance(rig.ctx.db, instance.id)).find(
        (row) => row.kind === 'htj2k',
      );
      if (rendition === undefined || Number(instance.size_bytes) > 2_000_000) continue;
      const entries = JSON.parse(rendition.frame_index) as FrameEntry[];
      const facts = JSON.parse(rendition.derived) as ImageFacts;
      const frame = Math.ceil(instance.number_of_frames / 2);
      const entry = entries[frame - 1];
      if (entry === undefined || entry === null) continue;
      const [offset, length, lengths] = entry;
      const codestream = await rig.ctx.blobs.readBytes(rendition.blob_id, {
        start: offset,
        end: offset + length - 1,
      });
      const source = await openFrameSource(rig.ctx, instance);
      const { bytes, description, bitOffset } = await source.read(frame);
      const original = await decodeFrame(bytes, description, bitOffset === undefined ? {} : { bitOffset });
      const again = await decodeFrame(codestream, {
        ...original.description,
        transferSyntaxUid: htj2kLosslessRpcl,
      });
      if (samplesOf(again) !== samplesOf(original)) wrong.push(files.get(instance.sop_instance_uid) ?? '');
      if (lengths?.at(-1) !== length || facts.rows !== description.rows)
        wrong.push(`facts of ${files.get(instance.sop_instance_uid)}`);
      compared += 1;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(120);
  }, 200_000);

  it('makes films of at most 60 KB and thumbnails of at most 8 KB', async () => {
    const rows = await rig.ctx.db.selectFrom('rendition').select(['kind', 'frame_index']).execute();
    const longest = (kind: string) =>
      Math.max(
        ...rows
          .filter((row) => row.kind === kind)
          .flatMap((row) => (JSON.parse(row.frame_index) as FrameEntry[]).map((entry) => entry?.[1] ?? 0)),
      );
    expect(longest('film')).toBeLessThanOrEqual(60 * 1024);
    expect(longest('thumbnail')).toBeLessThanOrEqual(8 * 1024);
  });

  it('tells a manifest everything: kinds, frames, windows, pages', async () => {
    const kinds = new Map<string, number>();
    for (const { id } of await rig.ctx.db.selectFrom('study').select('id').execute()) {
      const media = await getStudyMedia(rig.ctx.db, id);
      expect(media.framesReady).toBe(media.framesTotal);
      for (const series of media.series) {
        kinds.set(series.kind, (kinds.get(series.kind) ?? 0) + 1);
        if (series.kind === 'stack' || series.kind === 'multiframe')
          expect(series.frames.length).toBeGreaterThan(0);
        if (series.kind === 'waveform') expect(series.pages.length).toBeGreaterThan(0);
      }
    }
    expect([...kinds.keys()].sort()).toEqual([
      'document',
      'multiframe',
      'other',
      'slide',
      'sr',
      'stack',
      'waveform',
    ]);
  });

  it('answers every address of its manifests', async () => {
    const wrong: string[] = [];
    for (const { id } of (await rig.ctx.db.selectFrom('study').select('id').orderBy('id').execute()).slice(
      0,
      60,
    )) {
      for (const series of (await getStudyMedia(rig.ctx.db, id)).series) {
        const [frame] = series.frames;
        const addresses = [
          series.thumbnailUrl,
          series.metadataUrl,
          frame?.filmUrl ?? null,
          ...series.pages.map((page) => page.url),
        ];
        for (const url of addresses.filter((one) => one !== null)) {
          const answer = await rig.get(url, {
            accept: url.endsWith('metadata') ? 'application/dicom+json' : 'image/webp,image/*',
          });
          if (answer.statusCode !== 200 || answer.rawPayload.length === 0)
            wrong.push(`${answer.statusCode} ${url}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('gives the metadata of a series as it was made, and the same when it is computed', async () => {
    const [instance] = instances.filter((one) => one.kind === 'image');
    const url = `/dicom-web/studies/${instance?.study_instance_uid}/series/${instance?.series_instance_uid}/metadata`;
    const made = await rig.get(url, { 'accept-encoding': 'gzip' });
    expect(made.headers['content-encoding']).toBe('gzip');
    const { gunzipSync } = await import('node:zlib');
    expect(JSON.parse(gunzipSync(made.rawPayload).toString())).toEqual((await rig.get(url)).json());
  });
});

describe.skipIf(corpusAbsent)('the doors of pictures (needs the corpus of real files)', () => {
  let rig: MediaRig;
  let mr: string;
  let loop: string;
  beforeAll(async () => {
    rig = await openMediaRig();
    mr = await storeFresh(rig, 'ct-mr-single/CT_small.dcm');
    loop = await storeFresh(rig, 'us/us-cine-jpegls-palette.dcm');
    await prepareAll(rig);
  }, 120_000);
  afterAll(async () => {
    await rig?.close();
  });

  it('sends HTJ2K as a single part with a strong tag, for ever', async () => {
    const answer = await rig.get(`${mr}/frames/1`, { accept: jphc });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': jphc,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-length': String(answer.rawPayload.length),
    });
    expect(answer.headers.etag).toMatch(/^"\d+-0"$/);
    const again = await rig.get(`${mr}/frames/1`, {
      accept: jphc,
      'if-none-match': String(answer.headers.etag),
    });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
    const asked = {
      method: 'HEAD',
      url: `${mr}/frames/1`,
      headers: { ...rig.credentials, accept: jphc },
    } as const;
    const head = await rig.app.inject(asked);
    expect([head.statusCode, head.headers['content-length'], head.rawPayload.length]).toEqual([
      200,
      answer.headers['content-length'],
      0,
    ]);
  });

  it('sends byte ranges: the prefix of a resolution, then the rest', async () => {
    const study = (await instanceOf(rig, mr)).study_id;
    const lengths = (await getStudyMedia(rig.ctx.db, study)).series[0]?.frames[0]?.lengths ?? [];
    expect(lengths.length).toBeGreaterThan(2);
    const whole = (await rig.get(`${mr}/frames/1`, { accept: jphc })).rawPayload;
    const cut = lengths[2] ?? 0;
    const first = await rig.get(`${mr}/frames/1`, { accept: jphc, range: `bytes=0-${cut - 1}` });
    const rest = await rig.get(`${mr}/frames/1`, { accept: jphc, range: `bytes=${cut}-` });
    expect([first.statusCode, first.headers['content-range']]).toEqual([
      206,
      `bytes 0-${cut - 1}/${whole.length}`,
    ]);
    expect(Buffer.concat([first.rawPayload, rest.rawPayload]).equals(whole)).toBe(true);
    const beyond = await rig.get(`${mr}/frames/1`, { accept: jphc, range: `bytes=${whole.length}-` });
    expect([beyond.statusCode, beyond.json().code]).toEqual([416, 'request.range']);
  });

  it('sends octets that are the pixels of an uncompressed object', async () => {
    const file = corpusFile('ct-mr-single/CT_small.dcm');
    const pixels = parseDicom(file).dataset.elements.get('7FE00010');
    const plain = await rig.get(`${mr}/frames/1`, { accept: 'application/octet-stream' });
    expect(plain.headers['content-type']).toBe(
      'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
    );
    expect(pixels?.kind === 'value' && plain.rawPayload.equals(Buffer.from(pixels.value))).toBe(true);
  });

  it('sends several frames as multipart, in the form that was asked for', async () => {
    const decoded = await rig.get(`${loop}/frames/1,3,2`, { accept: '*/*' });
    expect(decoded.headers['content-type']).toMatch(/^multipart\/related; type="application\/octet-stream"/);
    expect(
      decoded.payload.match(
        /Content-Type: application\/octet-stream; transfer-syntax=1\.2\.840\.10008\.1\.2\.1\r/g,
      ),
    ).toHaveLength(3);
    const original = await rig.get(`${loop}/frames/2`, {
      accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*',
    });
    expect(original.payload).toContain('Content-Type: image/jls; transfer-syntax=1.2.840.10008.1.2.4.80');
    const alone = await rig.get(`${loop}/frames/2`, { accept: 'image/jls' });
    expect(original.rawPayload.includes(alone.rawPayload)).toBe(true);
  });

  it('names the reason when there is nothing to send', async () => {
    const outcome = async (url: string, accept = '*/*') => {
      const answer = await rig.get(url, { accept });
      return `${answer.statusCode} ${answer.json().code}`;
    };
    expect(await outcome(`${mr}/frames/2`)).toBe('404 archive.no_frame');
    expect(await outcome(`${mr}/frames/1,2`)).toBe('404 archive.no_frame');
    expect(await outcome(`${mr}/frames/0`)).toBe('404 archive.no_frame');
    expect(await outcome(`${mr}/frames/x`)).toBe('400 request.invalid');
    expect(await outcome(`${mr}/frames/1`, 'image/jp2')).toBe('406 request.not_acceptable');
    expect(await outcome(`${mr}/frames/1/rendered?viewport=0,0`)).toBe('400 request.invalid');
    expect(await outcome(`${mr}/frames/1/rendered?iccprofile=adobergb`)).toBe('501 platform.not_built');
    expect(await outcome(`${mr}/pages/1`)).toBe('404 media.no_picture');
    const foreign = mr.replace(/studies\/[\d.]+/, 'studies/1.2.3');
    expect(await outcome(`${foreign}/frames/1`)).toBe('404 request.not_found');
    const swapped = mr.replace(/series\/[\d.]+/, 'series/1.2.3');
    expect(await outcome(`${swapped}/frames/1`)).toBe('404 request.not_found');
    const report = await storeFresh(rig, 'sr/test-SR.dcm');
    expect(await outcome(`${report}/frames/1`)).toBe('404 media.no_picture');
    expect(await outcome(`${report}/rendered`)).toBe('404 media.no_picture');
  });

  it('sends the film that was made, and renders other sizes, windows and types', async () => {
    const film = await rig.get(`${mr}/frames/1/rendered?viewport=512,512`, {
      accept: 'image/avif,image/webp,*/*;q=0.8',
    });
    expect([film.statusCode, film.headers['content-type'], film.headers.vary]).toEqual([
      200,
      'image/webp',
      'accept',
    ]);
    const darker = await rig.get(`${mr}/frames/1/rendered?viewport=64,200&window=3000,100`, {
      accept: 'image/webp',
    });
    const plain = await rig.get(`${mr}/frames/1/rendered?viewport=64,200`, { accept: 'image/webp' });
    expect(darker.rawPayload.equals(plain.rawPayload)).toBe(false);
    const jpeg = await rig.get(`${mr}/rendered?quality=50`, { accept: '*/*' });
    expect([jpeg.headers['content-type'], jpeg.rawPayload.subarray(0, 3).toString('hex')]).toEqual([
      'image/jpeg',
      'ffd8ff',
    ]);
    const png = await rig.get(`${loop}/frames/3/rendered?viewport=100,100`, { accept: 'image/png' });
    expect(png.rawPayload.readUInt32BE(16)).toBe(100); // IHDR width: the long side fits
    for (const url of [
      `${mr}/thumbnail`,
      `${loop}/frames/2/thumbnail`,
      mr.replace(/\/instances.*/, '/thumbnail'),
      mr.replace(/\/series.*/, '/thumbnail'),
    ]) {
      const small = await rig.get(url, { accept: 'image/webp' });
      expect([url.split('/').length, small.statusCode, small.rawPayload.length <= 8192]).toEqual([
        url.split('/').length,
        200,
        true,
      ]);
    }
  });

  it('makes frames and pictures now when nothing was prepared, and tells a broken frame', async () => {
    const fresh = await storeFresh(rig, 'us/us-cine-jpegls-palette.dcm');
    const now = await rig.get(`${fresh}/frames/2`, { accept: jphc });
    expect(now.rawPayload.equals((await rig.get(`${loop}/frames/2`, { accept: jphc })).rawPayload)).toBe(
      true,
    );
    expect(
      (await rig.get(`${fresh}/frames/2/rendered?viewport=512,512`, { accept: 'image/webp' })).statusCode,
    ).toBe(200);
    expect((await rig.get(`${fresh}/thumbnail`, { accept: 'image/webp' })).statusCode).toBe(200);
  });

  it('keeps what is whole of a multi-frame with a broken frame, and the study stays readable', async () => {
    const broken = await storeFresh(rig, 'us/us-cine-jpegls-palette.dcm', (file) => {
      const pixels = parseDicom(file).dataset.elements.get('7FE00010');
      if (pixels?.kind === 'fragments') pixels.fragments[3]?.fill(0, 40); // a view of the file: frame 3
    });
    await prepareAll(rig);
    const instance = await instanceOf(rig, broken);
    expect([instance.media_state, instance.media_error]).toEqual([
      'failed',
      expect.stringMatching(/^frame 3: corrupt/),
    ]);
    const study = await rig.ctx.db
      .selectFrom('study')
      .select('media_state')
      .where('id', '=', instance.study_id)
      .executeTakeFirst();
    expect(study?.media_state).toBe('partial');
    const [series] = (await getStudyMedia(rig.ctx.db, instance.study_id)).series;
    expect(series?.frames.map((frame) => frame.filmUrl !== null).slice(0, 4)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect((await rig.get(`${broken}/frames/4`, { accept: jphc })).statusCode).toBe(200);
    const third = await rig.get(`${broken}/frames/3`, { accept: jphc });
    expect([third.statusCode, third.json().code]).toEqual([422, 'media.frame_damaged']);
  });

  it('opens to nobody without rights, and answers a patient of somebody else as if there were nothing', async () => {
    const doors = [
      `${mr}/frames/1`,
      `${mr}/frames/1/rendered`,
      `${mr}/rendered`,
      `${mr}/thumbnail`,
      `${mr}/pages/1`,
      `${mr}/frames/1/thumbnail`,
    ];
    doors.push(mr.replace(/\/instances.*/, '/thumbnail'), mr.replace(/\/series.*/, '/thumbnail'));
    const stranger = {
      kind: 'patient',
      personId: '1',
      examId: null,
      proof: 'sms',
      shareLinkId: null,
    } as const;
    const { secret } = await openSession(rig.ctx, stranger, { ip: '10.0.0.1', userAgent: 'test' });
    for (const url of doors) {
      expect([url, (await rig.app.inject({ url })).statusCode]).toEqual([url, 401]);
      const answer = await rig.app.inject({ url, headers: { cookie: `yy_session=${secret}` } });
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 404, 'request.not_found']);
    }
  });

  it('writes one row of the trail for all pictures of a series', async () => {
    const { series_instance_uid } = await instanceOf(rig, loop);
    for (const frame of [1, 2, 3]) await rig.get(`${loop}/frames/${frame}`, { accept: jphc });
    const rows = await rig.ctx.db
      .selectFrom('audit_event')
      .select('seq')
      .where('event_type', '=', 'image.viewed')
      .where('object_id', '=', series_instance_uid)
      .execute();
    expect(rows).toHaveLength(1);
  });
});

describe.skipIf(corpusAbsent)('the job (needs the corpus of real files)', () => {
  let rig: MediaRig;
  beforeAll(async () => {
    rig = await openMediaRig();
    // 140 slices of a head, arriving in no order at all.
    const slices = corpusFiles().filter((path) => path.startsWith('ct-series-philips-head-1mm/'));
    const mixed = slices
      .map((path, index) => ({ path, key: (index * 7919) % 1009 }))
      .sort((a, b) => a.key - b.key);
    for (const { path } of mixed) await store(rig, corpusFile(path));
  }, 120_000);
  afterAll(async () => {
    await rig?.close();
  });

  const study = async () => rig.ctx.db.selectFrom('study').selectAll().executeTakeFirstOrThrow();
  const renditions = async () =>
    rig.ctx.db.selectFrom('rendition').select(['id', 'instance_id', 'kind']).orderBy('id').execute();

  it('puts 140 slices in order from head to foot', async () => {
    const { id } = await study();
    const media = await getStudyMedia(rig.ctx.db, id);
    const places = new Map(
      (await listInstances(rig.ctx.db, { studyId: id })).map((one) => [one.sop_instance_uid, one]),
    );
    const [series] = media.series;
    const ordered = series?.frames.map((frame) => places.get(frame.sopInstanceUid)) ?? [];
    expect(ordered).toHaveLength(140);
    const heights = ordered.map((one) => Number(one?.image_position?.split('\\')[2]));
    const steps = heights
      .slice(1)
      .map((height, index) => Math.round((height - (heights[index] ?? 0)) * 1000));
    expect(new Set(steps.map(Math.sign)).size).toBe(1);
    const numbers = ordered.map((one) => one?.instance_number ?? 0);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('begins with the middle slice, may be stopped anywhere, and goes on where it was', async () => {
    const { id } = await study();
    const stop = new AbortController();
    let frames = 0;
    const first = prepareStudy(rig.ctx, id, {
      signal: stop.signal,
      progress: async () => {
        frames += 1;
        if (frames === 12) stop.abort(new Error('killed'));
      },
    });
    await expect(first).rejects.toThrow('killed');
    const before = await renditions();
    expect(before.length).toBeGreaterThan(12);
    expect((await study()).media_state).toBe('preparing');
    const media = await getStudyMedia(rig.ctx.db, id);
    const made = new Set(before.map((row) => row.instance_id));
    const rows = await listInstances(rig.ctx.db, { studyId: id });
    const middle = rows.find((row) => row.sop_instance_uid === media.series[0]?.frames[69]?.sopInstanceUid);
    expect(made.has(middle?.id ?? '')).toBe(true);
    expect(media.framesReady).toBe(made.size);

    // Two workers at once, as after a take-over of the lease.
    const run = { signal: new AbortController().signal, progress: async () => undefined };
    await Promise.all([prepareStudy(rig.ctx, id, run), prepareStudy(rig.ctx, id, run)]);
    const after = await renditions();
    expect(after.filter((row) => row.instance_id !== null)).toHaveLength(140 * 3);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(await study()).toMatchObject({ media_state: 'ready' });
    const news = await rig.ctx.db
      .selectFrom('outbox_event')
      .select('topic')
      .where('topic', '=', 'media.study_ready')
      .execute();
    expect(news.length).toBeGreaterThan(0);
    expect((await getStudyMedia(rig.ctx.db, id)).framesReady).toBe(140);
  }, 120_000);

  it('makes only what a late image adds, and the metadata of its series anew', async () => {
    const { id, study_instance_uid } = await study();
    const before = await renditions();
    const [known] = await listInstances(rig.ctx.db, { studyId: id });
    const late = patchDataset(corpusFile('ct-mr-single/CT_small.dcm'), {
      StudyInstanceUID: study_instance_uid,
      SeriesInstanceUID: known?.series_instance_uid ?? '',
      SOPInstanceUID: newUid(),
    });
    await store(rig, late);
    await prepareAll(rig);
    const after = await renditions();
    expect(after.filter((row) => row.instance_id !== null)).toHaveLength(141 * 3);
    expect(after.map((row) => row.id)).toEqual(expect.arrayContaining(before.map((row) => row.id)));
    const made = await rig.ctx.db
      .selectFrom('rendition')
      .select('frame_count')
      .where('kind', '=', 'series-metadata')
      .execute();
    expect(made).toEqual([{ frame_count: 141 }]);
  });
});
