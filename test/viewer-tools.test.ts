// Every tool on a real head CT of the demo at three sizes, by mouse and by touch: lengths true to the spacing of the pixels,
// statistics equal to those counted here from WADO frames, undo, what outlives a reload; then all that changes how the
// picture is shown, read from the address that keeps it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
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
let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-tools-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  const { http, adminHttp } = platform.ready;
  const demo = await platform.demo;
  const patient = demo.patients.find(({ examName }) => examName.includes('头颅CT'));
  place = { http, adminHttp, demo, patient: patient ?? expect.fail('the demo has no head CT') };
  study = (await examOf(place)).studyInstanceUid;
  browser = await openBrowser();
  cookies = await logIn();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** One log-in for all sizes. */
async function logIn(): Promise<typeof cookies> {
  const { page, context } = await openPage(browser, 'desktop');
  const { user, password } = place.demo.doctor;
  await page.goto(`${place.http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(user);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  const made = await context.cookies();
  await context.close();
  return made;
}

async function openReader(size: keyof typeof sizes): Promise<Reader> {
  const { page, context } = await openPage(browser, size);
  await context.addCookies(cookies);
  await page.goto(`${place.http}/doctor/view/${study}?report=off`);
  return { page, size, box: await stageOf(page) };
}

async function stageOf(page: Page) {
  const until = Date.now() + 60_000;
  while ((await marksOf(page))['full-current'] === undefined) {
    if (Date.now() > until) throw new Error('the frame never came in full quality');
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(100);
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
  await page.waitForTimeout(80);
}

const tabs = { window: 0, measure: 1, cine: 2, invert: 3, more: 4 } as const;

/** Presses what is called `name`: a tab or a line of its sheet on a phone, a button of the row at a desk. */
async function press({ page }: Reader, tab: keyof typeof tabs, name: string, menu?: string): Promise<void> {
  const tabButton = page.locator('.yv-tab').nth(tabs[tab]);
  if (await tabButton.isVisible()) {
    await tabButton.click();
    if (tab === 'cine' || tab === 'invert') return;
    await page.locator('.yv-sheet .yv-choice', { hasText: name }).first().click();
  } else if (menu === undefined) {
    const wanted = page.locator(`.yv-tools .yv-button[aria-label="${name}"]`);
    // What finds no room on the one line is behind the button at its end.
    if (!(await wanted.isVisible())) await page.locator('.yv-more > .yv-button').click();
    await wanted.click();
  } else {
    await page.locator(`.yv-menu-root > .yv-button[aria-label="${menu}"]`).click();
    await page.locator('.yv-menu:not([hidden]) .yv-choice', { hasText: name }).first().click();
  }
}

const pick = (reader: Reader, tool: string) => press(reader, 'measure', tool, '测量');

/** Window, zoom, pan, turn and marks of the view, as the address has them once they rest. */
async function viewOf({ page }: Reader, isSo: (view: string[]) => boolean): Promise<string[]> {
  const read = async () => (new URL(page.url()).searchParams.get('view') ?? '').split('_');
  await expect.poll(async () => isSo(await read()), { timeout: 10_000 }).toBe(true);
  return read();
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

const lastFrame = `performance.getEntriesByName('frame').at(-1)?.detail?.index ?? -1`;

/** Two fingers that part. */
async function pinch({ page, box }: Reader): Promise<void> {
  const touch = await page.context().newCDPSession(page);
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const apart = (by: number) => [
    { x: middle.x - by, y: middle.y, id: 1 },
    { x: middle.x + by, y: middle.y, id: 2 },
  ];
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Spot[]) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints });
  await send('touchStart', apart(40));
  for (const by of [50, 60, 70]) await send('touchMove', apart(by));
  await send('touchEnd', []);
  await touch.detach();
}

async function wheelZoom({ page, box }: Reader): Promise<void> {
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
}

/** Keeps the finger or the button down at a place while `look` looks. */
async function hold({ page, size, box }: Reader, share: [number, number], look: () => Promise<void>) {
  const spot = { x: box.x + box.width * share[0], y: box.y + box.height * share[1] };
  if (size === 'desktop') {
    await page.mouse.move(spot.x, spot.y);
    await page.mouse.down();
    await look();
    await page.mouse.up();
    return;
  }
  const touch = await page.context().newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [spot] });
  await look();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await touch.detach();
}

describe.each(['desktop', 'tablet', 'phone'] as const)('at the size of a %s', (size) => {
  let reader: Reader;
  beforeAll(async () => {
    reader = await openReader(size);
  }, 120_000);
  afterAll(async () => {
    await reader?.page.context().close();
  });

  it('measures true, counts areas as WADO frames say, goes back and forth, and survives a reload', async () => {
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
  }, 150_000);

  it('writes words, calibrates by a known length, and reads values', async () => {
    const { page } = reader;
    await press(reader, 'measure', size === 'phone' ? '删除全部' : '删除全部测量');
    await page.locator('.yv-measure').first().waitFor({ state: 'detached' });
    await pick(reader, '文字');
    await drag(reader, [0.3, 0.3]);
    await page.locator('.yv-ask-input').fill('随访');
    await page.keyboard.press('Enter');
    await expect.poll(() => textOf(reader, 'text')).toEqual(['随访']);
    await pick(reader, '取值');
    await drag(reader, [0.5, 0.5]);
    await expect.poll(async () => (await textOf(reader, 'probe'))[0]).toMatch(/^[−-]?[\d.]+\u2009HU/);
    await pick(reader, '校准');
    await drag(reader, [0.35, 0.6], [0.5, 0.6], [0.65, 0.6]);
    await page.locator('.yv-ask-input').fill('100');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => textOf(reader, 'length'))
      .toEqual([expect.stringMatching(/^100(\.0)?\u2009mm .手动校准/)]);
  }, 60_000);

  it('windows, zooms, pans, turns, flips, inverts, sharpens, and resets all of it', async () => {
    const { page } = reader;
    await press(reader, 'more', '复位');
    const start = new URL(page.url()).searchParams.get('view');
    expect(start ?? '').toBe('');
    await press(reader, 'window', size === 'phone' ? '手动' : '调窗');
    await drag(reader, [0.4, 0.8], [0.5, 0.82], [0.6, 0.85]);
    const [width] = await viewOf(reader, ([width]) => Number(width) > 0);
    await press(reader, 'window', '骨', '窗位');
    await viewOf(reader, ([now]) => now !== width && Number(now) >= 1000);
    await press(reader, 'more', '平移');
    await drag(reader, [0.5, 0.8], [0.55, 0.83], [0.6, 0.86]);
    await viewOf(reader, ([, , , x, y]) => Number(x) > 10 && Number(y) > 5);
    await (size === 'desktop' ? wheelZoom(reader) : pinch(reader));
    await viewOf(reader, ([, , zoom]) => Number(zoom) > 1.1);
    await press(reader, 'more', '旋转');
    await press(reader, 'more', '左右翻转');
    await press(reader, 'more', '上下翻转');
    await press(reader, 'invert', '反相');
    await press(reader, 'more', '锐化');
    await viewOf(reader, ([, , , , , turn, flags]) => turn === '90' && flags === 'hvis');
    await press(reader, 'more', '复位');
    await viewOf(reader, ([first]) => first === '');
    await page.locator('.yv-measure[data-kind="length"]').waitFor();
  }, 90_000);

  it('magnifies under the pointer, plays, and marks a key image', async () => {
    const { page, box } = reader;
    await press(reader, 'more', '放大镜');
    await hold(reader, [0.5, 0.4], () => page.locator('.yv-loupe').waitFor());
    await page.locator('.yv-loupe').waitFor({ state: 'hidden' });
    expect(box.width).toBeGreaterThan(300);
    await press(reader, 'cine', '播放');
    const frame = () => page.evaluate<number>(lastFrame);
    const before = await frame();
    await expect.poll(frame, { timeout: 15_000 }).not.toBe(before);
    await press(reader, 'cine', '停止');
    await page.locator('.yv-saved-opener').click();
    await page.locator('.yv-saved-acts .yv-button').first().click();
    await page.locator('.yv-saved-star:not([hidden])').waitFor();
    await page.locator('.yv-saved-keys .yv-saved-row').waitFor();
  }, 90_000);
});
