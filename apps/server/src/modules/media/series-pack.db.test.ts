// The pack of previews over HTTP, on a stack of real slices: what lies in it, in which order, and any part of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusAbsent, corpusFile, corpusFiles } from '../archive/testing/rig.ts';
import { getStudyMedia } from './get-study-media.ts';
import { middleOut, packMediaType } from './series-pack.ts';
import { type MediaRig, openMediaRig, prepareAll, store } from './testing/media-rig.ts';

const slices = 9;

describe('order of a pack', () => {
  it('starts in the middle and goes outwards', () => {
    expect(middleOut([0, 1, 2, 3, 4, 5])).toEqual([2, 3, 1, 4, 0, 5]);
    expect(middleOut([])).toEqual([]);
  });
});

describe.skipIf(corpusAbsent)('pack of a series (needs the corpus of real files)', () => {
  let rig: MediaRig;
  let url = '';
  let lengths: (readonly number[] | undefined)[] = [];

  beforeAll(async () => {
    rig = await openMediaRig();
    const files = corpusFiles().filter((one) => one.includes('ct-series-philips-head-1mm'));
    for (const path of files.slice(0, slices)) await store(rig, corpusFile(path));
    await prepareAll(rig);
    const study = await rig.ctx.db
      .selectFrom('study')
      .select(['id', 'study_instance_uid'])
      .executeTakeFirstOrThrow();
    const [series] = (await getStudyMedia(rig.ctx.db, study.id)).series;
    lengths = series?.frames.map((frame) => frame.lengths) ?? [];
    url = `/dicom-web/studies/${study.study_instance_uid}/series/${series?.seriesInstanceUid}/pack`;
  }, 200_000);
  afterAll(async () => {
    await rig?.close();
  });

  it('holds the prefix of every frame that its index names', async () => {
    const answer = await rig.get(`${url}?level=2`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(packMediaType);
    const records = readRecords(answer.rawPayload);
    expect(records.map(({ index }) => index)).toEqual([4, 5, 3, 6, 2, 7, 1, 8, 0]);
    for (const { index, bytes } of records) expect(bytes.length).toBe(lengths[index]?.at(-3));
    const first = records[0]?.bytes ?? new Uint8Array();
    expect(first.subarray(0, 2)).toEqual(Buffer.from([0xff, 0x4f]));
  });

  it('gives any part of itself, so that a broken transfer goes on where it stopped', async () => {
    const whole = await rig.get(`${url}?level=3`);
    const etag = String(whole.headers.etag);
    for (const [start, end] of [
      [0, 0],
      [3, 5000],
      [5001, whole.rawPayload.length - 1],
    ]) {
      const part = await rig.get(`${url}?level=3`, { range: `bytes=${start}-${end}`, 'if-range': etag });
      expect(part.statusCode).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes ${start}-${end}/${whole.rawPayload.length}`);
      expect(part.rawPayload.equals(whole.rawPayload.subarray(start, (end ?? 0) + 1))).toBe(true);
    }
    expect((await rig.get(`${url}?level=3`, { 'if-none-match': etag })).statusCode).toBe(304);
    const other = await rig.get(`${url}?level=3`, { range: 'bytes=9-', 'if-range': '"another"' });
    expect(other.statusCode).toBe(200);
    expect((await rig.get(`${url}?level=2`)).headers.etag).not.toBe(etag);
  });

  it('is refused without a session, and is absent for a series that is not there', async () => {
    expect((await rig.app.inject({ method: 'GET', url })).statusCode).toBe(401);
    expect((await rig.get(url.replace(/series\/[^/]+/, 'series/1.2.3'))).statusCode).toBe(404);
    expect((await rig.get(`${url}?level=99`)).statusCode).toBe(400);
  });
});

function readRecords(bytes: Buffer): { index: number; bytes: Buffer }[] {
  const records = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    records.push({ index: bytes.readUInt32BE(at), bytes: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return records;
}
