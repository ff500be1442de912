// Drawing tools on a real head CT of the demo, by mouse and by touch: lengths true to the spacing of the pixels,
// statistics equal to those counted here from WADO frames, undo, and what outlives a reload.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage, type sizes } from './harness/browser.ts';
import { type Platform, startPlatform } from './harness/platform.ts';
import { examOf, type Place } from './harness/screens.ts';

type Spot = { x: number; y: number };
type Drawn = { kind: string; sopInstanceUid: string; frameNumber: number; points: Spot[] };
type Reader = {
  page: Page;
  size: keyof typeof sizes;
  box: { x: number; y: number; width: number; height: number };
};

let dataDir: string;
let platform: Platform;
let place: Place;
let study: string;
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-tools-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  const { http, adminHttp } = platform.ready;
  const demo = await platform.demo;
  const patient = demo.patients.find(({ examName }) => examName.includes('头颅CT'));
  place = { http, adminHttp, demo, patient: patient ?? expect.fail('the demo has no head CT') };
  study = (await examOf(place)).studyInstanceUid;
  browser = await openBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function openReader(size: keyof typeof sizes): Promise<Reader> {
  const { page } = await openPage(browser, size);
  const { user, password } = place.demo.doctor;
  await page.goto(`${place.http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(user);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText(place.patient.examName).first().waitFor();
  await page.goto(`${place.http}/doctor/view/${study}?report=off`);
  return { page, size, box: await stageOf(page) };
}

async function stageOf(page: Page) {
  const until = Date.now() + 60_000;
  while ((await marksOf(page))['full-current'] === undefined) {
    if (Date.now() > until) throw new Error('the frame never came in full quality');
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(500);
  return (await page.locator('.yv-stage').first().boundingBox()) ?? expect.fail('no viewport');
}

/** A stroke through places given as shares of the viewport, by finger or by mouse. */
async function drag({ page, size, box }: Reader, ...shares: [number, number][]): Promise<void> {
  const [first, ...rest] = shares.map(([x, y]) => ({ x: box.x + box.width * x, y: box.y + box.height * y }));
  if (first === undefined) return;
  if (size === 'desktop') {
    await page.mouse.move(first.x, first.y);
    await page.mouse.down();
    for (const spot of rest) await page.mouse.move(spot.x, spot.y, { steps: 4 });
    await page.mouse.up();
  } else {
    const touch = await page.context().newCDPSession(page);
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Spot[]) =>
      touch.send('Input.dispatchTouchEvent', { type, touchPoints });
    await send('touchStart', [first]);
    for (const spot of rest) await send('touchMove', [spot]);
    await send('touchEnd', []);
    await touch.detach();
  }
  await page.waitForTimeout(200);
}

async function pick({ page }: Reader, tool: string): Promise<void> {
  const tab = page.locator('.yv-tab').nth(1);
  if (await tab.isVisible()) {
    await tab.click();
    await page.locator('.yv-sheet .yv-choice', { hasText: tool }).first().click();
    return;
  }
  await page.locator('.yv-menu-root > .yv-button[aria-label="测量"]').click();
  await page.locator('.yv-menu:not([hidden]) .yv-choice', { hasText: tool }).first().click();
}

const textOf = ({ page }: Reader, kind: string) =>
  page.locator(`.yv-measure[data-kind="${kind}"] text`).allTextContents();

async function drawnIn({ page }: Reader): Promise<Drawn[]> {
  const kept = await page.evaluate<string>(
    `sessionStorage.getItem('yunying.drawn.${study}') ?? '{"items":[]}'`,
  );
  return (JSON.parse(kept) as { items: Drawn[] }).items;
}

async function wado(path: string, accept: string): Promise<ArrayBuffer> {
  const headers = { authorization: `Bearer ${place.demo.token}`, accept };
  const response = await fetch(`${place.http}/dicom-web/studies/${study}${path}`, { headers });
  expect(response.status).toBe(200);
  return response.arrayBuffer();
}

/** The object as JSON and the stored values of its frame. */
async function frameOf(sopInstanceUid: string) {
  type Item = Record<string, { Value?: (string | number)[] }>;
  const all = JSON.parse(Buffer.from(await wado('/metadata', 'application/dicom+json')).toString()) as Item[];
  const item =
    all.find((one) => one['00080018']?.Value?.[0] === sopInstanceUid) ?? expect.fail('no such object');
  const number = (tag: string, at = 0) => Number(item[tag]?.Value?.[at]);
  const series = String(item['0020000E']?.Value?.[0]);
  const raw = await wado(
    `/series/${series}/instances/${sopInstanceUid}/frames/1`,
    'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1',
  );
  const body = Buffer.from(raw);
  const start = body.indexOf('\r\n\r\n') + 4;
  const columns = number('00280011');
  const valueAt = (x: number, y: number) => {
    const at = start + (y * columns + x) * 2;
    const stored = number('00280103') === 1 ? body.readInt16LE(at) : body.readUInt16LE(at);
    return stored * number('00281053') + number('00281052');
  };
  return { valueAt, rowSpacing: number('00280030', 0), columnSpacing: number('00280030', 1) };
}

describe.each(['desktop', 'tablet', 'phone'] as const)('drawing at the size of a %s', (size) => {
  it('measures true, counts areas as WADO frames say, goes back and forth, and survives a reload', async () => {
    const reader = await openReader(size);
    await pick(reader, '长度');
    await drag(reader, [0.35, 0.4], [0.5, 0.42], [0.6, 0.45]);
    await pick(reader, '矩形');
    await drag(reader, [0.4, 0.52], [0.5, 0.55], [0.6, 0.6]);
    await pick(reader, '椭圆');
    await drag(reader, [0.3, 0.7], [0.5, 0.74], [0.6, 0.78]);
    await pick(reader, '角度');
    await drag(reader, [0.25, 0.3], [0.3, 0.34], [0.35, 0.35]);
    await drag(reader, [0.44, 0.3], [0.45, 0.3]);
    await pick(reader, 'Cobb');
    await drag(reader, [0.2, 0.45], [0.28, 0.45], [0.34, 0.44]);
    await drag(reader, [0.2, 0.55], [0.28, 0.57], [0.34, 0.58]);
    await pick(reader, '手绘');
    await drag(reader, [0.72, 0.55], [0.84, 0.55], [0.84, 0.62], [0.72, 0.62]);
    await pick(reader, '箭头');
    await drag(reader, [0.7, 0.35], [0.75, 0.3]);
    await reader.page.locator('.yv-ask-input').fill('低密度灶');
    await reader.page.keyboard.press('Enter');
    await reader.page.locator('.yv-measure[data-kind="arrow"] text').waitFor();

    const drawn = await drawnIn(reader);
    expect(drawn.map(({ kind }) => kind)).toEqual([
      'length',
      'rectangle',
      'ellipse',
      'angle',
      'cobb',
      'freehand',
      'arrow',
    ]);
    expect(await textOf(reader, 'arrow')).toEqual(['低密度灶']);
    const [length, rectangle] = drawn;
    const [a, b] = length?.points ?? [];
    const [c, d] = rectangle?.points ?? [];
    if (length === undefined || a === undefined || b === undefined || c === undefined || d === undefined)
      return expect.fail('nothing drawn');
    const frame = await frameOf(length.sopInstanceUid);
    const mm = Math.hypot((b.x - a.x) * frame.columnSpacing, (b.y - a.y) * frame.rowSpacing);
    expect(Math.abs(Number.parseFloat((await textOf(reader, 'length'))[0] ?? '') - mm)).toBeLessThan(0.1);

    let sum = 0;
    let count = 0;
    for (let y = Math.ceil(Math.min(c.y, d.y)); y <= Math.max(c.y, d.y); y += 1)
      for (let x = Math.ceil(Math.min(c.x, d.x)); x <= Math.max(c.x, d.x); x += 1) {
        sum += frame.valueAt(x, y);
        count += 1;
      }
    const [, mean = ''] = await textOf(reader, 'rectangle');
    expect(Number.parseFloat(mean.replace('均值 ', ''))).toBeCloseTo(sum / count, 0);

    await reader.page.keyboard.press('Control+z');
    await reader.page.keyboard.press('Control+z');
    await reader.page.locator('.yv-measure[data-kind="arrow"]').waitFor({ state: 'detached' });
    await reader.page.keyboard.press('Control+Shift+z');
    await reader.page.keyboard.press('Control+Shift+z');
    await reader.page.reload();
    await stageOf(reader.page);
    expect(await reader.page.locator('.yv-measure').count()).toBe(7);
    await reader.page.context().close();
  }, 150_000);
});
