// One cold Chromium per run of the viewer benchmark: a fresh profile without a cache, loopback only, the line emulated
// by the browser itself; a log of every request of the page and its workers, and the memory of its processes.
import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const bytesOfMbit = (mbit: number) => (mbit * 1e6) / 8;
export const profiles = {
  '4g': { latency: 60, downloadThroughput: bytesOfMbit(10), uploadThroughput: bytesOfMbit(3) },
  '4g+': { latency: 40, downloadThroughput: bytesOfMbit(30), uploadThroughput: bytesOfMbit(5) },
  lan: null,
} as const;
export const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 } },
} as const;
export type Profile = keyof typeof profiles;
export type Screen = keyof typeof screens;
export type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

const mostBytes = 6 * 2 ** 30;

type Request = {
  start: number;
  end: number | null;
  cached: boolean;
  wire: number;
  chunks: [number, number][];
};
type Params = {
  requestId: string;
  timestamp: number;
  wallTime?: number;
  request?: { url: string };
  response?: { url: string; fromDiskCache?: boolean };
  dataLength?: number;
  encodedDataLength?: number;
};
export type Traffic = { bytes: number; requests: number };
export type ColdPage = {
  page: Page;
  cdp: CDPSession;
  /** Bytes on the wire and requests begun until a wall-clock time (ms). */
  until(wallMs: number): Traffic;
  /** Peak of the largest renderer and the GPU process together, MiB. */
  peakMemory(): number;
  close(): Promise<void>;
};

export async function openCold(profile: Profile, screen: Screen, cookies: Cookies): Promise<ColdPage> {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const rules = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless=new', ...root, rules, '--disable-background-networking'],
  });
  const context = await browser.newContext({ ...screens[screen], locale: 'zh-CN' });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const until = await logTraffic(cdp);
  const line = profiles[profile];
  if (line !== null) await cdp.send('Network.emulateNetworkConditions', { offline: false, ...line });
  const memory = await watchMemory(browser);
  const close = async () => {
    memory.stop();
    await browser.close();
  };
  return { page, cdp, until, peakMemory: memory.peak, close };
}

const names = new Set([
  'Network.requestWillBeSent',
  'Network.responseReceived',
  'Network.requestServedFromCache',
  'Network.dataReceived',
  'Network.loadingFinished',
  'Network.loadingFailed',
]);

/** Workers' requests come through their own sessions; chunks are scaled to what was on the wire. */
async function logTraffic(cdp: CDPSession): Promise<ColdPage['until']> {
  const all = new Map<string, Request>();
  let offset = 0;
  const wall = (timestamp: number) => (timestamp + offset) * 1000;
  const take = (who: string, method: string, p: Params): void => {
    const key = `${who} ${p.requestId}`;
    const known = all.get(key);
    if (method === 'Network.requestWillBeSent') {
      if (offset === 0 && p.wallTime !== undefined) offset = p.wallTime - p.timestamp;
      if (p.request?.url.startsWith('http') === true)
        all.set(key, { start: wall(p.timestamp), end: null, cached: false, wire: 0, chunks: [] });
    } else if (known === undefined) return;
    else if (method === 'Network.responseReceived') known.cached = p.response?.fromDiskCache === true;
    else if (method === 'Network.requestServedFromCache') known.cached = true;
    else if (method === 'Network.dataReceived') known.chunks.push([wall(p.timestamp), p.dataLength ?? 0]);
    else known.end = wall(p.timestamp);
    if (method === 'Network.loadingFinished' && known !== undefined) known.wire = p.encodedDataLength ?? 0;
  };
  const takeNamed = (who: string, method: string | undefined, params: object | undefined): void => {
    if (method !== undefined && names.has(method)) take(who, method, params as Params);
  };
  cdp.on('event', ({ method, params }) => takeNamed('page', method, params));
  const quiet = { maxTotalBufferSize: 0, maxResourceBufferSize: 0 };
  cdp.on('Target.attachedToTarget', async ({ sessionId }) => {
    const send = (id: number, method: string, params = {}) =>
      cdp
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) })
        .catch(() => undefined);
    await send(1, 'Network.enable', quiet);
    await send(2, 'Runtime.runIfWaitingForDebugger');
  });
  cdp.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    const { method, params } = JSON.parse(message) as { method?: string; params: object };
    takeNamed(sessionId, method, params);
  });
  await cdp.send('Network.enable', quiet);
  const attach = { autoAttach: true, waitForDebuggerOnStart: true, flatten: false };
  await cdp.send('Target.setAutoAttach', attach);
  return (wallMs) => {
    let bytes = 0;
    let requests = 0;
    for (const one of all.values()) {
      if (one.start > wallMs) continue;
      requests += 1;
      const total = one.chunks.reduce((sum, [, length]) => sum + length, 0);
      const got = one.chunks.reduce((sum, [at, length]) => sum + (at <= wallMs ? length : 0), 0);
      if (!one.cached && total > 0) bytes += (one.wire || total) * (got / total);
    }
    return { bytes: Math.round(bytes), requests };
  };
}

async function watchMemory(browser: Browser): Promise<{ peak(): number; stop(): void }> {
  const session = await browser.newBrowserCDPSession();
  let peak = 0;
  const look = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const of = (type: string) =>
      Math.max(0, ...processInfo.filter((one) => one.type === type).map(({ id }) => residentBytes(id)));
    peak = Math.max(peak, of('renderer') + of('GPU'));
    // A page that runs away takes itself down, not the machine.
    if (peak > mostBytes) await browser.close();
  };
  const timer = setInterval(() => void look().catch(() => undefined), 500);
  return { peak: () => Math.round(peak / 2 ** 20), stop: () => clearInterval(timer) };
}

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
  } catch {
    return 0; // ended meanwhile
  }
}
