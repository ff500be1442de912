// The OHIF viewer, on a page of another origin, with a token of its own: a doctor's viewer from elsewhere opens our study
// list, a CT and its pixels through DICOMweb. Skipped where OHIF cannot be fetched (offline, and not fetched before).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUid, patchDataset } from '@yunying/dicom';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../demo/cases.ts';
import { feedDemo } from '../demo/feed.ts';
import { objectsOf, studyInstanceUidOf } from '../demo/objects.ts';
import { ohifFolder } from '../scripts/setup/ohif.ts';
import { openBrowser, openPage } from './harness/browser.ts';
import { type ForeignSite, openForeignSite } from './harness/foreign-site.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';

const folder = ohifFolder();
const chosen = cases.filter(({ key }) => ['ct-head', 'us-abdomen'].includes(key));
const ct = chosen.find(({ key }) => key === 'ct-head');

/** What an administrator of OHIF would write: where our DICOMweb is, and the token in every request. */
function configOf(http: string, token: string): string {
  return `window.config = ({ servicesManager }) => ({
    showStudyList: true, investigationalUseDialog: { option: 'never' }, extensions: [], modes: [], maxNumberOfWebWorkers: 2, defaultDataSourceName: 'yunying',
    dataSources: [{
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'yunying',
      configuration: {
        friendlyName: '云影', name: 'yunying',
        wadoUriRoot: '${http}/wado', qidoRoot: '${http}/dicom-web', wadoRoot: '${http}/dicom-web',
        qidoSupportsIncludeField: true, supportsFuzzyMatching: true, supportsWildcard: true,
        imageRendering: 'wadors', thumbnailRendering: 'thumbnail', thumbnailRequestStrategy: 'fetch',
        enableStudyLazyLoad: true, singlepart: 'bulkdata,video,pdf', bulkDataURI: { enabled: true },
        omitQuotationForMultipartRequest: true,
        onConfiguration: (configuration) => {
          servicesManager.services.userAuthenticationService.setServiceImplementation({
            getAuthorizationHeader: () => ({ Authorization: 'Bearer ${token}' }),
          });
          return configuration;
        },
      },
    }],
  });`;
}

/** A modality that writes the characters where the alphabetic group belongs, as many in China do. */
async function storeWithoutAlphabetic(http: string, token: string): Promise<void> {
  const first = await objectsOf(ct ?? expect.fail('no such case')).next();
  const made = patchDataset(first.done === true ? expect.fail('no object') : first.value, {
    StudyDescription: '腰椎CT平扫',
    StudyInstanceUID: newUid(),
    SeriesInstanceUID: newUid(),
    SOPInstanceUID: newUid(),
    AccessionNumber: 'CT2026112099',
    PatientID: 'YY109999',
    PatientName: '欧阳^小明',
  });
  const answer = await fetch(`${http}/dicom-web/studies`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/dicom' },
    body: Buffer.from(made),
  });
  expect(answer.status).toBe(200);
}

describe.skipIf(folder === null)('OHIF (needs to be fetched from the npm registry once)', () => {
  let dataDir: string;
  let site: ForeignSite;
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  let trouble: string[];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'yunying-ohif-'));
    site = await openForeignSite(folder);
    platform = await startPlatform({ dataDir, env: { YUNYING_CORS_ORIGINS: site.origin } });
    const token = runYunying(dataDir, ['client', 'add', 'ohif']).trim();
    site.pages.set('/app-config.js', configOf(platform.ready.http, token));
    await feedDemo({ ...platform.ready, token }, () => {}, chosen);
    await storeWithoutAlphabetic(platform.ready.http, token);
    browser = await openBrowser();
    const opened = await openPage(browser, 'desktop');
    ({ page, trouble } = opened);
    await opened.context.addInitScript(`localStorage.setItem('shownTours', '["basicViewerTour"]')`);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    await site?.close();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('lists the studies with their Chinese names', async () => {
    await page.goto(site.origin);
    const row = page.getByRole('row', { name: '头颅CT平扫' });
    await row.waitFor({ timeout: 60_000 });
    expect(await row.innerText()).toMatch(/Wei, Guoqiang[\s\S]*2026-11-20[\s\S]*CT2026112001[\s\S]*140/);
    await page.getByRole('row', { name: '欧阳, 小明' }).waitFor();
  });

  it('opens the CT, shows its pixels and scrolls', async () => {
    await page.goto(`${site.origin}/viewer?StudyInstanceUIDs=${studyInstanceUidOf(ct ?? expect.fail())}`);
    const viewport = page.locator('canvas.cornerstone-canvas').first();
    await viewport.waitFor({ timeout: 60_000 });
    await expect.poll(() => greysIn(page), { timeout: 60_000 }).toBeGreaterThan(8);
    const first = await pictureIn(page);
    await viewport.hover();
    for (let notch = 0; notch < 40; notch++) await page.mouse.wheel(0, 100);
    await expect.poll(() => pictureIn(page), { timeout: 60_000 }).not.toBe(first);
    expect(trouble).toEqual([]);
  });
});

/** The first viewport, small: how many greys it has, and what it shows. */
const shrink = `(() => {
  const small = new OffscreenCanvas(64, 64).getContext('2d');
  const shown = document.querySelector('canvas.cornerstone-canvas');
  if (shown !== null && shown.width > 0) small.drawImage(shown, 0, 0, 64, 64);
  return small.getImageData(0, 0, 64, 64).data.filter((_, at) => at % 4 === 0);
})()`;
const greysIn = (page: Page) => page.evaluate<number>(`new Set(${shrink}).size`);
const pictureIn = (page: Page) => page.evaluate<string>(`${shrink}.join()`);
