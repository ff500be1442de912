// npm run bench -- viewer: our viewer beside OHIF on Orthanc, on the same machine, data and lines, each run in a cold
// Chromium, the two taking turns. Times count from the start of the navigation; ours come from the performance marks of
// the page and are checked against its pixels, OHIF's from its pixels and from Cornerstone's cache. Graphics are drawn
// by the CPU here: compare, don't quote. What counts is the ratio.
// Options: --runs N (3), --cases ct140,ct300,mr160 (also dr, ct3000), --profiles lan,4g+,4g, --screens desktop,phone, --limit SECONDS (240),
//   --no-peer (ours only), --mpr (measures multiplanar reconstruction too), --out FILE (a JSON line per run)
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '@yunying/dimse';
import type { Page } from 'playwright-core';
import { splitPart10 } from '../demo/objects.ts';
import { openBrowser } from '../test/harness/browser.ts';
import { type DemoLine, type Platform, startPlatform } from '../test/harness/platform.ts';
import {
  type Cookies,
  openCold,
  type Profile,
  profiles,
  type Screen,
  screens,
  type Traffic,
} from './viewer-browser.ts';
import { type Case, isMade, makeCase } from './viewer-cases.ts';
import { dismissOverlays, dragWindow, measureMpr, scroll, scrollPlane, type Who } from './viewer-moves.ts';
import { startViewerPeer, type ViewerPeer } from './viewer-peer.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    runs: { type: 'string', default: '3' },
    cases: { type: 'string', default: 'ct140,ct300,mr160' },
    profiles: { type: 'string', default: 'lan,4g+,4g' },
    screens: { type: 'string', default: 'desktop,phone' },
    limit: { type: 'string', default: '240' },
    peer: { type: 'boolean', default: true },
    mpr: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

const moments = ['film-first', 'real-first', 'full-current', 'previews-all'] as const;
type Moment = (typeof moments)[number] | 'first';
type Run = {
  who: Who;
  case: string;
  profile: Profile;
  screen: Screen;
  ms: Partial<Record<Moment | 'mpr-first' | 'mpr-complete', number>>;
  traffic: Partial<Record<Moment, Traffic>>;
  memoryMb: number;
  /** Drawings a second. */
  rates: Partial<Record<'scroll' | 'window' | 'mpr', number>>;
  trouble: string[];
};
/** What the script in the page has found so far (viewer-in-page.js). */
type Seen = {
  marks: Record<string, number>;
  seen: Record<string, number>;
  frames: number;
  origin: number;
  now: number;
};

const inPage = readFileSync(join(import.meta.dirname, 'viewer-in-page.js'), 'utf8');
const limitMs = Number(values.limit) * 1000;
const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-viewer-'));
chmodSync(folder, 0o711); // the database runs as another user than root
let platform: Platform | null = null;
let peer: ViewerPeer | null = null;
const results: Run[] = [];

try {
  platform = await startPlatform({
    dataDir: join(folder, 'ours'),
    program: 'demo',
    env: { YUNYING_RATE_PER_MINUTE: '10000000', YUNYING_SETTLE_SECONDS: '1', YUNYING_LOG_LEVEL: 'warn' },
  });
  const demo = await platform.demo;
  const { http, dimse, aeTitle } = platform.ready;
  const wanted = values.cases.split(',');
  const cases: Case[] = [];
  for (const name of wanted) cases.push(await makeCase(folder, name));
  const made = cases.filter(isMade);
  for (const one of made) await send(one.folder, aeTitle, Number(dimse.slice(dimse.lastIndexOf(':') + 1)));
  for (const one of cases) await waitUntilReady(http, demo.token, one.studyInstanceUid);
  if (values.peer) {
    peer = await startViewerPeer(mkdtempSync(join(folder, 'peer-')));
    if (peer === null) print('OHIF cannot be fetched here: only ours is measured');
    else for (const one of cases) await send(one.folder, 'ORTHANC', peer.orthanc.dimsePort);
  }
  const cookies = await logIn(http, demo.doctor);
  for (const one of cases) {
    for (const screen of values.screens.split(',') as Screen[]) {
      for (const profile of values.profiles.split(',') as Profile[]) {
        if (!(profile in profiles) || !(screen in screens)) throw new Error(`no ${profile} on ${screen}`);
        for (let run = 0; run < Number(values.runs); run += 1) {
          await measure(
            'yunying',
            `${http}/doctor/view/${one.studyInstanceUid}`,
            one,
            profile,
            screen,
            cookies,
          );
          if (peer === null) continue;
          const address = `${peer.origin}/viewer?StudyInstanceUIDs=${one.studyInstanceUid}`;
          await measure('ohif', address, one, profile, screen, []);
        }
      }
    }
  }
  report();
} finally {
  await peer?.stop();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function send(place: string, calledAe: string, port: number): Promise<void> {
  const files = readdirSync(place)
    .sort()
    .map((name) => splitPart10(readFileSync(join(place, name))));
  const kinds = new Map(files.map((file) => [`${file.sopClassUid} ${file.transferSyntaxUid}`, file]));
  const association = await connect({
    host: '127.0.0.1',
    port,
    callingAe: 'BENCHSCU',
    calledAe,
    contexts: [...kinds.values()].map((kind) => ({
      abstractSyntax: kind.sopClassUid,
      transferSyntaxes: [kind.transferSyntaxUid],
    })),
  });
  for (const file of files) {
    const { status } = await association.store(file);
    if (status !== 0) throw new Error(`C-STORE to ${calledAe} answered 0x${status.toString(16)}`);
  }
  await association.release();
}

async function waitUntilReady(http: string, token: string, uid: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  for (const until = Date.now() + 600_000; Date.now() < until; ) {
    const answer = await fetch(`${http}/api/studies/${uid}/manifest`, { headers });
    const state = answer.ok ? ((await answer.json()) as { mediaState: string }).mediaState : '';
    if (state === 'ready') return;
    await pause(1000);
  }
  throw new Error(`the renditions of ${uid} were not made in ten minutes`);
}

async function logIn(http: string, { user, password }: DemoLine['doctor']): Promise<Cookies> {
  const browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto(`${http}/doctor/`);
  await page.locator('input:not([type=password])').first().fill(user);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  const cookies = await page.context().cookies();
  await browser.close();
  return cookies;
}

async function measure(
  who: Who,
  url: string,
  one: Case,
  profile: Profile,
  screen: Screen,
  cookies: Cookies,
): Promise<void> {
  const cold = await openCold(profile, screen, cookies);
  const { page } = cold;
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message.slice(0, 160)));
  page.on('crash', () => trouble.push('the page crashed'));
  const run: Run = {
    who,
    case: one.name,
    profile,
    screen,
    ms: {},
    traffic: {},
    memoryMb: 0,
    rates: {},
    trouble,
  };
  try {
    const watched = {
      pixels: who === 'ohif' ? 'canvas.cornerstone-canvas' : 'canvas, .room-first img',
      probe: who === 'ohif' ? ohifProbe(one.slices) : '',
      frames: who === 'ohif' ? 'CORNERSTONE_IMAGE_RENDERED' : '',
      every: 50,
    };
    await page.addInitScript(`${inPage}
__watch(${JSON.stringify(watched)});`);
    await pause(1000);
    await page.goto(url, { waitUntil: 'commit', timeout: 60_000 });
    const seen = await watch(page, who);
    const found = who === 'yunying' ? seen.marks : fromOhif(seen.seen);
    for (const name of moments) if (found[name] !== undefined) run.ms[name] = found[name];
    if (seen.seen.first !== undefined) run.ms.first = seen.seen.first;
    for (const name of [...moments, 'first'] as const) {
      const at = run.ms[name];
      if (at !== undefined) run.traffic[name] = cold.until(seen.origin + at);
    }
    if (run.ms['previews-all'] !== undefined) {
      if (who === 'ohif') await dismissOverlays(page);
      if (one.slices > 1) run.rates.scroll = await scroll(page, watched.pixels);
      run.rates.window = await dragWindow(page, who, watched.pixels);
      if (values.mpr && one.slices > 2 && screen === 'desktop') {
        Object.assign(run.ms, await measureMpr(page, who, one.slices));
        if (run.ms['mpr-first'] !== undefined)
          run.rates.mpr = await scrollPlane(page, who === 'ohif' ? watched.pixels : '.yv-volume canvas');
      }
    }
  } catch (error) {
    trouble.push(String(error).slice(0, 200));
  } finally {
    run.memoryMb = cold.peakMemory();
    await cold.close().catch(() => undefined);
  }
  results.push(run);
  if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(run)}\n`);
  const times = Object.entries(run.ms).map(([name, ms]) => `${name} ${(ms / 1000).toFixed(2)}`);
  print(
    `${who} ${one.name} ${screen} ${profile}: ${times.join('  ')}  ${run.memoryMb} MiB ${trouble.join('; ')}`,
  );
}

async function watch(page: Page, who: Who): Promise<Seen> {
  const state = () =>
    page.evaluate<Seen>('({ ...window.__bench, origin: performance.timeOrigin, now: performance.now() })');
  const isDone = ({ marks, seen }: Seen) =>
    who === 'ohif'
      ? seen.first !== undefined && seen.full !== undefined && seen.all !== undefined
      : seen.first !== undefined &&
        marks['full-current'] !== undefined &&
        marks['previews-all'] !== undefined;
  let last: Seen = { marks: {}, seen: {}, frames: 0, origin: 0, now: 0 };
  for (const until = Date.now() + limitMs; Date.now() < until; ) {
    last = await state().catch(() => last);
    if (isDone(last)) break;
    await pause(200);
  }
  return last;
}

/** OHIF knows no film: its first picture, its first real pixels are the same moment. */
function fromOhif(seen: Record<string, number>): Record<string, number | undefined> {
  return {
    'film-first': seen.first,
    'real-first': seen.first,
    'full-current': seen.full,
    'previews-all': seen.all,
  };
}

function ohifProbe(slices: number): string {
  return `(B) => {
    const cs = window.cornerstone; if (!cs || !cs.cache || !cs.cache._imageCache) return {};
    let loaded = 0; for (const e of cs.cache._imageCache.values()) if (e.loaded) loaded++;
    const out = { loaded, all: loaded >= ${slices} };
    if ('first' in B.seen && !('full' in B.seen)) {
      const vp = cs.getRenderingEngines()?.[0]?.getViewports()?.[0];
      out.full = !!vp?.csImage && (vp.csImage.imageQualityStatus === undefined || vp.csImage.imageQualityStatus >= 8);
    }
    return out; }`;
}

function report(): void {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(42) : cell.padStart(12))).join('');
  print('\nViewer, cold Chromium, software graphics; medians');
  print(line(['', 'yunying', 'ohif', 'ratio']));
  const cells = new Set(results.map((run) => `${run.case} ${run.screen} ${run.profile}`));
  for (const cell of cells) {
    const of = (who: Who) =>
      results.filter((run) => run.who === who && `${run.case} ${run.screen} ${run.profile}` === cell);
    const row = (name: string, unit: string, value: (run: Run) => number | null | undefined, digits = 2) => {
      const [ours, theirs] = [median(of('yunying').map(value)), median(of('ohif').map(value))];
      if (ours === null && theirs === null) return;
      const text = (number: number | null) => (number === null ? '-' : number.toFixed(digits));
      const ratio = ours === null || theirs === null || theirs === 0 ? '-' : `${(ours / theirs).toFixed(2)}×`;
      print(line([`${cell}  ${name} (${unit})`, text(ours), text(theirs), ratio]));
    };
    const seconds = (name: keyof Run['ms']) => (run: Run) =>
      run.ms[name] === undefined ? null : run.ms[name] / 1000;
    for (const name of moments) row(name, 's', seconds(name));
    row('picture seen', 's', seconds('first'));
    row('sent before the first picture', 'MB', (run) => megabytes(run.traffic['film-first']));
    row('requests before it', '', (run) => run.traffic['film-first']?.requests, 0);
    row('sent until all can be scrolled', 'MB', (run) => megabytes(run.traffic['previews-all']));
    row('memory, page and graphics', 'MiB', (run) => run.memoryMb, 0);
    row('slices drawn, scrolling', '/s', ({ rates }) => rates.scroll, 1);
    row('drawn, window dragged', '/s', ({ rates }) => rates.window, 1);
    row('drawn, scrolling a plane', '/s', ({ rates }) => rates.mpr, 1);
    row('mpr-first', 's', seconds('mpr-first'));
    row('mpr-complete', 's', seconds('mpr-complete'));
  }
}

function megabytes(traffic: Traffic | undefined): number | null {
  return traffic === undefined ? null : traffic.bytes / 1e6;
}

function median(list: readonly (number | null | undefined)[]): number | null {
  const known = list.filter((one) => one !== null && one !== undefined).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
