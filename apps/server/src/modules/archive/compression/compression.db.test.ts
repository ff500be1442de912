// Replacing originals by verified lossless HTJ2K: nothing changes but the coding, everything can be taken back.
import { CodecPool, type EncodeRequest } from '@yunying/codec';
import {
  createDataset,
  type Dataset,
  getElement,
  getString,
  newUid,
  parseDicom,
  patchDataset,
  setValue,
} from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFrameSource } from '../frames/frame-source.ts';
import { settleStudies } from '../settle-study.ts';
import { type Made, madeObject, storeMade, waves } from '../testing/made-objects.ts';
import { corpusAbsent, corpusFile, corpusFiles, openRig, type Rig, storedInstance } from '../testing/rig.ts';
import { transcodeObject } from '../transcode/transcode-object.ts';
import { compressStudies } from './compress-studies.ts';
import { getCompression, savePolicies } from './policies.ts';
import { replaceInstance } from './replace-instance.ts';
import * as repo from './repo.ts';
import { retireSuperseded, rollBackStudy } from './roll-back.ts';

const htj2k = '1.2.840.10008.1.2.4.202';
const explicitLittle = '1.2.840.10008.1.2.1';
const never = new AbortController().signal;
const quiet = { signal: never, progress: async () => undefined };

describe('compression of stored objects', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  async function candidate(made: Made = {}) {
    const file = madeObject(made);
    const object = await storeMade(rig, file);
    expect(object.outcome).toBe('stored');
    const { row } = await storedInstance(rig, object);
    const found = await repo.selectPlacedInstance(rig.ctx.db, row.id);
    if (found === undefined) throw new Error('the instance is not there');
    return { file, object, instance: found };
  }

  const decision = (instanceId: string) =>
    rig.ctx.db
      .selectFrom('instance_compression')
      .selectAll()
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
  const statesOf = async (blobId: string) =>
    (await rig.ctx.db.selectFrom('blob_copy').select('state').where('blob_id', '=', blobId).execute()).map(
      (row) => row.state,
    );

  async function pixelsOf(instance: repo.Candidate): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    const { dataset } = await transcodeObject(rig.ctx, instance, explicitLittle);
    for await (const chunk of dataset) chunks.push(chunk);
    const whole = Buffer.concat(chunks);
    return whole.subarray(whole.length - 64 * 96 * 2);
  }

  it('replaces an original, keeps it readable, buries it after the grace time, and takes all back', async () => {
    const { file, object, instance } = await candidate();
    expect(await replaceInstance(rig.ctx, instance, 'p', never)).toBe('replaced');
    const { row, bytes } = await storedInstance(rig, object);
    expect(row.transfer_syntax_uid).toBe(htj2k);
    expect(Number(row.size_bytes)).toBe(bytes.length);
    expect(bytes.length).toBeLessThan(file.length);
    expect(getString(parseDicom(bytes).dataset, 'SOPInstanceUID')).toBe(object.sopInstanceUid);
    const placed = { ...row, modality: 'OT' };
    expect((await pixelsOf(placed)).equals(Buffer.from(waves(64, 96, 12).buffer))).toBe(true);
    expect(await statesOf(instance.blob_id)).toEqual(['live']);

    // The sender asks again: known, not a conflict.
    expect((await storeMade(rig, file)).outcome).toBe('duplicate');

    expect(await retireSuperseded(rig.ctx, 24, never)).toBe(0);
    expect(await retireSuperseded(rig.ctx, 0, never)).toBe(1);
    expect(await statesOf(instance.blob_id)).toEqual(['grave']);
    const grave = await rig.ctx.db.selectFrom('blob_grave').selectAll().executeTakeFirstOrThrow();
    expect(grave.reason).toBe('superseded');
    expect(grave.purge_after.getTime() - grave.dead_since.getTime()).toBeGreaterThan(24 * 3_600_000);

    expect(await rollBackStudyQuietly(object.studyInstanceUid)).toBe(1);
    const back = await storedInstance(rig, object);
    expect(back.row.transfer_syntax_uid).toBe(explicitLittle);
    expect(back.bytes.subarray(back.row.dataset_offset).equals(object.dataset)).toBe(true);
    expect(await statesOf(instance.blob_id)).toEqual(['live']);
    expect(await retireSuperseded(rig.ctx, 0, never)).toBe(1);
    expect(await statesOf(row.blob_id)).toEqual(['grave']);
    expect((await decision(instance.id))?.outcome).toBe('rolled-back');
    expect(await rollBackStudyQuietly(object.studyInstanceUid)).toBe(0);
  });

  const rollBackStudyQuietly = (uid: string) => rollBackStudy(rig.ctx, uid, 'staff:1');

  const refused: [string, Made['change']][] = [
    ['lossy-original', (dataset) => setValue(dataset, 'LossyImageCompression', '01')],
    [
      'embedded-overlays',
      (dataset) => {
        setValue(dataset, '60000010', 64, 'US');
        setValue(dataset, '60000011', 96, 'US');
        setValue(dataset, '60000100', 16, 'US');
        setValue(dataset, '60000102', 13, 'US');
      },
    ],
    ['signed', (dataset) => setValue(dataset, 'FFFAFFFA', [item(dataset)])],
    ['signed', (dataset) => setValue(dataset, '4FFE0001', [item(dataset)])],
    [
      'behind-pixels',
      (dataset) => {
        setValue(dataset, '7FE10010', 'MAKER', 'LO');
        setValue(dataset, '7FE11001', 'x', 'LO');
      },
    ],
    [
      'unused-bits',
      (dataset) =>
        setValue(dataset, '7FE00010', new Uint8Array(waves(64, 96, 12).map((v) => v | 0x8000).buffer), 'OW'),
    ],
    [
      'unusual-cells',
      (dataset) => {
        setValue(dataset, 'HighBit', 15);
      },
    ],
    [
      'no-gain',
      (dataset) => {
        setValue(dataset, 'BitsStored', 16);
        setValue(dataset, 'HighBit', 15);
        const noise = Uint16Array.from({ length: 64 * 96 }, (_, i) => Math.imul(i + 7, 2654435761) >>> 9);
        setValue(dataset, '7FE00010', new Uint8Array(noise.buffer), 'OW');
      },
    ],
  ];
  it.each(refused)('refuses with the reason %s and changes nothing', async (reason, change) => {
    const { instance, object, file } = await candidate(change === undefined ? {} : { change });
    expect(await replaceInstance(rig.ctx, instance, 'p', never)).toBe('refused');
    expect((await decision(instance.id))?.reason).toBe(reason);
    const { row, bytes } = await storedInstance(rig, object);
    expect(row.blob_id).toBe(instance.blob_id);
    expect(bytes.subarray(row.dataset_offset).equals(object.dataset)).toBe(true);
    expect(file.length).toBeGreaterThan(0);
  });

  it('never switches to pixels that differ: a codec that gives another picture is found out', async () => {
    const { instance, object } = await candidate();
    const faulty = new (class extends CodecPool {
      override encode(request: EncodeRequest, options = {}) {
        const bytes = new Uint8Array(request.bytes);
        bytes[4000] = (bytes[4000] ?? 0) ^ 1;
        return super.encode({ ...request, bytes }, options);
      }
    })({ size: 1 });
    const outcome = await replaceInstance({ ...rig.ctx, codec: faulty }, instance, 'p', never);
    await faulty.close();
    expect(outcome).toBe('refused');
    expect((await decision(instance.id))?.reason).toBe('not-equal');
    expect((await storedInstance(rig, object)).row.blob_id).toBe(instance.blob_id);
  });

  it('leaves no blob behind that nobody names: what a crash left is dropped by a later run', async () => {
    const { db, blobs } = rig.ctx;
    const body = async function* () {
      yield Buffer.from('left behind');
    };
    const stored = await blobs.put(body(), { mediaType: 'application/dicom', kind: 'instance' });
    const blobId = await db.transaction().execute(async (tx) => {
      const recorded = await blobs.record(tx, stored);
      await repo.insertPending(tx, recorded.blobId);
      return recorded.blobId;
    });
    await compressStudies(rig.ctx, quiet);
    expect(await statesOf(blobId)).toEqual(['live']);
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await db.updateTable('compression_pending').set({ made_at: yesterday }).execute();
    await compressStudies(rig.ctx, quiet);
    expect(await statesOf(blobId)).toEqual(['grave']);
    expect(await db.selectFrom('compression_pending').select('blob_id').execute()).toEqual([]);
  });

  it('decides nothing when the row changed meanwhile', async () => {
    const { instance } = await candidate();
    const other = await candidate();
    const stale = { ...instance, id: other.instance.id };
    expect(await replaceInstance(rig.ctx, stale, 'p', never)).toBe('changed');
    expect(await decision(other.instance.id)).toBeUndefined();
  });

  it('keeps frames of a multi-frame and the values of every attribute', async () => {
    const { object, instance } = await candidate({
      frames: 5,
      change: (dataset) => {
        setValue(dataset, 'PatientName', 'Test^Name');
        setValue(dataset, '00091010', new Uint8Array([1, 2, 3, 4]), 'OB');
      },
    });
    expect(await replaceInstance(rig.ctx, instance, 'p', never)).toBe('replaced');
    const { bytes } = await storedInstance(rig, object);
    const { dataset } = parseDicom(bytes);
    const own = getElement(dataset, '00091010');
    expect(own?.kind === 'value' ? [...own.value] : null).toEqual([1, 2, 3, 4]);
    expect((await decision(instance.id))?.pixel_sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('walks old studies by policy, goes on after a stop, and does nothing twice', async () => {
    const own = await openRig();
    const uids = { ct: newUid(), dx: newUid() };
    for (let i = 0; i < 3; i++)
      await storeMade(
        own,
        madeObject({ modality: 'CT', studyInstanceUid: uids.ct, seriesInstanceUid: `${uids.ct}.1` }),
      );
    await storeMade(own, madeObject({ modality: 'DX', studyInstanceUid: uids.dx }));
    await storeMade(own, madeObject({ modality: 'CT' }));
    await settleStudies(own.ctx);
    await own.ctx.db.updateTable('study').set({ settled_at: new Date() }).execute();
    await own.ctx.db
      .updateTable('study')
      .set({ received_at: new Date(Date.now() - 400 * 24 * 3_600_000) })
      .where('study_instance_uid', 'in', [uids.ct, uids.dx])
      .execute();
    await savePolicies(own.ctx, [
      { name: 'DX stays', modality: 'DX', leastAgeDays: 0, action: 'keep', enabled: true },
      { name: 'old ones', leastAgeDays: 365, action: 'replace', enabled: true },
      { name: 'small', leastAgeDays: 365, action: 'preview', ratio: 10, enabled: true },
    ]);
    const stop = new AbortController();
    const cut = compressStudies(own.ctx, {
      signal: stop.signal,
      progress: async (done) => {
        if (done === 1) stop.abort(new Error('stopped'));
      },
    });
    await expect(cut).rejects.toThrow('stopped');
    const run = await compressStudies(own.ctx, quiet);
    expect(run).toMatchObject({ state: 'done', studies: 2, replaced: 3, refused: 0, failed: 0 });
    expect(await own.ctx.db.selectFrom('compression_run').select('id').execute()).toHaveLength(1);
    const syntaxes = await own.ctx.db
      .selectFrom('instance')
      .innerJoin('series', 'series.id', 'instance.series_id')
      .select(['modality', 'transfer_syntax_uid'])
      .execute();
    expect(syntaxes.filter((row) => row.transfer_syntax_uid === htj2k)).toHaveLength(3);
    expect(
      syntaxes
        .filter((row) => row.transfer_syntax_uid !== htj2k)
        .map((row) => row.modality)
        .sort(),
    ).toEqual(['CT', 'DX']);
    const wanted = await own.ctx.db
      .selectFrom('job')
      .select('id')
      .where('name', '=', 'media.make_preview')
      .execute();
    expect(wanted).toHaveLength(3);
    const again = await compressStudies(own.ctx, quiet);
    expect(again).toMatchObject({ state: 'done', studies: 2, replaced: 0, refused: 0 });
    const { figures, policies } = await getCompression(own.ctx);
    expect(policies.map((one) => one.name)).toEqual(['DX stays', 'old ones', 'small']);
    const [figure] = figures;
    expect(figure).toMatchObject({ modality: 'CT', outcome: 'replaced', objects: 3 });
    expect(figure?.bytesAfter).toBeLessThan(figure?.bytesBefore ?? 0);
    const size = await own.ctx.db
      .selectFrom('study')
      .select('size_bytes')
      .where('study_instance_uid', '=', uids.ct)
      .executeTakeFirstOrThrow();
    expect(Number(size.size_bytes)).toBe(figure?.bytesAfter);
    await own.close();
  }, 60_000);

  it('refuses a list of policies that says nothing sensible', async () => {
    const policy = { name: 'x', leastAgeDays: 0, action: 'preview', enabled: true } as const;
    await expect(savePolicies(rig.ctx, [policy])).rejects.toMatchObject({ code: 'request.invalid' });
    const keep = { name: ' ', leastAgeDays: 0, action: 'keep', enabled: true } as const;
    await expect(savePolicies(rig.ctx, [keep])).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it.skipIf(corpusAbsent)(
    'replaces real objects of every syntax, or says why not, and never changes a pixel (needs the corpus)',
    async () => {
      const outcomes = new Map<string, string[]>();
      for (const [syntax, file] of largestOfEachSyntax()) {
        const object = await storeMade(rig, patchDataset(file, freshUids()));
        if (object.outcome !== 'stored') continue;
        const { row } = await storedInstance(rig, object);
        if (row.number_of_frames === 0) continue;
        const before = await decoded(row).catch(() => null);
        const outcome = await replaceInstance(rig.ctx, { ...row, modality: null }, 'p', never);
        const key = outcome === 'replaced' ? outcome : ((await decision(row.id))?.reason ?? outcome);
        outcomes.set(key, [...(outcomes.get(key) ?? []), syntax]);
        if (outcome !== 'replaced') continue;
        const after = await decoded((await storedInstance(rig, object)).row);
        expect(before?.equals(after), syntax).toBe(true);
      }
      expect(outcomes.get('replaced')?.length).toBeGreaterThan(3);
      expect(outcomes.get('not-equal'), 'these were coded wrongly').toBeUndefined();
      expect(outcomes.get('lossy-original')).toContain('1.2.840.10008.1.2.4.50');
    },
    120_000,
  );

  /** Every frame as octets. */
  async function decoded(row: Awaited<ReturnType<typeof storedInstance>>['row']): Promise<Buffer> {
    const source = await openFrameSource(rig.ctx, row);
    const frames: Uint8Array[] = [];
    for (let frame = 1; frame <= source.numberOfFrames; frame += 1)
      frames.push((await rig.ctx.codec.decodeToRaw(await source.read(frame))).bytes);
    return Buffer.concat(frames);
  }
});

function item(parent: Dataset): Dataset {
  const item = createDataset(parent);
  setValue(item, '00081155', '1.2.3');
  return item;
}

const freshUids = () => ({
  SOPInstanceUID: newUid(),
  StudyInstanceUID: newUid(),
  SeriesInstanceUID: newUid(),
});

function largestOfEachSyntax(): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const path of corpusFiles()) {
    const bytes = corpusFile(path);
    if (bytes.length > 600_000) continue;
    try {
      const { dataset, transferSyntaxUid } = parseDicom(bytes);
      const known = found.get(transferSyntaxUid);
      if (getElement(dataset, '7FE00010') === undefined || getElement(dataset, '00080018') === undefined)
        continue;
      if (known === undefined || known.length < bytes.length) found.set(transferSyntaxUid, bytes);
    } catch {
      // a broken file: other tests are about them
    }
  }
  return found;
}
