// Whole slides and videos in the running platform: made here, stored through STOW-RS, opened by a doctor in Chromium at a
// desk and on a phone; and what a patient's session is told of a label. The slide of the acceptance (40,000 × 30,000) is
// made by the same generator when YUNYING_BIG_SLIDE is set; it takes half a minute to draw.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUid } from '@yunying/dicom';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage, type sizes } from './harness/browser.ts';
import { mammogramFiles, mouthFiles, nuclearFile, ultrasoundFile } from './harness/made-kinds.ts';
import { type DemoLine, type Platform, runYunying, startPlatform } from './harness/platform.ts';
import { type MadeLevel, newSlide, pyramid, slideFile } from './harness/slide.ts';
import { stow } from './harness/stow.ts';
import { makeStream, videoFile } from './harness/video.ts';

let dataDir: string;
let platform: Platform;
let demo: DemoLine;
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-kinds-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  demo = await platform.demo;
  browser = await openBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const doors = () => ({ http: platform.ready.http, token: demo.token });

async function open(size: keyof typeof sizes, study: string): Promise<Page> {
  const { page } = await openPage(browser, size);
  const { http } = platform.ready;
  await page.goto(`${http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(demo.doctor.user);
  await page.locator('input[type=password]').fill(demo.doctor.password);
  await page.keyboard.press('Enter');
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  await page.goto(`${http}/doctor/view/${study}?report=off`);
  await expect.poll(async () => (await marksOf(page))['full-current'], { timeout: 60_000 }).toBeDefined();
  return page;
}

async function get(path: string, accept: string): Promise<Response> {
  return fetch(platform.ready.http + path, { headers: { authorization: `Bearer ${demo.token}`, accept } });
}

describe('a whole slide', () => {
  const slide = newSlide();
  const [columns, rows] = process.env.YUNYING_BIG_SLIDE === undefined ? [6000, 4500] : [40_000, 30_000];
  const levels = pyramid(columns, rows);
  const [whole] = levels;
  const label: MadeLevel = { sop: newUid(), flavor: 'LABEL', columns: 300, rows: 300, tile: 300, number: 9 };

  beforeAll(async () => {
    if (whole === undefined) throw new Error('a pyramid has a base');
    const peak = await peakBytes();
    await stow(
      doors(),
      [...levels, label].map((level) => slideFile(slide, level, whole)),
    );
    expect((await peakBytes()) - peak).toBeLessThan(100 * 1024 ** 2);
  }, 180_000);

  it('gives its tiles as they were stored', async () => {
    const path = `/dicom-web/studies/${slide.study}/series/${slide.series}/instances/${whole?.sop}/frames/1`;
    const tile = new Uint8Array(await (await get(path, 'image/jpeg')).arrayBuffer());
    const stored = await firstTile();
    expect(Buffer.from(tile).equals(stored)).toBe(true);
  });

  it.each(['desktop', 'phone'] as const)('is zoomed into on a %s, and lengths are true', async (size) => {
    const page = await open(size, slide.study);
    const stage = page.locator('.yv-slide-stage');
    await page.getByRole('button', { name: '倍率' }).click();
    await page.getByText('20×', { exact: true }).first().click();
    await page.waitForTimeout(1500);
    await page.getByRole('button', { name: '长度' }).last().click();
    const box = (await stage.boundingBox()) ?? expect.fail('no slide');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x - 100, y);
    await page.mouse.down();
    await page.mouse.move(x, y, { steps: 4 });
    await page.mouse.move(x + 100, y, { steps: 4 });
    await page.mouse.up();
    // 20× shows 0.5 µm a CSS pixel: 200 of them are 100 µm.
    const value = page.locator('.yv-slide-drawing text');
    await expect.poll(() => value.textContent()).toMatch(/^100(\.0)?\u2009?\s?µm$/);
    await page.reload();
    await stage.waitFor();
    await expect.poll(() => value.textContent(), { timeout: 20_000 }).toMatch(/^100(\.0)?\u2009?\s?µm$/);
    await page.context().close();
  });

  it('shows where levels of a sparse slide leave tiles out, and its optical paths', async () => {
    const sparse = newSlide();
    const made = pyramid(2000, 1500).map((level) => ({
      ...level,
      isSparse: true,
      paths: ['HE', 'DAPI'],
    }));
    const [base] = made;
    if (base === undefined) throw new Error('a pyramid has a base');
    await stow(
      doors(),
      made.map((level) => slideFile(sparse, level, base)),
    );
    const page = await open('desktop', sparse.study);
    await page.getByRole('button', { name: '光路' }).click();
    await page.getByText('DAPI').first().click();
    await page.waitForTimeout(1000);
    expect(await page.locator('.yv-slide .yv-empty').count()).toBe(0);
    await page.context().close();
  });

  it('keeps its label from who may see pictures but no labels, at every door', async () => {
    const printed = runYunying(dataDir, ['client', 'add', 'no-labels', '--may', 'image.view,image.download']);
    const token = /[A-Za-z0-9_-]{40,}/.exec(printed)?.[0] ?? '';
    const at = `/dicom-web/studies/${slide.study}/series/${slide.series}`;
    const ask = (path: string, accept: string, body?: unknown) =>
      fetch(platform.ready.http + path, {
        headers: {
          authorization: `Bearer ${token}`,
          accept,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
    const picture = { seriesInstanceUid: slide.series, sopInstanceUid: label.sop, frameNumber: 1 };
    const own = `${at}/instances/${label.sop}`;
    const answers = await Promise.all([
      ask(`${own}/frames/1`, 'image/jpeg'),
      ask(`${own}/frames/1/rendered`, 'image/jpeg'),
      ask(`${own}/thumbnail`, 'image/jpeg'),
      ask(`${own}/bulkdata/7FE00010`, 'multipart/related; type="image/jpeg"; transfer-syntax=*, */*'),
      ask(`${own}/bulkdata`, '*/*'),
      ask(`/api/studies/${slide.study}/picture`, '*/*', { format: 'jpeg', identity: false, picture }),
      ask(`/api/studies/${slide.study}/film-sheet`, '*/*', {
        perSheet: 1,
        trueSize: false,
        identity: false,
        pictures: [picture],
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
    const list = (await (await ask(`${at}/slide`, 'application/json')).json()) as { images: unknown[] };
    expect(list.images).toHaveLength(levels.length);
    const zip = Buffer.from(
      await (await ask(`/dicom-web/studies/${slide.study}/media`, '*/*')).arrayBuffer(),
    );
    // One entry of the central directory for each object and for the DICOMDIR.
    const entries = zip.toString('latin1').split('PK\x01\x02').length - 1;
    expect(entries).toBe(levels.length + 1);
  });

  async function firstTile(): Promise<Buffer> {
    if (whole === undefined) throw new Error('a pyramid has a base');
    const pieces: Uint8Array[] = [];
    for await (const piece of slideFile(slide, whole, whole)) {
      pieces.push(piece);
      if (pieces.length === 2) break;
    }
    const [, item = new Uint8Array()] = pieces;
    const bytes = Buffer.from(item).subarray(8);
    return bytes;
  }
});

describe('videos', () => {
  let study: string;
  const made = [
    ['libx264', 'mp4', '1.2.840.10008.1.2.4.102'],
    ['mpeg2video', 'mpegts', '1.2.840.10008.1.2.4.100'],
    ['libx265', 'mp4', '1.2.840.10008.1.2.4.107'],
  ] as const;
  const sops: string[] = [];
  let series: string;
  let rubbish: ReturnType<typeof videoFile>;

  beforeAll(async () => {
    for (const [encoder, container, transferSyntaxUid] of made) {
      const stream = await makeStream({ encoder, container, frames: 50 });
      const one = videoFile(stream, { transferSyntaxUid, frames: 50, study, series });
      ({ study, series } = one);
      sops.push(one.sop);
      await stow(doors(), [asStream(one.file)]);
    }
    rubbish = videoFile(Buffer.alloc(5000, 7), { transferSyntaxUid: '1.2.840.10008.1.2.4.102', frames: 10 });
    await stow(doors(), [asStream(rubbish.file)]);
  }, 120_000);

  const pathOf = (one: { study: string; series: string; sop: string }) =>
    `/dicom-web/studies/${one.study}/series/${one.series}/instances/${one.sop}/video`;
  const path = (sop: string) => pathOf({ study, series, sop });

  it.each([0, 1, 2])('number %i gets an MP4 that is served by range', async (index) => {
    const sop = sops[index] ?? '';
    await expect
      .poll(async () => (await get(path(sop), 'video/mp4')).status, { timeout: 60_000, interval: 1000 })
      .toBe(200);
    const response = await fetch(platform.ready.http + path(sop), {
      headers: { authorization: `Bearer ${demo.token}`, range: 'bytes=4-7' },
    });
    expect([response.status, await response.text()]).toEqual([206, 'ftyp']);
  });

  it('that nothing can read is stored all the same and has no MP4', async () => {
    await expect
      .poll(async () => (await get(pathOf(rubbish), 'video/mp4')).status, { timeout: 30_000 })
      .toBe(404);
  });

  it('plays and is stepped through frame by frame', async () => {
    const page = await open('desktop', study);
    await page.locator('video').waitFor();
    for (let step = 0; step < 5; step += 1) await page.getByRole('button', { name: '下一帧' }).click();
    await expect.poll(() => page.locator('.yv-video-count').textContent()).toMatch(/ 6 \/ 50$/);
    await page.context().close();
  });
});

describe('other kinds of examination', () => {
  const made = { nm: nuclearFile(), us: ultrasoundFile(), mouth: mouthFiles(), breast: mammogramFiles() };
  let page: Page;

  beforeAll(async () => {
    for (const { files } of Object.values(made)) await stow(doors(), files.map(asStream));
  }, 120_000);
  afterAll(() => page?.context().close());

  const go = async (study: string, ready: string) => {
    await page.goto(`${platform.ready.http}/doctor/view/${study}?report=off`);
    await page.locator(ready).first().waitFor();
  };

  it('nuclear medicine has colours with their bar and a mosaic of all frames', async () => {
    page = await open('desktop', made.nm.study);
    await page.getByRole('button', { name: '色表' }).click();
    await page.getByText('热铁', { exact: true }).click();
    await page.getByRole('img', { name: '色标' }).waitFor();
    expect(await page.locator('.yv-corner.yv-br').textContent()).toContain('能窗 1/2 Tc99m 126.5–154.6');
    await page.getByRole('button', { name: '多幅' }).click();
    await page.getByText('4 列', { exact: true }).click();
    await expect.poll(() => page.locator('.yv-mosaic-tile canvas:not([hidden])').count()).toBe(16);
    // Hot Iron: red comes before green and blue.
    const { channels } = await sharp(await page.locator('.yv-mosaic-tile').first().screenshot()).stats();
    expect(channels[0]?.mean).toBeGreaterThan((channels[2]?.mean ?? 0) + 20);
    await page.locator('.yv-mosaic-tile').nth(9).dblclick();
    await expect.poll(() => page.locator('.yv-corner.yv-br').textContent()).toContain('10 / 16');
  });

  it('ultrasound is measured along time and velocity in a Doppler trace', async () => {
    await go(made.us.study, '.yv-stage[data-state=shown]');
    await expect.poll(async () => (await marksOf(page))['full-current'], { timeout: 30_000 }).toBeDefined();
    await page.getByRole('button', { name: '长度' }).first().click();
    const box = (await page.locator('.yv-stage').boundingBox()) ?? expect.fail('no viewport');
    // The picture is 600 rows high and fitted in: rows 480 and 500, columns 100 and 180.
    const scale = box.height / 600;
    const at = (column: number, row: number) =>
      [box.x + box.width / 2 + (column - 200) * scale, box.y + row * scale] as const;
    await page.mouse.move(...at(100, 480));
    await page.mouse.down();
    await page.mouse.move(...at(140, 490), { steps: 3 });
    await page.mouse.move(...at(180, 500), { steps: 3 });
    await page.mouse.up();
    const words = () => page.locator('.yv-overlay > .yv-drawing').textContent();
    await expect.poll(words).toMatch(/Δt (39\d|40\d)\u2009ms/);
    expect(await words()).toMatch(/Δv (29|30|31)\.\d\u2009cm\/s/);
  });

  it('a full mouth is mounted by its teeth, and a picture opens from there', async () => {
    await go(made.mouth.study, '.yv-mount-row button');
    expect(await page.locator('.yv-mount-row button').count()).toBe(18);
    const upper = page.locator('.yv-mount-row[data-row=upper] .yv-mount-cell');
    expect(await upper.first().getAttribute('aria-label')).toBe('16 17 18');
    await upper.nth(3).click();
    await page.locator('.yv-mount').waitFor({ state: 'hidden' });
    await expect.poll(() => page.locator('.yv-corner.yv-br').textContent()).toContain('4 / 18');
  });

  it('four mammograms hang back to back in one scale', async () => {
    await go(made.breast.study, '.yv-pane[data-wall=left]');
    const walls = () =>
      page.locator('.yv-pane').evaluateAll((panes) => panes.map((pane) => pane.getAttribute('data-wall')));
    await expect.poll(walls).toEqual(['right', 'left', 'right', 'left']);
    // Pixels of half the size are drawn half as large.
    const zooms = () => page.locator('.yv-corner.yv-bl').allTextContents();
    await expect
      .poll(async () => (await zooms()).map((text) => Number(/(\d+)%/.exec(text)?.[1])))
      .toSatisfy(([a = 0, b = 0, c = 0]: number[]) => a === c && a > 0 && Math.abs(a - 2 * b) <= 1);
  });
});

async function* asStream(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}

/** The most memory that the server has had. */
async function peakBytes(): Promise<number> {
  const status = await readFile(`/proc/${platform.ready.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
