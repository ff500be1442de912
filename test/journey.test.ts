// The main road, end to end: the demo is fed through the real doors, a patient opens the link on a phone, proves who he
// is with the code that his phone received, reads the report, scrolls the film, opens the real pixels, windows and
// measures; a doctor finds the same study at the desk.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marksOf, openBrowser, openPage } from './harness/browser.ts';
import { type DemoLine, type Platform, startPlatform } from './harness/platform.ts';

let dataDir: string;
let platform: Platform;
let demo: DemoLine;
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'yunying-journey-'));
  platform = await startPlatform({ dataDir, program: 'demo' });
  demo = await platform.demo;
  browser = await openBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const newestCode = async (phone: string): Promise<string> => {
  const messages = (await (await fetch(demo.outbox)).json()) as { phone: string; code?: string }[];
  return messages.find((message) => message.phone === phone && message.code !== undefined)?.code ?? '';
};

/** What axe finds against WCAG 2 A and AA. */
const seriousViolations = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate<
    string[]
  >(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(' ')))`);
};

describe('a patient with a phone', () => {
  let page: Page;
  let trouble: string[];
  const patient = () => demo.patients[0] ?? expect.fail('the demo has no patients');

  beforeAll(async () => {
    ({ page, trouble } = await openPage(browser, 'phone'));
  });

  it('sees which examination is ready, and nothing of himself, before he proves who he is', async () => {
    await page.goto(patient().url);
    await page.getByText(patient().examName).first().waitFor();
    const text = await page.locator('body').innerText();
    expect(text).not.toContain(patient().name);
    expect(text).not.toContain('未见明显异常');
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('proves who he is with the code that his phone received, and reads the conclusion', async () => {
    await page.getByRole('button', { name: '获取验证码' }).click();
    await expect.poll(() => newestCode(patient().phone)).toMatch(/^\d{6}$/);
    await page
      .locator('input')
      .first()
      .fill(await newestCode(patient().phone));
    await page.waitForURL(/\/exams\/\d+/);
    await page.getByText('头颅CT平扫未见明显异常').first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('turns the pages of the report', async () => {
    await page
      .getByRole('button', { name: '看报告' })
      .or(page.getByRole('link', { name: '看报告' }))
      .first()
      .click();
    const picture = page.locator('img').first();
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(800);
    await page.goBack();
  });

  it('scrolls 140 slices as film, without any viewer code', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    await page
      .getByRole('button', { name: '看影像' })
      .or(page.getByRole('link', { name: '看影像' }))
      .first()
      .click();
    await expect.poll(async () => (await marksOf(page))['film-first'] ?? 0).toBeGreaterThan(0);
    await expect
      .poll(async () => (await marksOf(page))['previews-all'] ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(0);
    const position = page.getByText(/第 \d+ \/ 140 幅/).first();
    const before = await position.innerText();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => position.innerText()).not.toBe(before);
    expect(scripts.filter((url) => /viewer|cornerstone/i.test(url))).toEqual([]);
  });

  it('opens the real pixels, changes the window and measures a length in millimetres', async () => {
    await page.getByRole('button', { name: '看原图' }).first().click();
    await expect
      .poll(async () => (await marksOf(page))['full-current'] ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: '窗', exact: true }).click();
    await page.getByText('骨窗').first().click();
    await page
      .getByText(/W\s*1800\s*L\s*400/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: '量', exact: true }).click();
    await page.getByText('长度').first().click();
    await page.mouse.move(120, 400);
    await page.mouse.down();
    await page.mouse.move(200, 430, { steps: 8 });
    await page.mouse.up();
    await page
      .getByText(/^\d+\.\d\s?mm$/)
      .first()
      .waitFor();
    expect(trouble).toEqual([]);
  });

  it('switches to the lossy picture and back by hand, and measures on the original only', async () => {
    const quality = page.locator('.yv-quality button').first();
    await expect.poll(() => quality.innerText()).toMatch(/^无损 \d+\sKB$/);
    await quality.click();
    expect(await page.locator('.yv-quality .yv-choice').nth(1).innerText()).toMatch(/KB · \d+\.\d:1/);
    await page.locator('.yv-quality .yv-choice').nth(1).click();
    await expect.poll(() => quality.innerText()).toMatch(/^有损 \d+\sKB$/);
    await page.getByRole('button', { name: '量', exact: true }).click();
    await page.getByText('角度').first().click();
    await expect.poll(() => quality.innerText()).toMatch(/^无损/);
  });

  it('comes back to the same view after a reload, and to the film with the back button', async () => {
    await expect.poll(() => page.url()).toMatch(/read=1.*tool=angle/);
    await expect.poll(() => page.url()).toContain('view=1800_400_');
    await page.reload();
    await page
      .getByText(/W\s*1800\s*L\s*400/)
      .first()
      .waitFor();
    await page.goBack();
    await page.locator('.reading').waitFor({ state: 'detached' });
    await page
      .getByText(/第 \d+ \/ 140 幅/)
      .first()
      .waitFor();
  });

  it('opens a whole slide from his link', async () => {
    await page.goto(new URL('/exams', patient().url).href);
    await page.getByText('胃镜活检组织病理检查').first().click();
    await page.locator('.series-tile').last().click();
    await page.locator('.yv-slide canvas').first().waitFor();
    await page
      .getByText(/\d+\.\d+ mm/)
      .first()
      .waitFor();
    expect(trouble).toEqual([]);
  });

  it("finds all his examinations, and nobody else's", async () => {
    await page.goto(new URL('/exams', patient().url).href);
    await page.getByText('十二导联同步心电图').first().waitFor();
    const text = await page.locator('body').innerText();
    expect(text).toContain('全身PET/CT显像');
    expect(text).not.toContain('乳腺X线摄影');
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('a doctor at the desk', () => {
  let page: Page;
  let trouble: string[];

  beforeAll(async () => {
    ({ page, trouble } = await openPage(browser, 'desktop'));
  });

  it('logs in and finds the patient by pinyin', async () => {
    await page.goto(new URL('/doctor/', platform.ready.http).href);
    await page.locator('input').first().fill(demo.doctor.user);
    await page.locator('input[type=password]').fill(demo.doctor.password);
    await page.keyboard.press('Enter');
    await page.getByText('头颅CT平扫').first().waitFor();
    await page.getByPlaceholder(/姓名/).fill('weiguoqiang');
    await expect.poll(async () => page.getByText('覃小梅').count()).toBe(0);
    await page.getByText('韦国强').first().waitFor();
  });

  it('opens the reading room beside the report', async () => {
    await page.getByText('头颅CT平扫').first().dblclick();
    await page.waitForURL(/\/doctor\/view\//);
    await expect
      .poll(async () => (await marksOf(page))['full-current'] ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(0);
    await page
      .getByText(/\d+ \/ 140/)
      .first()
      .waitFor();
    await page.getByText('双侧上颌窦、筛窦轻度炎症').first().waitFor();
    await page.reload();
    await page
      .getByText(/\d+ \/ 140/)
      .first()
      .waitFor();
    expect(trouble).toEqual([]);
  });
});

it('changes nothing when the demo is fed a second time on the same directory', async () => {
  const count = async () => {
    const response = await fetch(`${platform.ready.http}/api/exams?limit=1`, {
      headers: { authorization: `Bearer ${demo.token}` },
    });
    return ((await response.json()) as { total: number }).total;
  };
  const before = await count();
  const messages = ((await (await fetch(demo.outbox)).json()) as unknown[]).length;
  await platform.stop();
  platform = await startPlatform({ dataDir, program: 'demo' });
  demo = await platform.demo;
  expect(await count()).toBe(before);
  expect(((await (await fetch(demo.outbox)).json()) as unknown[]).length).toBe(messages);
}, 180_000);
