// The npm dicomweb-client, which OHIF and others build on, in Chromium on a page of another origin, against our DICOMweb
// with a bearer token: every function that a viewer uses.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getString, newUid, parseDicom, patchDataset } from '@yunying/dicom';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../demo/cases.ts';
import { feedDemo } from '../demo/feed.ts';
import { objectsOf, splitPart10, studyInstanceUidOf } from '../demo/objects.ts';
import { repositoryRoot } from '../scripts/setup/root.ts';
import { openBrowser, openPage } from './harness/browser.ts';
import { type ForeignSite, openForeignSite } from './harness/foreign-site.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';

const script = readFileSync(
  join(repositoryRoot, 'node_modules/dicomweb-client/build/dicomweb-client.js'),
  'utf8',
);
const inPage = readFileSync(join(repositoryRoot, 'test/harness/dicomweb-in-page.js'), 'utf8');

type Attribute = { vr: string; Value?: unknown[]; BulkDataURI?: string };
type Json = Record<string, Attribute>;
type Binary = { base64: string };
type Outcome<T> = { answer: T; status?: undefined } | { answer?: undefined; status: number | null };

const chosen = cases.filter(({ key }) => ['us-heart', 'ct-head', 'xa-coronary'].includes(key));
const [ct, us, xa] = ['ct-head', 'us-heart', 'xa-coronary'].map((key) =>
  chosen.find((one) => one.key === key),
);
let dataDir: string;
let site: ForeignSite;
let platform: Platform;
let browser: Browser;
let page: Page;
let token: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-dicomweb-'));
  site = await openForeignSite(null);
  site.pages.set('/', `<!doctype html><script>${script}</script><script>${inPage}</script>`);
  platform = await startPlatform({ dataDir, env: { YUNYING_CORS_ORIGINS: site.origin } });
  token = runYunying(dataDir, ['client', 'add', 'viewer']).trim();
  await feedDemo({ ...platform.ready, token }, () => {}, chosen);
  browser = await openBrowser();
  ({ page } = await openPage(browser, 'desktop'));
  await page.goto(site.origin);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await site?.close();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function ask<T>(name: string, options: object, more: object = {}): Promise<Outcome<T>> {
  const call = {
    url: `${platform.ready.http}/dicom-web`,
    headers: { Authorization: `Bearer ${token}` },
    name,
    options,
    ...more,
  };
  return page.evaluate<Outcome<T>>(`callDicomWeb(${JSON.stringify(call)})`);
}
async function call<T>(name: string, options: object, more: object = {}): Promise<T> {
  const outcome = await ask<T>(name, options, more);
  if (outcome.answer === undefined) throw new Error(`${name} failed: ${JSON.stringify(outcome)}`);
  return outcome.answer;
}
const text = (item: Json | undefined, tag: string) => String(item?.[tag]?.Value?.[0] ?? '');
const bytesOf = ({ base64 }: Binary): Buffer => Buffer.from(base64, 'base64');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** An object of the case as it was sent, and the names it has in an address. */
async function objectOf(demoCase: (typeof cases)[number] | undefined, index = 0) {
  const sent: Uint8Array[] = [];
  for await (const file of objectsOf(demoCase ?? expect.fail('no such case'))) sent.push(file);
  const file = sent[index] ?? expect.fail('no such object');
  const { dataset } = parseDicom(file);
  const uids = {
    studyInstanceUID: getString(dataset, 'StudyInstanceUID') ?? '',
    seriesInstanceUID: getString(dataset, 'SeriesInstanceUID') ?? '',
    sopInstanceUID: getString(dataset, 'SOPInstanceUID') ?? '',
  };
  return { file, uids, count: sent.length };
}

describe('dicomweb-client on a page of another origin', () => {
  it('finds studies by Chinese name and by date, and their series and instances', async () => {
    const studies = await call<Json[]>('searchForStudies', {
      queryParams: { PatientName: '*韦*', StudyDate: '20261101-20261130', includefield: 'all' },
    });
    const study = studies.find((one) => text(one, '0020000D') === studyInstanceUidOf(ct ?? expect.fail()));
    expect(text(study, '00080050')).toBe('CT2026112001');
    expect(text(study, '00081030')).toBe('头颅CT平扫');
    expect(JSON.stringify(study?.['00100010'])).toMatch(/[\u4e00-\u9fff]/);
    const { uids, count } = await objectOf(ct);
    const series = await call<Json[]>('searchForSeries', uids);
    expect(series.map((one) => text(one, '00080060'))).toEqual(['CT']);
    const { studyInstanceUID, seriesInstanceUID } = uids;
    const instances = await call<Json[]>('searchForInstances', { studyInstanceUID, seriesInstanceUID });
    expect(instances).toHaveLength(Math.min(100, count));
  });

  it('gets an empty list where nothing matches', async () => {
    expect(await call('searchForStudies', { queryParams: { PatientID: 'NOBODY' } })).toEqual([]);
  });

  it('reads the metadata of a study, a series and an instance', async () => {
    const { uids, count } = await objectOf(ct);
    const all = await call<Json[]>('retrieveSeriesMetadata', uids);
    expect(all).toHaveLength(count);
    expect(text(all[0], '00280010')).toBe('512');
    const study = await objectOf(us);
    expect(await call<Json[]>('retrieveStudyMetadata', study.uids)).toHaveLength(study.count);
    const [one] = await call<Json[]>('retrieveInstanceMetadata', uids);
    expect(text(one, '00080018')).toBe(uids.sopInstanceUID);
  });

  it('retrieves an instance, a series and a study byte for byte', async () => {
    const { file, uids, count } = await objectOf(us);
    const one = bytesOf(await call<Binary>('retrieveInstance', uids));
    expect(sha256(splitPart10(one).dataset)).toBe(sha256(splitPart10(file).dataset));
    for (const name of ['retrieveSeries', 'retrieveStudy']) {
      const all = await call<Binary[]>(name, uids);
      expect(all.length).toBe(count);
      expect(all.map((part) => sha256(splitPart10(bytesOf(part)).dataset))).toContain(
        sha256(splitPart10(file).dataset),
      );
    }
  });

  it('retrieves frames decoded, and as they are stored', async () => {
    const { uids } = await objectOf(ct);
    const [pixels] = await call<Binary[]>('retrieveInstanceFrames', { ...uids, frameNumbers: [1] });
    expect(bytesOf(pixels ?? expect.fail())).toHaveLength(512 * 512 * 2);
    const cine = await objectOf(us);
    const frames = await call<Binary[]>('retrieveInstanceFrames', { ...cine.uids, frameNumbers: [1, 2, 3] });
    expect(frames).toHaveLength(3);
    for (const [demoCase, mediaType] of [
      [xa, 'image/jpeg'],
      [us, 'image/x-dicom-rle'],
    ] as const) {
      const { uids, file } = await objectOf(demoCase);
      const mediaTypes = [{ mediaType, transferSyntaxUID: splitPart10(file).transferSyntaxUid }];
      const asked = { ...uids, frameNumbers: [2], mediaTypes };
      const [stored] = await call<Binary[]>('retrieveInstanceFrames', asked);
      const head = bytesOf(stored ?? expect.fail())
        .subarray(0, 2)
        .toString('hex');
      expect(head).toBe(mediaType === 'image/jpeg' ? 'ffd8' : '0100');
    }
  });

  it('retrieves bulk data by the address that the metadata gives', async () => {
    const { uids } = await objectOf(ct);
    const [one] = await call<Json[]>('retrieveInstanceMetadata', uids);
    const address = one?.['7FE00010']?.BulkDataURI ?? '';
    const [pixels] = await call<Binary[]>('retrieveBulkData', {
      BulkDataURI: new URL(address, `${platform.ready.http}/dicom-web/`).href,
    });
    expect(bytesOf(pixels ?? expect.fail())).toHaveLength(512 * 512 * 2);
  });

  it('retrieves pictures of an instance and of a frame, and their thumbnails', async () => {
    const { uids } = await objectOf(ct);
    const asked = { ...uids, mediaTypes: [{ mediaType: 'image/png' }], queryParams: { viewport: '256,256' } };
    const [picture] = await call<Binary[]>('retrieveInstanceRendered', asked);
    expect(
      bytesOf(picture ?? expect.fail())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    const jpeg = [{ mediaType: 'image/jpeg' }];
    for (const name of ['retrieveInstanceFramesRendered', 'retrieveInstanceFramesThumbnail']) {
      const [frame] = await call<Binary[]>(name, { ...uids, frameNumbers: [1], mediaTypes: jpeg });
      expect(bytesOf(frame ?? expect.fail()).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    }
  });

  it('stores instances and finds them again', async () => {
    const { file } = await objectOf(ct);
    const study = newUid();
    const made = [1, 2].map(() =>
      patchDataset(file, {
        StudyInstanceUID: study,
        SeriesInstanceUID: `${study}.1`,
        SOPInstanceUID: newUid(),
      }),
    );
    const datasets = made.map((bytes) => Buffer.from(bytes).toString('base64'));
    await call('storeInstances', { studyInstanceUID: study }, { datasets });
    const instances = await call<Json[]>('searchForInstances', { studyInstanceUID: study });
    expect(instances).toHaveLength(2);
  });

  it('is refused without a token, and gets 404 for what is not there', async () => {
    expect(await ask('searchForStudies', {}, { headers: {} })).toMatchObject({ status: 401 });
    const nowhere = { studyInstanceUID: '1.2.3.404' };
    expect(await ask('retrieveStudyMetadata', nowhere)).toMatchObject({ status: 404 });
  });

  it('gets nothing on an origin that is not listed', async () => {
    const stranger = await openForeignSite(null);
    stranger.pages.set('/', site.pages.get('/') ?? '');
    const { page: other, context } = await openPage(browser, 'desktop');
    await other.goto(stranger.origin);
    const asked = {
      url: `${platform.ready.http}/dicom-web`,
      headers: { Authorization: `Bearer ${token}` },
      name: 'searchForStudies',
      options: {},
    };
    const outcome = await other.evaluate<Outcome<Json[]>>(`callDicomWeb(${JSON.stringify(asked)})`);
    expect(outcome.answer).toBeUndefined();
    await context.close();
    await stranger.close();
  });
});
