// ECGs in the running platform: SCP-ECG and HL7 aECG come in by STOW-RS, the doctor sees calibrated paper, measures an
// interval, changes speed, enlarges a lead; the same on a phone.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../scripts/setup/root.ts';
import { openBrowser, openPage } from './harness/browser.ts';
import { type DemoLine, type Platform, startPlatform } from './harness/platform.ts';

const corpus = process.env.YUNYING_CORPUS ?? join(repositoryRoot, '../shared/corpus');
const scp = join(corpus, 'ecg-other/scp/Example.scp');
const aecg = join(corpus, 'ecg-other/aecg/hl7aecg_example.xml');

describe('ECGs of other formats', () => {
  let platform: Platform;
  let demo: DemoLine;
  let browser: Browser;

  beforeAll(async () => {
    platform = await startPlatform({ dataDir: mkdtempSync(join(tmpdir(), 'ecg-')), program: 'fed-demo' });
    [demo, browser] = await Promise.all([platform.demo, openBrowser()]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  async function store(path: string, type: string): Promise<{ status: number; study: string }> {
    const response = await fetch(`${platform.ready.http}/dicom-web/studies`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${demo.token}`,
        'content-type': type,
        accept: 'application/dicom+json',
      },
      body: readFileSync(path),
    });
    const text = await response.text();
    return { status: response.status, study: /studies\/([0-9.]+)\/series/.exec(text)?.[1] ?? '' };
  }

  async function openRoom(page: Page, study: string): Promise<void> {
    await page.goto(`${platform.ready.http}/doctor/`);
    await page.locator('input:not([type=password])').first().fill(demo.doctor.user);
    await page.locator('input[type=password]').fill(demo.doctor.password);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.includes('log-in'));
    await page.locator('input[type=password]').waitFor({ state: 'detached' });
    await page.goto(`${platform.ready.http}/doctor/view/${study}`);
    await page.locator('.yv-ecg[data-state="shown"]').waitFor();
  }

  it('come in as objects, once', async () => {
    const first = await store(scp, 'application/scp-ecg');
    expect(first.status).toBe(200);
    expect(first.study).toMatch(/^2\.25\./);
    expect(await store(scp, 'application/scp-ecg')).toEqual(first);
    expect((await store(aecg, 'application/aecg+xml')).status).toBe(200);
    expect((await store(aecg, 'application/scp-ecg')).status).toBe(200); // known by its bytes
    expect((await store(join(repositoryRoot, 'package.json'), 'application/scp-ecg')).status).toBe(409);
  });

  it('are read on calibrated paper at a desk', async () => {
    const { study } = await store(scp, 'application/scp-ecg');
    const { page, trouble, context } = await openPage(browser, 'desktop');
    await openRoom(page, study);
    const foot = page.locator('.yv-ecg-foot');
    await expect.poll(() => foot.textContent()).toContain('25 mm/s');
    await page.getByLabel('排列', { exact: true }).selectOption('12x1');
    await page.getByLabel('显示', { exact: true }).selectOption('real');
    await page.getByLabel('走纸', { exact: true }).selectOption('50');
    await page.getByLabel('低通', { exact: true }).selectOption('35');
    await expect.poll(() => foot.textContent()).toMatch(/50 mm\/s.*≤ 35 Hz（?.*零相位.*屏幕未校准/);
    await page.getByRole('button', { name: '卡尺', exact: true }).click();
    const box = await page.locator('.yv-ecg-scroll').boundingBox();
    if (box === null) throw new Error('no paper');
    await page.mouse.move(box.x + 200, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + 389, box.y + 80, { steps: 5 }); // 50 mm at 96 dots an inch: one second
    await page.mouse.up();
    await page.getByRole('button', { name: '清除卡尺' }).waitFor();
    await page.getByRole('button', { name: '卡尺', exact: true }).click();
    await page.mouse.dblclick(box.x + 300, box.y + 200);
    await page.getByRole('button', { name: '返回全部导联' }).click();
    await page.getByLabel('排列', { exact: true }).selectOption('median');
    await expect.poll(() => page.locator('.yv-ecg-facts').textContent()).toContain('个心搏对齐');
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('print at true scale: an A4 page across, in millimetres', async () => {
    const { study } = await store(scp, 'application/scp-ecg');
    const { page, context } = await openPage(browser, 'desktop');
    await page.addInitScript('window.print = () => {}');
    await openRoom(page, study);
    await page.getByRole('button', { name: '按实际尺寸打印' }).click();
    const sheet = page.frameLocator('iframe').locator('svg').first();
    await sheet.waitFor({ state: 'attached' });
    expect(await sheet.getAttribute('width')).toBe('297mm');
    await context.close();
  });

  it('are read on a phone', async () => {
    const { study } = await store(aecg, 'application/aecg+xml');
    const { page, trouble, context } = await openPage(browser, 'phone');
    await openRoom(page, study);
    await expect.poll(() => page.locator('.yv-ecg-facts').textContent()).toContain('PR 间期 192\u2009ms');
    expect(trouble).toEqual([]);
    await context.close();
  });
});
