// Every screen of a fed demo at the sizes, in the languages and type sizes people use: nothing cut, nothing over
// another, nothing outside, no foreign words for patients. And the ways through the film that a phone has: the back
// gesture, a reload, a lost network.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage } from './harness/browser.ts';
import { layoutFaults } from './harness/layout.ts';
import { type Platform, startPlatform } from './harness/platform.ts';
import {
  examOf,
  type Look,
  lookName,
  type Place,
  provePatient,
  walkAdmin,
  walkDoctor,
  walkPatient,
} from './harness/screens.ts';

let dataDir: string;
let platform: Platform;
let place: Place;
let browser: Browser;
let cookies: Awaited<ReturnType<typeof provePatient>>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-screens-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  const { http, adminHttp } = platform.ready;
  const demo = await platform.demo;
  place = { http, adminHttp, demo, patient: demo.patients[0] ?? expect.fail('the demo has no patients') };
  browser = await openBrowser();
  cookies = await provePatient(browser, place);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const looks: Look[] = [
  { size: 'phone', language: 'zh-CN', type: 'normal' },
  { size: 'phone', language: 'zh-CN', type: 'large' },
  { size: 'phone', language: 'en', type: 'normal' },
  { size: 'tablet', language: 'zh-CN', type: 'large' },
  { size: 'desktop', language: 'zh-CN', type: 'normal' },
  { size: 'desktop', language: 'en', type: 'large' },
];

const doctorLooks: Look[] = [
  { size: 'phone', language: 'zh-CN', type: 'normal' },
  { size: 'tablet', language: 'zh-CN', type: 'normal' },
  { size: 'desktop', language: 'zh-CN', type: 'normal' },
  { size: 'desktop', language: 'en', type: 'normal' },
];

describe('the layout', () => {
  it('is looked at with open eyes: what is broken on purpose is found', async () => {
    const { page, context } = await openPage(browser, 'phone');
    await page.setContent(`<meta name="viewport" content="width=device-width"><body style="margin:0"><p style="width:60px;overflow:hidden;white-space:nowrap">cut without a word</p>
      <p style="width:60px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis" title="whole">completed by a title</p>
      <p style="margin-left:380px;white-space:nowrap">beyond the edge</p><h2>上面</h2><h2 style="margin-top:-46px">Submit</h2>`);
    const faults = await layoutFaults(page, 'zh-CN');
    await context.close();
    for (const wanted of [
      'cut: “cut without',
      'outside: “beyond',
      'over each other: “上面”',
      'Latin: Submit',
    ])
      expect(
        faults.some((fault) => fault.startsWith(wanted)),
        wanted,
      ).toBe(true);
    expect(faults.some((fault) => fault.startsWith('cut: “completed'))).toBe(false);
  });

  it.for(looks)('of the patient app is whole: $size, $language, $type', async (look) => {
    const faults: string[] = [];
    await walkPatient(browser, place, look, cookies, async (page, name) => {
      for (const fault of await layoutFaults(page, look.language)) faults.push(`${name}: ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  it.for(doctorLooks)(
    'of the doctor app and the log-in of the console is whole: $size, $language',
    { timeout: 120_000 },
    async (look) => {
      const faults: string[] = [];
      const visit = async (page: Page, name: string) => {
        for (const fault of await layoutFaults(page, null)) faults.push(`${name}: ${fault}`);
      };
      await walkDoctor(browser, place, look, visit);
      await walkAdmin(browser, place, look, visit, 'log-in');
      expect(faults, lookName(look)).toEqual([]);
    },
  );
});

describe('the way through the film', () => {
  let page: Page;
  let path: string;
  beforeAll(async () => {
    const opened = await openPage(browser, 'phone');
    await opened.context.addCookies(cookies);
    page = opened.page;
    path = `/exams/${(await examOf(place)).id}`;
  });
  const pathname = () => new URL(page.url()).pathname;
  const slice = () => page.locator('.stage-count').innerText();

  it('keeps keyboard and screen reader out of the film while the reading room lies over it', async () => {
    await page.goto(place.http + path);
    await page.locator('a[href*="/images/"]').first().click();
    await page.locator('.full-button').click();
    await page.locator('.reading').waitFor();
    await expect
      .poll(async () => (await marksOf(page))['full-current'] ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(0);
    expect(await page.locator('.room-film[inert] .full-button').count()).toBe(1);
    const reached = new Set<boolean>();
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate<boolean>(`document.activeElement.closest('.room-film') !== null`));
    }
    expect([...reached]).toEqual([false]);
  });

  it('goes back to the film at the slice that was read, and from there to the examination', async () => {
    await page.locator('.reading').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByText('72 / 140').first().waitFor();
    await page.goBack();
    await expect.poll(() => page.locator('.reading').count()).toBe(0);
    await expect.poll(slice).toContain('72 / 140');
    expect(pathname()).toMatch(/\/images\//);
    await page.goBack();
    await expect.poll(pathname).toBe(path);
    await page.getByText('头颅CT平扫未见明显异常').first().waitFor();
  });

  it('opens again where it was after a reload, in the film and in the reading room', async () => {
    await page.locator('a[href*="/images/"]').first().click();
    await page.locator('.full-button').waitFor();
    await page.reload();
    await expect
      .poll(async () => (await marksOf(page))['film-first'] ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(0);
    await page.locator('.full-button').click();
    await page.locator('.reading').waitFor();
    await page.reload();
    await expect
      .poll(async () => (await marksOf(page))['full-current'] ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(0);
    const deepLink = page.url();
    const fresh = await openPage(browser, 'phone');
    await fresh.context.addCookies(cookies);
    await fresh.page.goto(deepLink.replace(/\?.*/, ''));
    await fresh.page.locator('.room-bar button').click();
    await expect.poll(() => new URL(fresh.page.url()).pathname).toBe(path);
    await fresh.context.close();
  });

  it('says that the network is gone, and stops saying it', async () => {
    await page.goto(place.http + path);
    await page.getByText('头颅CT平扫未见明显异常').first().waitFor();
    await page.context().setOffline(true);
    await page.locator('.yy-line-problem').waitFor();
    expect(await layoutFaults(page, 'zh-CN')).toEqual([]);
    await page.context().setOffline(false);
    await expect.poll(() => page.locator('.yy-line-problem').count()).toBe(0);
  });
});
