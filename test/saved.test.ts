// What readers leave, on a running platform: a doctor draws, marks and saves; it is there after a reload, for another doctor,
// and for DCMTK; sets of other systems in the archive are shown.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage } from './harness/browser.ts';
import { type DemoLine, type Platform, runYunying, startPlatform } from './harness/platform.ts';
import { provePatient } from './harness/screens.ts';

const corpus = resolve(import.meta.dirname, '..', process.env.YUNYING_CORPUS ?? '../shared/corpus', 'dicom');
const hasTools = existsSync(corpus) && ['storescu', 'dcmpsmk', 'dsrdump'].every(isThere);
const ctStudy = '1.3.6.1.4.1.5962.1.2.1.20040119072730.12322';

let dataDir: string;
let platform: Platform;
let demo: DemoLine;
let browser: Browser;
let study: string;

function isThere(tool: string): boolean {
  return spawnSync(tool, ['--version']).status === 0;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-saved-'));
  platform = await startPlatform({ dataDir, program: 'fed-demo' });
  demo = await platform.demo;
  browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function logIn(page: Page, user: string, password: string): Promise<void> {
  await page.goto(`${platform.ready.http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(user);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await until(async () => (await page.locator('input[type=password]').count()) === 0);
}

/** Also in hooks, where expect.poll may not be used. */
async function until(isSo: () => Promise<boolean>, limitMs = 90_000): Promise<void> {
  for (const end = Date.now() + limitMs; !(await isSo()); ) {
    if (Date.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function openStudy(page: Page, studyInstanceUid: string): Promise<void> {
  await page.goto(`${platform.ready.http}/doctor/view/${studyInstanceUid}?report=off`);
  await untilFull(page);
}

async function untilFull(page: Page): Promise<void> {
  await until(async () => ((await marksOf(page))['full-current'] ?? 0) > 0);
}

const post = (page: Page, path: string, body: object) =>
  page.evaluate<number>(
    `fetch('${path}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '${JSON.stringify(body)}' }).then((answer) => answer.status)`,
  );

const savedOf = (page: Page, uid: string) =>
  page.evaluate<{
    items: { seriesInstanceUid: string; sopInstanceUid: string; kind: string; author: string }[];
  }>(`fetch('/api/studies/${uid}/saved').then((answer) => answer.json())`);

describe('what a doctor draws and saves', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await openPage(browser, 'desktop'));
    await logIn(page, demo.doctor.user, demo.doctor.password);
    study = await page.evaluate<string>(
      `fetch('/api/exams').then((answer) => answer.json()).then((list) => list.items.find((exam) => exam.itemName.includes('头颅CT')).studyInstanceUids[0])`,
    );
    await openStudy(page, study);
  });

  it('is counted while it is unsaved, and saved with one press', async () => {
    await page.keyboard.press('l');
    const stage = await page.locator('.yv-stage').first().boundingBox();
    if (stage === null) return expect.fail('no viewport');
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
    await page.mouse.move(x - 120, y - 40);
    await page.mouse.down();
    await page.mouse.move(x + 10, y + 60, { steps: 4 });
    await page.mouse.up();
    await page.locator('.yv-saved-opener').click();
    await page.getByRole('button', { name: '标记关键图像' }).click();
    await expect.poll(() => page.locator('.yv-saved-state').innerText()).toMatch(/^2.项未保存$/);
    await page.locator('.yv-saved-primary').click();
    await expect
      .poll(() => page.locator('.yv-saved-state').innerText(), { timeout: 20_000 })
      .toBe('已全部保存');
    await page.getByRole('button', { name: '保存显示状态' }).click();
    await expect.poll(() => page.locator('.yv-saved-entry').count(), { timeout: 20_000 }).toBe(3);
  });

  it('is back after a reload', async () => {
    await page.reload();
    await untilFull(page);
    await expect.poll(() => page.locator('.yv-saved-mark').count()).toBe(1);
    expect(await page.locator('.yv-saved-mark text').innerHTML()).toContain('mm');
    expect(await page.locator('.yv-saved-star').isVisible()).toBe(true);
  });

  it('replaces the set before when it is changed, and keeps what was in it', async () => {
    await page.keyboard.press('l');
    const stage = await page.locator('.yv-stage').first().boundingBox();
    if (stage === null) return expect.fail('no viewport');
    await page.mouse.move(stage.x + 300, stage.y + 200);
    await page.mouse.down();
    await page.mouse.move(stage.x + 380, stage.y + 200, { steps: 4 });
    await page.mouse.up();
    await page.locator('.yv-saved-opener').click();
    await page.locator('.yv-saved-primary').click();
    await expect
      .poll(() => page.locator('.yv-saved-state').innerText(), { timeout: 20_000 })
      .toBe('已全部保存');
    await expect.poll(() => page.locator('.yv-saved-mark').count()).toBe(2);
    expect(await page.locator('.yv-saved-entry[data-kind="sr"]').count()).toBe(1);
  });

  it('takes in what another window of the same doctor saved meanwhile', async () => {
    const twin = await page.context().newPage();
    await openStudy(twin, study);
    await expect.poll(() => twin.locator('.yv-saved-mark').count()).toBe(2);
    for (const [one, y] of [
      [twin, 260],
      [page, 320],
    ] as const) {
      await one.bringToFront();
      await one.keyboard.press('l');
      const stage = await one.locator('.yv-stage').first().boundingBox();
      if (stage === null) return expect.fail('no viewport');
      await one.mouse.move(stage.x + 300, stage.y + y);
      await one.mouse.down();
      await one.mouse.move(stage.x + 380, stage.y + y, { steps: 4 });
      await one.mouse.up();
    }
    await twin.locator('.yv-saved-opener').click();
    for (const one of [page, twin]) {
      await one.bringToFront();
      await one.locator('.yv-saved-primary').click();
      await expect
        .poll(() => one.locator('.yv-saved-state').innerText(), { timeout: 20_000 })
        .toBe('已全部保存');
    }
    await expect.poll(() => twin.locator('.yv-saved-mark').count()).toBe(4);
    expect(await twin.locator('.yv-saved-entry[data-kind="sr"]').count()).toBe(1);
    await twin.close();
  });

  it('is seen by a second doctor under the name of the first', async () => {
    runYunying(
      dataDir,
      ['account', 'create', 'zhang', '--role', 'doctor', '--name', '张医生', '--password-stdin'],
      'Di-Er-Yisheng#26\n',
    );
    const { page: other, context } = await openPage(browser, 'desktop');
    await other.goto(`${platform.ready.http}/doctor/`);
    const first = 'Di-Er-Yisheng#26';
    await post(other, '/api/staff/login', { loginName: 'zhang', password: first });
    await post(other, '/api/staff/password', { oldPassword: first, newPassword: 'Di-San-Mima#2026' });
    await openStudy(other, study);
    await expect.poll(() => other.locator('.yv-saved-mark').count()).toBeGreaterThan(0);
    await other.locator('.yv-saved-opener').click();
    expect(await other.locator('.yv-saved-entry[data-kind="sr"] .yv-saved-by').innerText()).not.toContain(
      '我',
    );
    await context.close();
  });

  it('keeps for every value where the size of a pixel came from, and for every finding its UID', async () => {
    const { items } = await savedOf(page, study);
    const reports = items.filter((item) => item.kind === 'sr');
    const texts = await Promise.all(
      reports.map(({ sopInstanceUid }) =>
        page.evaluate<string>(
          `fetch('/api/studies/${study}/saved/${sopInstanceUid}').then((answer) => answer.text())`,
        ),
      ),
    );
    expect(texts.every((text) => text.includes('SPACINGPATIENT'))).toBe(true);
    const tracked = texts.map((text) =>
      [...text.matchAll(/"0040A124":\{[^}]*?"(2\.25\.\d+)"/g)].map(([, uid]) => uid),
    );
    tracked.sort((a, b) => a.length - b.length);
    const [older = []] = tracked;
    const newer = tracked.at(-1) ?? [];
    expect(older.length).toBe(1);
    expect(newer).toContain(older[0]);
  });

  it('is not the patient\u2019s to see, through the list or through the standard\u2019s door', async () => {
    const { items } = await savedOf(page, study);
    const patient = demo.patients.find(({ examName }) => examName.includes('头颅CT'));
    const { http, adminHttp } = platform.ready;
    const cookies = await provePatient(browser, {
      http,
      adminHttp,
      demo,
      patient: patient ?? expect.fail('the demo has no head CT'),
    });
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const ask = (path: string) => fetch(`${http}${path}`, { headers: { cookie } });
    expect(await (await ask(`/api/studies/${study}/saved`)).json()).toEqual({
      items: [],
      mayAnnotate: false,
    });
    for (const { seriesInstanceUid, sopInstanceUid } of items) {
      const series = `/dicom-web/studies/${study}/series/${seriesInstanceUid}`;
      expect((await ask(`/api/studies/${study}/saved/${sopInstanceUid}`)).status).toBe(404);
      expect((await ask(`${series}/metadata`)).status).toBe(404);
      expect((await ask(`${series}/instances/${sopInstanceUid}/metadata`)).status).toBe(404);
    }
    const whole = await (await ask(`/dicom-web/studies/${study}/metadata`)).text();
    expect(whole).toContain('"00280010"');
    for (const { sopInstanceUid } of items) expect(whole).not.toContain(sopInstanceUid);
  });

  it.skipIf(!hasTools)('is read without complaint by DCMTK (needs dsrdump)', async () => {
    const { items } = await savedOf(page, study);
    expect(items.map((item) => item.kind).sort()).toEqual([
      'key-object',
      'presentation',
      'sr',
      'sr',
      'sr',
      'sr',
    ]);
    for (const { seriesInstanceUid, sopInstanceUid, kind } of items) {
      const url = `/dicom-web/studies/${study}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
      const bytes = await page.evaluate<number[]>(
        `fetch('${url}', { headers: { accept: 'application/dicom' } }).then((answer) => answer.arrayBuffer()).then((buffer) => [...new Uint8Array(buffer)])`,
      );
      const path = join(dataDir, `${sopInstanceUid}.dcm`);
      await writeFile(path, Uint8Array.from(bytes));
      const done =
        kind === 'presentation'
          ? spawnSync('dcmpschk', [path], { encoding: 'utf8' })
          : spawnSync('dsrdump', ['-v', path], { encoding: 'utf8' });
      // What they say of themselves: no table for Unicode, so no check of values in it; no check of templates.
      const ofItself = /^(I: .*|W: The VR checker does not support.*|W: Check for template.*)$/gm;
      const ofUnicode =
        /^E: Error: Attribute value does not conform[^\n]*\nE:[^\n]*\nE: {4}Attribute value {3}: [^\n]*[^ -~][^\n]*\n(E:[^\n]*\n)+?E: \n/gm;
      const verdict = /^W: (Testing: .*|Test (passed|failed).*)$/gm;
      const said = done.stderr.replace(ofUnicode, '').replace(ofItself, '').replace(verdict, '').trim();
      expect([kind, done.status, said]).toEqual([kind, 0, '']);
    }
  });
});

describe.skipIf(!hasTools)('what other systems left (needs DCMTK and the corpus of real files)', () => {
  let page: Page;
  beforeAll(async () => {
    const state = join(dataDir, 'other-state.dcm');
    const image = join(corpus, 'seg/ct_image.dcm');
    expect(spawnSync('dcmpsmk', [image, state]).status).toBe(0);
    const changes = {
      '(0018,1600)': 'RECTANGULAR',
      '(0018,1602)': '33',
      '(0018,1604)': '96',
      '(0018,1606)': '33',
      '(0018,1608)': '96',
      '(0018,1622)': '0',
      '(0028,3110)[0].(0028,1056)': 'SIGMOID',
    };
    const inserted = Object.entries(changes).flatMap(([tag, value]) => ['-i', `${tag}=${value}`]);
    expect(spawnSync('dcmodify', ['-nb', ...inserted, state]).status).toBe(0);
    const files = [
      'sr/sr_document_with_multiple_groups.dcm',
      'sr/sr_document.dcm',
      'seg/seg_image_ct_binary_single_frame.dcm',
    ];
    const port = platform.ready.dimse.split(':').at(-1) ?? '';
    const paths = [image, state, ...files.map((file) => join(corpus, file))];
    const sent = spawnSync('storescu', ['-R', '-aec', platform.ready.aeTitle, '127.0.0.1', port, ...paths], {
      encoding: 'utf8',
    });
    expect([sent.status, sent.stderr]).toEqual([0, '']);
    ({ page } = await openPage(browser, 'desktop'));
    await logIn(page, demo.doctor.user, demo.doctor.password);
    await openStudy(page, ctStudy);
    await page.locator('.yv-saved-opener').click();
  });

  it('is listed: a presentation state, measurements, a segmentation', async () => {
    await expect.poll(() => page.locator('.yv-saved-entry').count()).toBe(4);
    const { items } = await savedOf(page, ctStudy);
    expect(items.map((item) => item.kind).sort()).toEqual(['presentation', 'segmentation', 'sr', 'sr']);
  });

  it('is drawn: the circles and the line of the reports', async () => {
    await expect.poll(() => page.locator('.yv-saved-mark').count()).toBeGreaterThan(1);
  });

  it('is put on the picture: the segmentation by its switch, the presentation state by a press', async () => {
    const segmentation = page.locator('.yv-saved-entry[data-kind="segmentation"]');
    await segmentation.locator('.yv-button').first().click();
    const painted = () =>
      page.evaluate<number>(
        `(() => { const canvas = document.querySelector('.yv-saved-canvas'); const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data; let count = 0; for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1; return count; })()`,
      );
    await expect.poll(painted).toBeGreaterThan(100);
    const state = page.locator('.yv-saved-entry[data-kind="presentation"]');
    await state.locator('summary').click();
    await state.getByRole('button', { name: '应用' }).click();
    await expect.poll(() => state.locator('.yv-button').first().getAttribute('aria-pressed')).toBe('true');
    await page.locator('.yv-shutter').waitFor({ state: 'attached' });
    const badge = page.locator('.yv-badge', { hasText: '显示状态' });
    await badge.waitFor();
    // A window of one's own takes the state off again.
    await page.keyboard.press('1');
    await badge.waitFor({ state: 'hidden' });
    expect(await page.locator('.yv-shutter').count()).toBe(0);
  });
});
