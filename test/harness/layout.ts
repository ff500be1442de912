// Is the layout of a page whole? Every visible text in full (or with an ellipsis and a title), inside the screen, over no
// other text; no Latin words in a Chinese screen for patients. The rules run inside the page: layout-in-page.js.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../../scripts/setup/root.ts';

const rules = readFileSync(join(repositoryRoot, 'test/harness/layout-in-page.js'), 'utf8');

/** Names that a Chinese hospital prints in Latin letters too. */
const latinAllowed = [
  ...['CT', 'MR', 'PET/CT', 'PET', 'X', 'A', 'A+', 'A++', 'EN', 'English', 'DICOM', 'PDF', 'JPEG'],
  ...['B', 'KB', 'MB', 'mm', 'cm', 'W', 'L', 'HU', 'T'],
];
/** What comes from the hospital: names of examinations and series, reports, names of people, text on the picture. */
const dataPlaces = [
  ...['.exam-card strong', '.series-name', '.film-strip-name', '.room-bar', '.bar-title', '.report-words'],
  ...['.entry-exam', '.yv-ecg', '.yv-corner', '.yv-letter', '.yv-sv-letter', '.yv-title', '.yv-thumb-name'],
].join();

export async function layoutFaults(page: Page, language: 'zh-CN' | 'en' | null): Promise<string[]> {
  const options = { latinAllowed: language === 'zh-CN' ? latinAllowed : null, dataPlaces };
  return page.evaluate<string[]>(`(() => { ${rules}\nreturn layoutFaults(${JSON.stringify(options)}); })()`);
}
