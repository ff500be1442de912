// Reconstruction in the browser, on the demo's own series: planes and solid come, the cross and the slab change the
// pictures, the scalpel cuts and gives back, a path makes a curved sheet, PET is not
// laid on a CT of another frame of reference, and leaving gives the reading room back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage, type sizes } from './harness/browser.ts';
import { type DemoLine, type Platform, startPlatform } from './harness/platform.ts';

let dataDir: string;
let platform: Platform;
let demo: DemoLine;
let browser: Browser;
let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-volume-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  demo = await platform.demo;
  browser = await openBrowser();
  const { page, context } = await openPage(browser, 'desktop');
  await page.goto(`${platform.ready.http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(demo.doctor.user);
  await page.locator('input[type=password]').fill(demo.doctor.password);
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.keyboard.press('Enter');
  await answered;
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  cookies = await context.cookies();
  await context.close();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function openReading(name: string, size: keyof typeof sizes) {
  const { http } = platform.ready;
  const headers = { authorization: `Bearer ${demo.token}` };
  const list = await (await fetch(`${http}/api/exams?limit=80`, { headers })).json();
  const { items } = list as { items: { itemName: string; studyInstanceUids: string[] }[] };
  const study = items.find(({ itemName }) => itemName.includes(name))?.studyInstanceUids[0];
  if (study === undefined) throw new Error(`the demo has no ${name}`);
  const opened = await openPage(browser, size);
  await opened.context.addCookies(cookies);
  await opened.page.goto(`${http}/doctor/view/${study}`);
  await untilMark(opened.page, 'full-current');
  return opened;
}

async function untilMark(page: Page, name: string): Promise<void> {
  await expect.poll(async () => (await marksOf(page))[name] ?? 0, { timeout: 90_000 }).toBeGreaterThan(0);
}

const openVolume = (page: Page) => page.getByRole('button', { name: '三维重建' }).click();
const volume = (page: Page) => page.locator('.yv-volume');
const plane = (page: Page, name: string) => page.locator(`.yv-plane[data-plane=${name}]`);

/** A number that changes when the picture does. */
const printOf = (page: Page, selector: string) =>
  page.locator(`${selector} canvas`).evaluate((canvas) => {
    const picture = canvas as unknown as { toDataURL(kind: string): string };
    const text = picture.toDataURL('image/png');
    let sum = 0;
    for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) | 0;
    return sum;
  });

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not on screen`);
  return box;
}

describe('reconstruction on a desk', () => {
  it('cuts three planes and a solid out of 140 slices of CT, and gives the room back', {
    timeout: 240_000,
  }, async () => {
    const { page, context, trouble } = await openReading('头颅CT', 'desktop');
    await openVolume(page);
    await untilMark(page, 'mpr-first');
    await untilMark(page, 'mpr-complete');
    await page.locator('.yv-solid-stage[data-drawn=sharp]').waitFor({ timeout: 60_000 });
    expect(await page.locator('.yv-plane .yv-badge:visible').count()).toBe(0);

    const before = await printOf(page, '.yv-plane[data-plane=coronal]');
    const axial = await boxOf(page, '.yv-plane[data-plane=axial]');
    const [x, y] = [axial.x + axial.width / 2, axial.y + axial.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 30, y + 40, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => printOf(page, '.yv-plane[data-plane=coronal]')).not.toBe(before);

    await volume(page).getByRole('button', { name: '厚层' }).click();
    await page.getByText('最大密度').click();
    await plane(page, 'axial').getByText('MIP 10').waitFor();

    await volume(page).getByRole('button', { name: '长度', exact: true }).click();
    await page.mouse.move(x - 60, y);
    await page.mouse.down();
    await page.mouse.move(x + 60, y, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(() => plane(page, 'axial').locator('.yv-value').textContent())
      .toMatch(/^\d+\.\d\u2009mm$/);

    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.yv-volume').count()).toBe(0);
    expect(await page.locator('.yv-tools').getByRole('button', { name: '三维重建' }).isEnabled()).toBe(true);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('cuts with the scalpel, takes it back, and unrolls a drawn path, in 160 slices of MR', {
    timeout: 240_000,
  }, async () => {
    const { page, context, trouble } = await openReading('头颅MR', 'desktop');
    await openVolume(page);
    await untilMark(page, 'mpr-complete');
    await page.locator('.yv-solid-stage[data-drawn=sharp]').waitFor({ timeout: 60_000 });
    const whole = await printOf(page, '.yv-solid-stage');
    await volume(page).getByRole('button', { name: '切割', exact: true }).click();
    const solid = await boxOf(page, '.yv-solid-stage');
    const at = (u: number, v: number) => [solid.x + solid.width * u, solid.y + solid.height * v] as const;
    await page.mouse.move(...at(0.5, 0.1));
    await page.mouse.down();
    for (const [u, v] of [
      [0.9, 0.1],
      [0.9, 0.9],
      [0.5, 0.9],
    ] as const)
      await page.mouse.move(...at(u, v), { steps: 6 });
    await page.mouse.up();
    await page.getByText('去除框内').click();
    await expect.poll(() => printOf(page, '.yv-solid-stage'), { timeout: 30_000 }).not.toBe(whole);
    await volume(page).getByText('撤销切割').click();

    await volume(page).getByRole('button', { name: '曲面路径' }).click();
    const axial = await boxOf(page, '.yv-plane[data-plane=axial]');
    for (const [u, v] of [
      [0.35, 0.6],
      [0.5, 0.3],
      [0.65, 0.6],
    ] as const) {
      await page.mouse.click(axial.x + axial.width * u, axial.y + axial.height * v);
      await page.waitForTimeout(400);
    }
    await page.getByText('完成', { exact: true }).click();
    await page.locator('.yv-curve-canvas').waitFor();
    await page
      .locator('.yv-curve')
      .getByText(/\d+\u2009mm/)
      .waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('does not lay PET on a CT of another frame of reference, and says so', {
    timeout: 240_000,
  }, async () => {
    const { page, context, trouble } = await openReading('PET/CT', 'desktop');
    await openVolume(page);
    await untilMark(page, 'mpr-complete');
    await volume(page).getByRole('button', { name: '融合', exact: true }).click();
    await volume(page).getByText('PET 与 CT 的坐标系不同，不能融合').waitFor({ timeout: 60_000 });
    expect(await page.locator('[data-panel=fusion]').count()).toBe(0);
    expect(trouble).toEqual([]);
    await context.close();
  });
});

describe('reconstruction on a phone', () => {
  it('shows one view at a time under the thumb', { timeout: 240_000 }, async () => {
    const { page, context, trouble } = await openReading('头颅MR', 'phone');
    await page.getByText('更多', { exact: true }).click();
    await page.getByText('三维重建', { exact: true }).click();
    await untilMark(page, 'mpr-complete');
    expect(await page.locator('.yv-volume-grid > .yv-pane:visible').count()).toBe(1);
    await page.locator('.yv-volume-planes').getByRole('button', { name: '矢状' }).click();
    await plane(page, 'sagittal').waitFor();
    await page.locator('.yv-volume-planes').getByRole('button', { name: '三维' }).click();
    await page.locator('.yv-solid-stage[data-drawn=sharp]').waitFor({ timeout: 60_000 });
    expect(trouble).toEqual([]);
    await context.close();
  });
});
