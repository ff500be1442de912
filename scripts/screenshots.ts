// npm run screenshots: photographs the screens of a demo, every kind of examination on phone and desktop, into
// screenshots/ with index.html as contact sheet; what to take is the list in photographs/shots.ts. It starts a demo in a
// temporary folder; `--demo FILE` takes a running one instead (FILE holds what that demo printed: its ready line and its
// demo line). `--only WORD[,WORD]` takes those whose names contain one of the words. `--readme` also composes
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
  type Place,
  provePatient,
  type Visit,
  walkDoctor,
  walkPatient,
} from '../test/harness/screens.ts';
import { type Taken, writeContactSheet } from './photographs/contact-sheet.ts';
import { shots } from './photographs/shots.ts';
import { Studio } from './photographs/studio.ts';
import { takeShot } from './photographs/take.ts';
import { requireDebianPackages } from './setup/debian.ts';
import { repositoryRoot } from './setup/root.ts';

const argument = (name: string): string | null => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
};
const only = (argument('--only') ?? '').split(',');
const folder = join(repositoryRoot, 'screenshots');

requireDebianPackages(['chromium', 'fonts-noto-cjk']);
mkdirSync(folder, { recursive: true });
const { place, end } = await openDemo(argument('--demo'));
const browser = await openBrowser();
try {
  if (only[0] !== 'readme') await photograph(browser, place);
  if (process.argv.includes('--readme')) await photographReadme(browser, place);
} finally {
  await browser.close();
  await end();
}

async function photograph(browser: Browser, place: Place): Promise<void> {
  const studio = await Studio.open(browser, place);
  const taken: Taken[] = [];
  for (const shot of shots) {
    for (const size of shot.sizes) {
      if (!only.some((word) => `${shot.name}-${size}`.includes(word))) continue;
      const one = await takeShot(studio, shot, size, folder);
      taken.push(one);
      const notes = one.faults.map((fault) => `  ${fault}\n`).join('');
      process.stdout.write(`screenshots/${one.file}\n${notes}`);
    }
  }
  writeContactSheet(folder, taken);
  const faulty = taken.filter(({ faults }) => faults.length > 0).length;
  process.stdout.write(`${taken.length} photographs, ${faulty} with something to look at\n`);
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

/** The links of a copied demo name the port of the one that was fed. */
function placeOf(http: string, adminHttp: string, fed: DemoLine, word = ''): Place {
  const here = (url: string) => http + new URL(url).pathname;
  const demo = {
    ...fed,
    outbox: here(fed.outbox),
    patients: fed.patients.map((one) => ({ ...one, url: here(one.url) })),
  };
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
