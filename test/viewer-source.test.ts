// The reading room on a bad day: previews of a CT in one stream, a damaged frame, a line that goes and comes back, no
// graphics, graphics that get lost, and series opened again and again. A real platform, a real browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage } from './harness/browser.ts';
import { type Platform, startPlatform } from './harness/platform.ts';

const waitMs = 60_000;
const ct = '头颅CT平扫';

let dataDir: string;
let platform: Platform;
let browser: Browser;
let address: string;
/** The frame after the one that is opened. */
let damaged: string;
let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-viewer-source-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  browser = await openBrowser();
  const demo = await platform.demo;
  const { http } = platform.ready;
  const headers = { authorization: `Bearer ${demo.token}` };
  const list: unknown = await (await fetch(`${http}/api/exams?limit=50`, { headers })).json();
  const { items } = list as { items: { itemName: string; studyInstanceUids: string[] }[] };
  const study = items.find(({ itemName }) => itemName === ct)?.studyInstanceUids[0];
  const manifest = await fetch(`${http}/api/studies/${study}/manifest`, { headers });
  const { series } = (await manifest.json()) as { series: { frames: { sopInstanceUid: string }[] }[] };
  const frames = [...series].sort((a, b) => b.frames.length - a.frames.length)[0]?.frames ?? [];
  damaged = frames[Math.floor((frames.length - 1) / 2) + 1]?.sopInstanceUid ?? '';
  address = `${http}/doctor/view/${study}`;
  const { page, context } = await openPage(browser, 'desktop');
  await page.goto(`${http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(demo.doctor.user);
  await page.locator('input[type=password]').fill(demo.doctor.password);
  await page.keyboard.press('Enter');
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  cookies = await context.cookies();
  await context.close();
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function openRoom(before: (page: Page) => Promise<unknown> = async () => undefined) {
  const opened = await openPage(browser, 'desktop');
  await opened.context.addCookies(cookies);
  opened.page.setDefaultTimeout(waitMs);
  const requests: Request[] = [];
  opened.page.on('request', (request) => requests.push(request));
  await before(opened.page);
  await opened.page.goto(address);
  return { ...opened, requests };
}

async function untilMark(page: Page, name: string): Promise<number> {
  for (const until = Date.now() + waitMs; Date.now() < until; ) {
    const at = (await marksOf(page))[name];
    if (at !== undefined) return at;
    await page.waitForTimeout(100);
  }
  throw new Error(`no mark ${name}`);
}

/** What was drawn last. */
const lastFrame = (page: Page) =>
  page.evaluate<{ index: number; quality: string }>(
    `performance.getEntriesByName('frame').filter((one) => one.detail?.quality).at(-1)?.detail ?? { index: -1, quality: '' }`,
  );

async function untilDrawn(page: Page, index: number, quality: string): Promise<void> {
  const wanted = { index, quality };
  await expect.poll(() => lastFrame(page), { timeout: waitMs }).toEqual(wanted);
}

/** Brightness steps between the darkest and the brightest point of the picture. */
const contrast = (page: Page) =>
  page.evaluate<number>(`(() => {
    const source = document.querySelector('.yv-stage canvas');
    const small = document.createElement('canvas'); small.width = small.height = 64;
    const g = small.getContext('2d'); g.drawImage(source, 0, 0, 64, 64);
    const grey = [...g.getImageData(0, 0, 64, 64).data].filter((_, at) => at % 4 === 0);
    return Math.max(...grey) - Math.min(...grey); })()`);

const framePath = /\/frames\/1$/;
const isFrame = (request: Request) => framePath.test(new URL(request.url()).pathname);

describe('the frames of the reading room', () => {
  it('shows a film picture, then real pixels, and brings all previews by one request', async () => {
    const { page, context, requests, trouble } = await openRoom();
    const film = await untilMark(page, 'film-first');
    const real = await untilMark(page, 'real-first');
    expect(film).toBeLessThan(real);
    await untilMark(page, 'previews-all');
    const packs = requests.filter((request) => request.url().includes('/pack?level='));
    expect(packs).toHaveLength(1);
    const prefixes = requests.filter((one) => isFrame(one) && one.headers().range?.startsWith('bytes=0-'));
    expect(prefixes.length).toBeLessThanOrEqual(1);
    expect(trouble).toEqual([]);
    await context.close();
  }, 120_000);

  it('says that a damaged frame is not the original, and shows the others', async () => {
    const { page, context } = await openRoom(async (page) => {
      await page.route(`**/${damaged}/frames/1`, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: Buffer.alloc((await answer.body()).length, 0xff) });
      });
    });
    await untilMark(page, 'full-current');
    const { index } = await lastFrame(page);
    await untilMark(page, 'previews-all');
    await page.keyboard.press('ArrowDown');
    await untilDrawn(page, index + 1, 'film');
    await page.keyboard.press('ArrowDown');
    await untilDrawn(page, index + 2, 'full');
    await context.close();
  }, 120_000);

  it('waits for a line that is gone, and goes on when it is back', async () => {
    const { page, context } = await openRoom(async (page) => {
      for (const path of [framePath, /\/pack\?/])
        await page.route(path, (route) => route.abort('internetdisconnected'));
    });
    await page.locator('.yv-room[data-line=away]').waitFor();
    expect((await marksOf(page))['real-first']).toBeUndefined();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await untilMark(page, 'full-current');
    await page.locator('.yv-room[data-line=here]').waitFor();
    await untilMark(page, 'previews-all');
    await context.close();
  }, 120_000);
});

describe('a device without reliable graphics', () => {
  it('is drawn for by the CPU, and told so, when it has no WebGL', async () => {
    const { page, context } = await openRoom((page) =>
      page.addInitScript(`for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
        const before = kind.prototype.getContext;
        kind.prototype.getContext = function (name, ...rest) {
          return String(name).startsWith('webgl') ? null : before.call(this, name, ...rest);
        };
      }`),
    );
    await untilMark(page, 'full-current');
    await page.locator('.yv-banner').waitFor();
    expect(await contrast(page)).toBeGreaterThan(60);
    await context.close();
  }, 120_000);

  it('keeps to the film picture where nothing can be decoded either, and is told that it cannot measure', async () => {
    const { page, context } = await openRoom((page) =>
      page.addInitScript(`delete globalThis.WebAssembly;
        for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
          const before = kind.prototype.getContext;
          kind.prototype.getContext = function (name, ...rest) {
            return String(name).startsWith('webgl') ? null : before.call(this, name, ...rest);
          };
        }`),
    );
    await page.locator('.yv-banner', { hasText: '不能测量' }).waitFor();
    await expect.poll(async () => (await lastFrame(page)).quality, { timeout: waitMs }).toBe('film');
    expect(await contrast(page)).toBeGreaterThan(60);
    await context.close();
  }, 120_000);

  it('has its graphics rebuilt when they are lost once, and is drawn for by the CPU after that', async () => {
    const { page, context } = await openRoom((page) =>
      page.addInitScript(`localStorage.setItem('yunying.graphics', 'gpu');
        window.graphics = [];
        for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
          const before = kind.prototype.getContext;
          kind.prototype.getContext = function (name, ...rest) {
            const made = before.call(this, name, ...rest);
            if (String(name).startsWith('webgl') && made && !window.graphics.includes(made)) window.graphics.push(made);
            return made;
          };
        }
        window.loseGraphics = () => {
          for (const one of window.graphics.splice(0)) one.getExtension('WEBGL_lose_context')?.loseContext();
        };`),
    );
    await untilMark(page, 'previews-all');
    await page.locator('.viewport-element').waitFor();
    const { index } = await lastFrame(page);
    await page.waitForTimeout(500);
    expect(await contrast(page)).toBeGreaterThan(60);
    await page.evaluate('loseGraphics()');
    await page.waitForTimeout(500);
    await page.keyboard.press('ArrowDown');
    await untilDrawn(page, index + 1, 'full');
    expect(await page.locator('.yv-banner').isVisible()).toBe(false);
    expect(await contrast(page)).toBeGreaterThan(60);
    await page.evaluate('loseGraphics()');
    await page.locator('.yv-banner').waitFor();
    await page.keyboard.press('ArrowDown');
    await untilDrawn(page, index + 2, 'full');
    expect(await contrast(page)).toBeGreaterThan(60);
    await context.close();
  }, 120_000);
});
