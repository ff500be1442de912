// npm run bench -- frames: single frames over DICOMweb, ours beside the peer archive's /frames and beside nginx with the
// same bytes as files, in one run, taking turns so that a busy machine is busy for all. Ours asks for rights and writes
// the trail on the way; nginx is the upper bound. What counts is the ratio.
// Options: --reps N (3), --seconds N of each run (4), --slices N (60)
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Platform, runYunying, startPlatform } from '../test/harness/platform.ts';
import { missingPeers, startNginx, startOrthancWeb, type WebPeer } from './frames-peers.ts';
import { runWrk, type WrkSample } from './run-wrk.ts';
import { writeStudies } from './store-objects.ts';
import { dcmtkEnvironment } from './store-peers.ts';
import { waitForMedia } from './wait-for-media.ts';

type Request = { paths: readonly string[]; headers: Record<string, string> };
type Case = { name: string; rival: 'orthanc' | 'nginx'; against: string; origin: string } & Request;

const jphc = 'image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202';
const octets = 'application/octet-stream';
const connections = [1, 8];

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    slices: { type: 'string', default: '60' },
  },
});
const missing = missingPeers();
if (missing.length > 0) {
  process.stderr.write(`not installed: ${missing.join(', ')}\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-frames-'));
chmodSync(folder, 0o711); // the database runs as another user than root
let platform: Platform | null = null;
const peers: WebPeer[] = [];

try {
  const { folders } = writeStudies(join(folder, 'objects'), 2, Number(values.slices));
  platform = await startPlatform({
    dataDir: join(folder, 'ours'),
    env: { YUNYING_RATE_PER_MINUTE: '10000000', YUNYING_SETTLE_SECONDS: '1', YUNYING_LOG_LEVEL: 'warn' },
  });
  const token =
    /[A-Za-z0-9_-]{40,}/.exec(runYunying(join(folder, 'ours'), ['client', 'add', 'bench']))?.[0] ?? '';
  const { http, dimse, aeTitle } = platform.ready;
  send(folders, aeTitle, Number(dimse.slice(dimse.lastIndexOf(':') + 1)));
  const bearer = { authorization: `Bearer ${token}` };
  const instances = await waitForMedia(http, bearer, 2);
  const orthanc = await startOrthancWeb(mkdtempSync(join(folder, 'orthanc-')));
  peers.push(orthanc);
  send(folders, 'ORTHANC', orthanc.dimsePort);
  const files = await saveFiles(http, bearer, instances);
  const nginx = await startNginx(mkdtempSync(join(folder, 'nginx-')), files);
  peers.push(nginx);
  report(
    await measureAll(
      casesOf({ ours: http, orthanc: orthanc.origin, nginx: nginx.origin }, instances, bearer),
    ),
  );
} finally {
  for (const peer of peers) await peer.stop();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
}

function casesOf(
  origins: Record<'ours' | 'orthanc' | 'nginx', string>,
  instances: readonly string[],
  bearer: Record<string, string>,
) {
  const frames = instances.map((path) => `${path}/frames/1`);
  const films = instances.map((path) => `${path}/frames/1/rendered?viewport=512,512`);
  const file = (kind: string) => instances.map((_path, index) => `/${kind}/${index}`);
  const plain = { accept: `multipart/related; type="${octets}"` };
  const ours = (paths: readonly string[], headers: Record<string, string>) => ({
    origin: origins.ours,
    paths,
    headers: { ...bearer, ...headers },
  });
  const still = (kind: string, headers = {}) => ({ origin: origins.nginx, paths: file(kind), headers });
  const prefix = { range: 'bytes=0-16383' };
  return {
    'HTJ2K frame, ours': ours(frames, { accept: jphc }),
    'HTJ2K frame, nginx': still('jphc'),
    'first 16 KB, ours': ours(frames, { accept: jphc, ...prefix }),
    'first 16 KB, nginx': still('jphc', prefix),
    'octets frame, ours': ours(frames, { accept: octets }),
    'octets multipart, ours': ours(frames, plain),
    'octets multipart, orthanc': { origin: origins.orthanc, paths: frames, headers: plain },
    'octets frame, nginx': still('octets'),
    'film, ours': ours(films, { accept: 'image/webp' }),
    'film, orthanc': { origin: origins.orthanc, paths: films, headers: { accept: 'image/jpeg' } },
    'film, nginx': still('film'),
  } satisfies Record<string, Omit<Case, 'name' | 'rival' | 'against'>>;
}

function send(folders: readonly string[], calledAe: string, port: number): void {
  const options = ['-aet', 'BENCHSCU', '-aec', calledAe, '127.0.0.1', String(port), '+sd', ...folders];
  const done = spawnSync('storescu', options, { env: dcmtkEnvironment, encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`storescu to ${calledAe} ended with ${done.status}: ${done.stderr.slice(-500)}`);
}

/** The same bytes as files, for nginx. */
async function saveFiles(
  origin: string,
  headers: Record<string, string>,
  instances: readonly string[],
): Promise<string> {
  const root = join(folder, 'files');
  const kinds = {
    jphc: { suffix: '/frames/1', accept: jphc },
    octets: { suffix: '/frames/1', accept: octets },
    film: { suffix: '/frames/1/rendered?viewport=512,512', accept: 'image/webp' },
  };
  for (const [kind, { suffix, accept }] of Object.entries(kinds)) {
    mkdirSync(join(root, kind), { recursive: true });
    for (const [index, path] of instances.entries()) {
      const answer = await fetch(origin + path + suffix, { headers: { ...headers, accept } });
      if (answer.status !== 200) throw new Error(`${answer.status} for ${kind}`);
      writeFileSync(join(root, kind, String(index)), new Uint8Array(await answer.arrayBuffer()));
    }
  }
  return root;
}

async function measureAll(cases: ReturnType<typeof casesOf>): Promise<Map<string, WrkSample[]>> {
  const samples = new Map<string, WrkSample[]>();
  for (let rep = 0; rep < Number(values.reps); rep += 1) {
    for (const [name, request] of Object.entries(cases)) {
      for (const count of connections) {
        const sample = runWrk(folder, request, count, Number(values.seconds));
        const key = `${name} ${count}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
        progress(`round ${rep + 1}/${values.reps}  ${name} × ${count}: ${sample.rate.toFixed(0)}/s`);
      }
    }
  }
  return samples;
}

function report(samples: ReadonlyMap<string, readonly WrkSample[]>): void {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(28) : cell.padStart(13))).join('');
  print('\nFrames over HTTP, 512×512×16 bit CT, requests/s (median), wrk');
  for (const count of connections) {
    print(`\n${count} connection${count === 1 ? '' : 's'}`);
    print(line(['', 'requests/s', 'MB/s', 'p95 ms', 'ours : this']));
    const names = [...samples.keys()]
      .filter((key) => key.endsWith(` ${count}`))
      .map((key) => key.slice(0, -` ${count}`.length));
    for (const name of names) {
      const own = name.endsWith(', ours');
      const peer = names.find((other) => other === `${name.split(',')[0]}, ours`);
      const rate = median(samples, `${name} ${count}`, 'rate');
      const ratio =
        own || peer === undefined ? '' : (median(samples, `${peer} ${count}`, 'rate') / rate).toFixed(2);
      const cell = (field: keyof WrkSample) =>
        median(samples, `${name} ${count}`, field).toFixed(field === 'p95Ms' ? 2 : 0);
      print(line([name, cell('rate'), cell('megabytes'), cell('p95Ms'), ratio]));
    }
  }
  print(
    '\nOurs checks the client and the study on every request; Orthanc runs without authentication, nginx serves files.',
  );
}

function median(
  samples: ReadonlyMap<string, readonly WrkSample[]>,
  key: string,
  field: keyof WrkSample,
): number {
  const sorted = (samples.get(key) ?? []).map((sample) => sample[field]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
