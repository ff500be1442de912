// The two pictures of the README, out of the photographs: three phones side by side, and the reading room at a desk.
// Palette PNGs under 400 KB, so that the page on the forge opens quickly.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { repositoryRoot } from '../../scripts/setup/root.ts';

const mostBytes = 400 * 1024;

/** `taken`: photographs by the names of screens.ts, phone size for the patient, desktop size for the doctor. */
export async function composeReadme(browser: Browser, taken: ReadonlyMap<string, Buffer>): Promise<void> {
  const to = join(repositoryRoot, 'docs/pictures');
  mkdirSync(to, { recursive: true });
  await save(await threePhones(browser, taken), join(to, 'patient.png'));
  await save(photograph(taken, 'doctor-reading'), join(to, 'doctor.png'));
}

function photograph(taken: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const picture = taken.get(name);
  if (picture === undefined) throw new Error(`there is no photograph of ${name}`);
  return picture;
}

async function threePhones(browser: Browser, taken: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const phones = ['landing', 'exam', 'film'].map((name) => {
    const picture = photograph(taken, `patient-${name}`).toString('base64');
    return `<img alt="" src="data:image/png;base64,${picture}">`;
  });
  const html = `<!doctype html><style>
    body { margin: 0; display: flex; justify-content: center; gap: 44px; padding: 44px; background: #e6f1f2; }
    img { width: 390px; height: 844px; border: 10px solid #17242b; border-radius: 40px;
      box-shadow: 0 18px 40px rgb(23 36 43 / 22%); }
  </style>${phones.join('')}`;
  const page = await browser.newPage({ viewport: { width: 1414, height: 952 } });
  await page.setContent(html);
  await page.locator('img').last().evaluate('(img) => img.decode()');
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

/** Fewer colours, then fewer pixels, until it fits. */
async function save(picture: Buffer, file: string): Promise<void> {
  const { width } = await sharp(picture).metadata();
  for (const [colours, share] of [
    [256, 1],
    [128, 1],
    [128, 0.8],
    [64, 0.66],
  ] as const) {
    const small = await sharp(picture)
      .resize(Math.round(width * share))
      .png({ palette: true, colours, dither: 0.6, effort: 8 })
      .toBuffer();
    if (small.length > mostBytes) continue;
    writeFileSync(file, small);
    process.stdout.write(`${file} ${Math.round(small.length / 1024)} KB\n`);
    return;
  }
  throw new Error(`${file} does not fit into ${mostBytes} bytes`);
}
