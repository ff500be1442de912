// Debian's Chromium for tests and photographs: headless, no calls of its own to the outside.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1440, height: 900 },
  /** The administrator's screen. */
  office: { width: 1280, height: 720 },
} as const;

export function openBrowser(): Promise<Browser> {
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ];
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless=new', ...root, ...quiet],
  });
}

/** A page of that size, and what went wrong in it: script errors, failed requests, answers of 500 and above. */
export async function openPage(
  browser: Browser,
  size: keyof typeof sizes,
): Promise<{ page: Page; context: BrowserContext; trouble: string[] }> {
  const touch = size === 'desktop' || size === 'office' ? {} : { hasTouch: true, isMobile: true };
  const context = await browser.newContext({ viewport: sizes[size], locale: 'zh-CN', ...touch });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401'))
      trouble.push(`console: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) trouble.push(`${response.status()}: ${new URL(response.url()).pathname}`);
  });
  return { page, context, trouble };
}

/** Names and times (ms) of the performance marks that the contract names. */
export const marksOf = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() =>
    Object.fromEntries(performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime])),
  );
