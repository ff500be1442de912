// npm run bench -- web: DICOMweb beside the peer archive Orthanc (and nginx with the same bytes for the frame) in one run,
// taking turns: STOW-RS of 4 requests at once (fsync on both sides, our index included), the metadata of a 200-slice
// series, one frame over 1 and 8 connections, /rendered for the first time and again. What counts is the ratio.
// Options: --reps N (3), --seconds N of each run (4), --slices N (200)
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Platform, runYunying, startPlatform } from '../test/harness/platform.ts';
import { missingPeers, startNginx, startOrthancWeb, type WebPeer } from './frames-peers.ts';
import { runWrk } from './run-wrk.ts';
import { writeStudies } from './store-objects.ts';
import { waitForMedia } from './wait-for-media.ts';

const octets = 'application/octet-stream';
const plainFrame = { accept: `multipart/related; type="${octets}"` };
const boundary = 'yunying-bench';
const stowSlices = 50;

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    slices: { type: 'string', default: '200' },
  },
});
const missing = missingPeers();
if (missing.length > 0) {
  process.stderr.write(`not installed: ${missing.join(', ')}\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-web-'));
chmodSync(folder, 0o711); // the database runs as another user than root
let platform: Platform | null = null;
const peers: WebPeer[] = [];
/** figure -> who -> what was measured; more is better. */
const results = new Map<string, Map<string, number[]>>();

try {
  platform = await startPlatform({
    dataDir: join(folder, 'ours'),
    env: { YUNYING_RATE_PER_MINUTE: '10000000', YUNYING_SETTLE_SECONDS: '1', YUNYING_LOG_LEVEL: 'warn' },
  });
  const bearer = { authorization: `Bearer ${addClient('ours')}` };
  const ours = platform.ready.http;
  const orthanc = await startOrthancWeb(mkdtempSync(join(folder, 'orthanc-')), { durable: true });
  peers.push(orthanc);

  const { folders } = writeStudies(join(folder, 'series'), 1, Number(values.slices));
  const body = stowBody(folders[0] ?? '');
  await stow(ours, body, bearer);
  await stow(orthanc.origin, body, {});
  const instances = await waitForMedia(ours, bearer, 1);
  const nginx = await startNginx(
    mkdtempSync(join(folder, 'nginx-')),
    await saveFrames(ours, bearer, instances),
  );
  peers.push(nginx);

  for (let rep = 0; rep < Number(values.reps); rep += 1) {
    await measureReading(rep, { ours, orthanc: orthanc.origin, nginx: nginx.origin }, instances, bearer);
  }
  await platform.stop();
  // Storing is measured in a receiver of its own, where no renditions of the round before are made beside it.
  platform = await startPlatform({
    dataDir: join(folder, 'receiver'),
    env: {
      YUNYING_ROLES: 'dicomweb',
      YUNYING_RATE_PER_MINUTE: '10000000',
      YUNYING_SETTLE_SECONDS: '3600',
      YUNYING_LOG_LEVEL: 'warn',
    },
  });
  const sender = { authorization: `Bearer ${addClient('receiver')}` };
  for (let rep = 0; rep < Number(values.reps); rep += 1) {
    for (const [who, origin, headers] of [
      ['yunying', platform.ready.http, sender],
      ['orthanc', orthanc.origin, {}],
    ] as const) {
      const made = writeStudies(join(folder, `stow-${rep}-${who}`), 4, stowSlices);
      const bodies = made.folders.map(stowBody); // made before: the server is measured
      const begun = performance.now();
      await Promise.all(bodies.map((body) => stow(origin, body, headers)));
      note('STOW-RS, 4 requests (objects/s)', who, made.instances / ((performance.now() - begun) / 1000));
      rmSync(join(folder, `stow-${rep}-${who}`), { recursive: true, force: true });
    }
  }
  report();
} finally {
  for (const peer of peers) await peer.stop();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Answers the token of a client of that platform. */
function addClient(dataFolder: string): string {
  const printed = runYunying(join(folder, dataFolder), ['client', 'add', 'bench']);
  return /[A-Za-z0-9_-]{40,}/.exec(printed)?.[0] ?? '';
}

async function measureReading(
  rep: number,
  origins: { ours: string; orthanc: string; nginx: string },
  instances: readonly string[],
  bearer: Record<string, string>,
): Promise<void> {
  const sides = [
    { who: 'yunying', origin: origins.ours, headers: bearer },
    { who: 'orthanc', origin: origins.orthanc, headers: {} },
  ];
  const series = `${(instances[0] ?? '').split('/instances/')[0]}/metadata`;
  const frames = instances.map((path) => `${path}/frames/1`);
  for (const { who, origin, headers } of sides) {
    const json = { ...headers, accept: 'application/dicom+json' };
    note(`metadata of a series, ${values.slices} slices`, who, wrk(origin, [series], json, 1));
    for (const count of [1, 8])
      note(`one frame, ${count} connections`, who, wrk(origin, frames, { ...headers, ...plainFrame }, count));
    // Another window each round: nobody has made this picture before.
    const rendered = instances.map(
      (path) => `${path}/frames/1/rendered?window=${40 + rep},${400 + rep},linear`,
    );
    const jpeg = { ...headers, accept: 'image/jpeg' };
    const begun = performance.now();
    for (const path of rendered) await (await fetch(origin + path, { headers: jpeg })).arrayBuffer();
    note('/rendered, first time', who, rendered.length / ((performance.now() - begun) / 1000));
    note('/rendered, again', who, wrk(origin, rendered.slice(0, 20), jpeg, 1));
  }
  for (const count of [1, 8])
    note(
      `one frame, ${count} connections`,
      'nginx',
      wrk(
        origins.nginx,
        instances.map((_path, at) => `/${at}`),
        {},
        count,
      ),
    );
}

function wrk(
  origin: string,
  paths: readonly string[],
  headers: Record<string, string>,
  connections: number,
): number {
  return runWrk(folder, { origin, paths, headers }, connections, Number(values.seconds)).rate;
}

function stowBody(from: string): Buffer<ArrayBuffer> {
  const parts = readdirSync(from).flatMap((name) => [
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    readFileSync(join(from, name)),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

async function stow(
  origin: string,
  body: Buffer<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<void> {
  const answer = await fetch(`${origin}/dicom-web/studies`, {
    method: 'POST',
    headers: {
      ...headers,
      accept: 'application/dicom+json',
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
    },
    body,
  });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${answer.status} for STOW-RS to ${origin}`);
}

/** The same bytes as files, for nginx. */
async function saveFrames(
  origin: string,
  headers: Record<string, string>,
  instances: readonly string[],
): Promise<string> {
  const root = join(folder, 'files');
  mkdirSync(root, { recursive: true });
  for (const [index, path] of instances.entries()) {
    const answer = await fetch(`${origin}${path}/frames/1`, { headers: { ...headers, ...plainFrame } });
    if (answer.status !== 200) throw new Error(`${answer.status} for a frame`);
    writeFileSync(join(root, String(index)), new Uint8Array(await answer.arrayBuffer()));
  }
  return root;
}

function note(figure: string, who: string, rate: number): void {
  const sides = results.get(figure) ?? new Map<string, number[]>();
  sides.set(who, [...(sides.get(who) ?? []), rate]);
  results.set(figure, sides);
  process.stderr.write(`${figure}  ${who}: ${rate.toFixed(1)}/s\n`);
}

function report(): void {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(36) : cell.padStart(14))).join('');
  const print = (text: string) => process.stdout.write(`${text}\n`);
  print('\nDICOMweb, 512×512×16 bit CT, per second (median)');
  print(line(['', 'yunying', 'orthanc', 'ours:orthanc', 'nginx', 'ours:nginx']));
  for (const [figure, sides] of results) {
    const [own, peer, still] = ['yunying', 'orthanc', 'nginx'].map((who) => median(sides.get(who) ?? []));
    const cell = (value: number | undefined) =>
      value === undefined || Number.isNaN(value) ? '' : value.toFixed(1);
    const ratio = (of: number | undefined) =>
      own === undefined || of === undefined || Number.isNaN(of) ? '' : (own / of).toFixed(2);
    print(line([figure, cell(own), cell(peer), ratio(peer), cell(still), ratio(still)]));
  }
  print(
    '\nOurs checks the client and the study on every request and writes the trail; Orthanc runs without authentication.',
  );
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
