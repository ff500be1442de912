// What a reader does once everything is there, the same for both viewers: scrolls by the wheel, drags the window, goes
// over to multiplanar reconstruction and scrolls there. Counted are drawings of a canvas, one per animation frame.
import type { Page } from 'playwright-core';

export type Who = 'yunying' | 'ohif';
export type MprTimes = { 'mpr-first'?: number; 'mpr-complete'?: number };

const spanMs = 3000;

/** The tour and the bar that every first-time user of it meets. */
export async function dismissOverlays(page: Page): Promise<void> {
  for (const text of ['Skip all', 'Confirm and hide']) {
    const found = page.getByText(text, { exact: true }).first();
    if (await found.isVisible().catch(() => false))
      await found.click({ timeout: 3000, force: true }).catch(() => undefined);
  }
}

/** Wheel at about 60 a second for 3 s over the picture: slices drawn a second. */
export async function scroll(page: Page, pixels: string): Promise<number> {
  const { x, y } = await middleOf(page, pixels);
  await page.mouse.move(x, y);
  return countWhile(page, 'frames', () => void page.mouse.wheel(0, 100).catch(() => undefined));
}

/** The same on one plane of a reconstruction: drawings a second. */
export async function scrollPlane(page: Page, pixels: string): Promise<number> {
  const { x, y } = await middleOf(page, pixels);
  await page.mouse.move(x, y);
  return countWhile(page, 'draws', () => void page.mouse.wheel(0, 100).catch(() => undefined));
}

/** The window dragged with the left button for 3 s: drawings a second. */
export async function dragWindow(page: Page, who: Who, pixels: string): Promise<number> {
  const { x, y } = await middleOf(page, pixels);
  await page.mouse.move(x, y);
  if (who === 'yunying') await page.keyboard.press('w');
  await page.mouse.down();
  let turn = 0;
  const counted = await countWhile(page, 'draws', () => {
    turn += 1;
    void page.mouse.move(x + 60 * Math.sin(turn / 9), y + 60 * Math.cos(turn / 7)).catch(() => undefined);
  });
  await page.mouse.up();
  return counted;
}

async function countWhile(page: Page, what: 'frames' | 'draws', act: () => void): Promise<number> {
  const read = () => page.evaluate<[number, number]>(`[window.__bench.${what}, performance.now()]`);
  const before = await read();
  for (const until = Date.now() + spanMs; Date.now() < until; ) {
    act();
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  const after = await read();
  return Math.round(((after[0] - before[0]) / (after[1] - before[1])) * 10_000) / 10;
}

/** Of the largest picture on screen. */
async function middleOf(page: Page, pixels: string): Promise<{ x: number; y: number }> {
  return page.evaluate(
    `(() => { const r = [...document.querySelectorAll(${JSON.stringify(pixels)})].map((e) => e.getBoundingClientRect())
      .sort((a, b) => b.width * b.height - a.width * a.height)[0];
      return { x: r.x + r.width / 2, y: Math.min(r.y + r.height / 2, innerHeight - 10) }; })()`,
  );
}

export async function measureMpr(page: Page, who: Who, slices: number): Promise<MprTimes> {
  if (who === 'ohif') return page.evaluate<MprTimes>(ohifMpr(slices));
  const opener = page.locator('.yv-tools').getByRole('button', { name: '三维重建' }).first();
  if (!(await opener.isVisible().catch(() => false))) return {};
  const begun = await page.evaluate<number>('performance.now()');
  await opener.click();
  return page.evaluate<MprTimes>(`(async () => {
    const B = window.__bench, at = (n) => (B.marks[n] >= ${begun} ? B.marks[n] - ${begun} : undefined);
    while (performance.now() - ${begun} < 60000 && at('mpr-complete') === undefined) await new Promise((r) => setTimeout(r, 50));
    return { 'mpr-first': at('mpr-first'), 'mpr-complete': at('mpr-complete') }; })()`);
}

function ohifMpr(slices: number): string {
  return `(async () => {
    const B = window.__bench, cs = window.cornerstone, t0 = performance.now(), out = {};
    window.commandsManager.run('toggleHangingProtocol', { protocolId: 'mpr' });
    while (performance.now() - t0 < 60000 && out['mpr-complete'] === undefined) {
      await new Promise((r) => setTimeout(r, 50));
      const vps = cs.getRenderingEngines()?.[0]?.getViewports() ?? [];
      if (vps.length < 3 || !vps.every((v) => v.type === 'orthographic')) continue;
      const filled = vps.map((v) => B.range(v.canvas) >= 12), vol = cs.cache.getVolumes()[0];
      if (out['mpr-first'] === undefined && filled.some(Boolean)) out['mpr-first'] = performance.now() - t0;
      if (filled.every(Boolean) && vol?.loadStatus?.loaded && vol.framesProcessed >= ${slices}) out['mpr-complete'] = performance.now() - t0;
    }
    return out; })()`;
}
