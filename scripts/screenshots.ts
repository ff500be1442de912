// npm run screenshots: photographs every screen of a demo at phone, tablet and desktop size into screenshots/. It starts
// a demo in a temporary folder; `--demo FILE` takes a running one instead (FILE holds what that demo printed: its ready
// line and its demo line). `--only WORD` takes the screens whose names contain it. `--readme` also composes
// docs/pictures/patient.png and doctor.png (`--only readme --readme`: nothing else).
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../test/harness/browser.ts';
import { type DemoLine, type Platform, startPlatform } from '../test/harness/platform.ts';
import { composeReadme } from '../test/harness/readme-pictures.ts';
import {
  type Look,
  lookName,
  type Place,
  provePatient,
  type Visit,
  walkAdmin,
  walkDoctor,
  walkPatient,
} from '../test/harness/screens.ts';
import { requireDebianPackages } from './setup/debian.ts';
import { repositoryRoot } from './setup/root.ts';

const looks: Look[] = [
  { size: 'phone', language: 'zh-CN', type: 'normal' },
  { size: 'tablet', language: 'zh-CN', type: 'normal' },
  { size: 'desktop', language: 'zh-CN', type: 'normal' },
  { size: 'phone', language: 'zh-CN', type: 'large' },
  { size: 'phone', language: 'en', type: 'normal' },
  { size: 'desktop', language: 'en', type: 'normal' },
];

const argument = (name: string): string | null => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
};
const only = argument('--only') ?? '';
const apps = ['patient', 'doctor', 'admin'];
const folder = join(repositoryRoot, 'screenshots');

requireDebianPackages(['chromium', 'fonts-noto-cjk']);
mkdirSync(folder, { recursive: true });
const { place, end } = await openDemo(argument('--demo'));
const browser = await openBrowser();
try {
  if (only !== 'readme') await photograph(browser, place);
  if (process.argv.includes('--readme')) await photographReadme(browser, place);
} finally {
  await browser.close();
  await end();
}

async function photograph(browser: Browser, place: Place): Promise<void> {
  const cookies = await provePatient(browser, place);
  for (const look of looks) {
    const wants = (app: string) => !apps.some((one) => only.startsWith(one)) || only.startsWith(app);
    const visit: Visit = async (page, name) => {
      const file = `${name}-${lookName(look)}.png`;
      if (!file.includes(only)) return;
      await page.screenshot({ path: join(folder, file) });
      process.stdout.write(`screenshots/${file}\n`);
    };
    if (wants('patient')) await walkPatient(browser, place, look, cookies, visit);
    if (look.type === 'large') continue; // a setting of the patient's app only
    if (wants('doctor')) await walkDoctor(browser, place, look, visit);
    if (wants('admin')) await walkAdmin(browser, place, look, visit);
  }
}

/** The README shows the head MR, the demo's most telling pictures. */
async function photographReadme(browser: Browser, { http, adminHttp, demo }: Place): Promise<void> {
  const place = placeOf(http, adminHttp, demo, 'MR');
  const phone: Look = { size: 'phone', language: 'zh-CN', type: 'normal' };
  const taken = new Map<string, Buffer>();
  const visit: Visit = async (page, name) => void taken.set(name, await page.screenshot());
  await walkPatient(browser, place, phone, await provePatient(browser, place), visit);
  await walkDoctor(browser, place, { ...phone, size: 'desktop' }, visit);
  await composeReadme(browser, taken);
}

function placeOf(http: string, adminHttp: string, demo: DemoLine, word = ''): Place {
  const patient = demo.patients.find(({ examName }) => examName.includes(word)) ?? demo.patients[0];
  if (patient === undefined) throw new Error('the demo has no patients');
  return { http, adminHttp, demo, patient };
}

async function openDemo(file: string | null): Promise<{ place: Place; end(): Promise<void> }> {
  if (file !== null) return { place: readDemo(file), end: async () => undefined };
  const dataDir = mkdtempSync(join(tmpdir(), 'yunying-screenshots-'));
  process.stderr.write('Starting a demo in a temporary folder (a minute or two) …\n');
  let platform: Platform | null = null;
  const end = async () => {
    await platform?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    platform = await startPlatform({ dataDir, program: 'demo' });
    const { http, adminHttp } = platform.ready;
    return { place: placeOf(http, adminHttp, await platform.demo), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function readDemo(file: string): Place {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  const find = <T>(key: string): T => {
    const line = lines.find((one) => one.startsWith(`{"${key}":`));
    if (line === undefined)
      throw new Error(`${file} has no line {"${key}": …}: keep all that the demo prints`);
    return JSON.parse(line) as T;
  };
  const { http, adminHttp } = find<{ http: string; adminHttp: string }>('ready');
  return placeOf(http, adminHttp, find<{ demo: DemoLine }>('demo').demo);
}
