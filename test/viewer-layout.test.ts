// Layouts of the doctor's reading room on a fed demo: hanging by protocol, stacks that scroll together, the crosshair,
// the grid picker, changing places, the tag browser; at a desk and on an upright tablet.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage, type sizes } from './harness/browser.ts';
import { type DemoLine, type Platform, startPlatform } from './harness/platform.ts';

let dataDir: string;
let platform: Platform;
let place: { http: string; demo: DemoLine };
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-layout-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  place = { http: platform.ready.http, demo: await platform.demo };
  browser = await openBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

type ExamRow = { itemName: string; studyInstanceUids: string[] };

async function read(size: keyof typeof sizes, exam: string) {
  const opened = await openPage(browser, size);
  const { page } = opened;
  await page.goto(`${place.http}/doctor/`);
  await page.locator('input').first().fill(place.demo.doctor.user);
  await page.locator('input[type=password]').fill(place.demo.doctor.password);
  await page.locator('button[type=submit]').click();
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  const list = (await (await page.request.get(`${place.http}/api/exams?limit=200`)).json()) as {
    items: ExamRow[];
  };
  const row = list.items.find((one) => one.itemName.includes(exam)) ?? expect.fail(`no ${exam}`);
  await page.goto(`${place.http}/doctor/view/${row.studyInstanceUids[0]}?report=off`);
  await page.locator('.yv-grid').waitFor();
  await expect.poll(async () => (await marksOf(page))['full-current'], { timeout: 40_000 }).toBeDefined();
  return opened;
}

const slices = (page: Page): Promise<string[]> =>
  page
    .locator('.yv-pane .yv-br')
    .allTextContents()
    .then((texts) => texts.map((text) => /(\d+) \/ \d+/.exec(text)?.[0] ?? ''));
const names = (page: Page): Promise<string[]> => page.locator('.yv-pane .yv-tr').allTextContents();

describe('layouts at a desk', () => {
  it('hang PET/CT by its protocol, scroll both, mark a point, change places', async () => {
    const { page, context, trouble } = await read('desktop', 'PET/CT');
    await expect.poll(() => page.locator('.yv-grid').getAttribute('data-layout')).toBe('1x2');
    await expect.poll(() => slices(page)).toEqual(['5 / 10', '5 / 10']);
    expect((await names(page)).map((text) => text.includes('PT ·'))).toEqual([false, true]);

    await page.locator('.yv-stage').first().hover();
    await page.mouse.wheel(0, 100);
    await page.mouse.wheel(0, 100);
    // Two frames of reference, and stacks that run against each other: the relative place, turned round.
    await expect.poll(() => slices(page)).toEqual(['7 / 10', '4 / 10']);

    await page.keyboard.press('x');
    const box = (await page.locator('.yv-stage').first().boundingBox()) ?? expect.fail('no stage');
    await page.mouse.click(box.x + 300, box.y + 400);
    const mark = page.locator('.yv-pane').first().locator('.yv-crosshair');
    await expect.poll(() => mark.getAttribute('data-x').then(Number)).toBeCloseTo(300, 0);
    expect(Number(await mark.getAttribute('data-y'))).toBeCloseTo(400, 0);

    const grips = page.locator('.yv-pane-grip');
    await grips.first().dragTo(page.locator('.yv-pane').nth(1));
    await expect.poll(async () => (await names(page))[0]).toContain('PT ·');

    // All that stands in the room is in the address: a reload comes back to it, hung and linked.
    await page.keyboard.press('l');
    await expect.poll(() => new URL(page.url()).searchParams.get('desk')).toMatch(/^1x2\*length\*1\*sr/);
    const before = await slices(page);
    await page.reload();
    await expect.poll(() => page.locator('.yv-grid').getAttribute('data-layout')).toBe('1x2');
    await expect.poll(() => slices(page)).toEqual(before);
    expect((await names(page))[0]).toContain('PT ·');
    expect(await page.locator('.yv-stage').first().getAttribute('data-tool')).toBe('length');

    // The second window scrolls along, is known again after a reload, and closes with the first.
    await page.keyboard.press('s');
    const [second] = await Promise.all([
      context.waitForEvent('page'),
      page.locator('button[aria-label="第二屏"]').click(),
    ]);
    const known = () => page.locator('button[aria-label="第二屏"]').getAttribute('aria-pressed');
    await expect.poll(known).toBe('true');
    await second.reload();
    await expect.poll(() => slices(second)).toEqual([(await slices(page))[0]]);
    await expect.poll(known).toBe('true');
    await page.locator('.yv-stage').first().hover();
    await page.mouse.wheel(0, 100);
    await expect.poll(async () => (await slices(page))[0]).not.toBe(before[0]);
    await expect.poll(() => slices(second)).toEqual([(await slices(page))[0]]);
    await page.keyboard.press('Escape');
    await expect.poll(() => second.isClosed(), { timeout: 10_000 }).toBe(true);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('take any grid up to 4×4 from the picker, and list the tags of the shown object', async () => {
    const { page, context, trouble } = await read('desktop', '腹部彩色');
    await expect.poll(() => page.locator('.yv-grid').getAttribute('data-layout')).toBe('1x2');
    await page.locator('.yv-layout-tools button').first().click();
    await page.locator('.yv-grid-cell[title="3×4"]').click();
    await expect.poll(() => page.locator('.yv-pane').count()).toBe(12);
    // With the report beside it the tool row stays one line; what finds no room waits behind a button.
    await page.locator('.report-handle').first().click();
    await page.locator('.yv-more button').first().click();
    expect((await page.locator('.yv-tools').boundingBox())?.height).toBeLessThan(45);
    await page.keyboard.press('Escape');
    await page.locator('.report-handle').first().click();
    await page.locator('button[aria-label="DICOM 标签"]').click();
    await page.locator('.yv-tag-search').fill('00080060');
    await expect.poll(() => page.locator('.yv-tag').allTextContents()).toEqual(['(0008,0060)ModalityUS']);
    expect(trouble).toEqual([]);
    await context.close();
  });
});

describe('layouts on an upright tablet', () => {
  it('have room for two viewports and offer no more', async () => {
    const { page, context, trouble } = await read('tablet', 'PET/CT');
    await expect.poll(() => page.locator('.yv-grid').getAttribute('data-layout')).toBe('1x2');
    await page.locator('.yv-layout-tools button').first().click();
    expect(await page.locator('.yv-grid-cell:not([disabled])').count()).toBe(3);
    await page.locator('.yv-grid-cell[title="2×1"]').click();
    await expect.poll(() => page.locator('.yv-grid').getAttribute('data-layout')).toBe('2x1');
    await page.screenshot({ path: join(tmpdir(), 'viewer-layout-tablet.png') });
    expect(trouble).toEqual([]);
    await context.close();
  });
});
