// What is done on a page before it is photographed: small steps of a person, put together in shots.ts.
import type { Page } from 'playwright-core';
import { marksOf } from '../../test/harness/browser.ts';

export type Step = (page: Page) => Promise<void>;

const limitMs = 60_000;

export const inTurn =
  (...steps: Step[]): Step =>
  async (page) => {
    for (const step of steps) await step(page);
  };

export const click =
  (selector: string): Step =>
  (page) =>
    page.locator(selector).first().click();

export const press =
  (name: string): Step =>
  (page) =>
    page.getByRole('button', { name, exact: true }).first().click();

export const pressWord =
  (word: string): Step =>
  (page) =>
    page.getByText(word, { exact: true }).first().click();

export const see =
  (selector: string): Step =>
  (page) =>
    page.locator(selector).first().waitFor({ timeout: limitMs });

export const pause =
  (ms: number): Step =>
  (page) =>
    page.waitForTimeout(ms);

/** One of the performance marks that the pages publish. */
export const mark =
  (name: string): Step =>
  async (page) => {
    const until = Date.now() + limitMs;
    while ((await marksOf(page))[name] === undefined) {
      if (Date.now() > until) throw new Error(`no mark ${name}`);
      await page.waitForTimeout(100);
    }
  };

/** Requests to that path are never answered: the page as it looks while it waits. */
export const hold =
  (path: RegExp): Step =>
  async (page) => {
    await page.route(path, () => undefined);
  };

/** Requests to that path end in an error of the server, or in a broken line. */
export const refuse =
  (path: RegExp, status: 500 | 503 | 'no line'): Step =>
  async (page) => {
    await page.route(path, (route) =>
      status === 'no line'
        ? route.abort('connectionfailed')
        : route.fulfill({ status, contentType: 'application/problem+json', body: '{}' }),
    );
  };

export const offline: Step = async (page) => {
  await page.context().setOffline(true);
};

/** From one place of an element to another, in shares of its size. */
export const drag =
  (selector: string, from: [number, number], to: [number, number]): Step =>
  async (page) => {
    const box = await page.locator(selector).first().boundingBox();
    if (box === null) throw new Error(`${selector} is not on screen`);
    const at = ([u, v]: [number, number]) => [box.x + box.width * u, box.y + box.height * v] as const;
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), { steps: 4 });
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
  };

export const key =
  (name: string): Step =>
  (page) =>
    page.keyboard.press(name);

/** Fonts and pictures there, nothing moving. */
export async function rest(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 6000 }).catch(() => undefined);
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(300);
}
