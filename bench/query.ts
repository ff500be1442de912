// npm run bench -- query: QIDO-RS searches of ours at growing archives, and of the peer archive with the same studies, in
// one run, taking turns. Requests are sequential on one kept-alive connection; what counts is the ratio. Our rows are
// loaded by SQL (searches never open an object), the peer is fed through its door.
// Options: --sizes 1000,20000 (add 1000000), --peer 20000 (0: without), --reps N (5), --queries N different (20)
// Trap: QIDO-RS of Orthanc 1.10 does not decode percent-encoded values and refuses bytes beyond ASCII, so a Chinese name
// is asked of its own /tools/find, which answers the same studies.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../apps/server/src/config.ts';
import { openRunning } from '../apps/server/src/db/index.ts';
import { silentLogger } from '../apps/server/src/log/index.ts';
import { runYunying, startPlatform } from '../test/harness/platform.ts';
import { missingPeers, startOrthancWeb, type WebPeer } from './frames-peers.ts';
import { dayAt, days, fileOf, loadRows, studyAt } from './query-data.ts';

type Side = { name: string; origin: string; headers: Record<string, string>; size: number };
type Questions = Record<string, string[]>;

const pageSize = 50;
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,20000' },
    peer: { type: 'string', default: '20000' },
    reps: { type: 'string', default: '5' },
    queries: { type: 'string', default: '20' },
  },
});
const sizes = values.sizes
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const peerSize = missingPeers().some((name) => name.startsWith('orthanc')) ? 0 : Number(values.peer);
const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-query-'));
chmodSync(folder, 0o711); // the database runs as another user than root
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const table = new Map<string, Map<string, number>>();
let peer: WebPeer | null = null;
const platform = await startPlatform({
  dataDir: join(folder, 'ours'),
  env: { YUNYING_ROLES: 'web,dicomweb', YUNYING_RATE_PER_MINUTE: '10000000' },
}).catch((error: unknown) => {
  rmSync(folder, { recursive: true, force: true });
  throw error;
});

try {
  const added = runYunying(join(folder, 'ours'), ['client', 'add', 'bench']);
  const token = /[A-Za-z0-9_-]{40,}/.exec(added)?.[0] ?? '';
  const config = readConfig({ YUNYING_DATA: join(folder, 'ours'), YUNYING_PROFILE: 'demo' });
  const database = await openRunning(config, silentLogger);
  let loaded = 0;
  try {
    for (const size of sizes) {
      progress(`ours: loading up to ${size} studies`);
      await loadRows(database.db, loaded, size);
      loaded = size;
      const ours = {
        name: `ours ${size}`,
        origin: platform.ready.http,
        headers: { authorization: `Bearer ${token}` },
        size,
      };
      const sides: Side[] = [ours];
      if (size === peerSize) {
        peer = await startOrthancWeb(mkdtempSync(join(folder, 'orthanc-')));
        progress(`orthanc: feeding ${size} studies`);
        await feed(peer.origin, size);
        sides.push({ name: `orthanc ${size}`, origin: peer.origin, headers: {}, size });
      }
      await measure(sides);
      await peer?.stop();
      peer = null;
    }
  } finally {
    await database.close();
  }
  report();
} finally {
  agent.destroy();
  await peer?.stop();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(sides: readonly Side[]): Promise<void> {
  const asked = await Promise.all(sides.map(async (side) => ({ side, questions: await questionsOf(side) })));
  for (const { side, questions } of asked)
    for (const paths of Object.values(questions)) await ask(side, paths[0] ?? '/'); // warm
  for (const name of Object.keys(asked[0]?.questions ?? {})) {
    const times = new Map<string, number[]>();
    for (let rep = 0; rep < Number(values.reps); rep += 1) {
      for (const { side, questions } of asked) {
        for (const path of questions[name] ?? []) {
          const began = performance.now();
          await ask(side, path);
          times.set(side.name, [...(times.get(side.name) ?? []), performance.now() - began]);
        }
      }
    }
    for (const [side, list] of times) {
      const row = table.get(name) ?? new Map<string, number>();
      row.set(side, median(list));
      table.set(name, row);
      progress(`${name}, ${side}: ${median(list).toFixed(2)} ms`);
    }
  }
}

/** The same questions for both sides, in the spelling that each understands. */
async function questionsOf(side: Side): Promise<Questions> {
  const isPeer = side.name.startsWith('orthanc');
  const count = Number(values.queries);
  const picked = Array.from({ length: count }, (_, at) => studyAt(Math.floor((at * side.size) / count)));
  const value = (text: string) => (isPeer ? text : encodeURIComponent(text));
  const page = `limit=${pageSize}`;
  const studies = (query: string) => `/dicom-web/studies?${query}&${page}`;
  const deep = Math.floor(side.size * 0.9);
  const byOffset = `/dicom-web/studies?${page}&offset=${deep}`;
  return {
    'exact UID': picked.map(({ study }) => studies(`StudyInstanceUID=${study}`)),
    'name prefix (Wang*)': picked.map(({ ideographic }, at) =>
      studies(`PatientName=${value(['Wang*', 'Wei*', 'Huang^Xiao*', 'Li*'][at % 4] ?? ideographic)}`),
    ),
    'Chinese name': picked.map(({ ideographic }) =>
      isPeer ? findOfPeer(ideographic) : studies(`PatientName=${value(ideographic)}`),
    ),
    '30 days + modality': picked.map((_, at) => {
      const from = (at * 53) % (days - 30);
      return studies(`StudyDate=${dayAt(from)}-${dayAt(from + 29)}&ModalitiesInStudy=CT`);
    }),
    'deep page': isPeer
      ? Array<string>(4).fill(byOffset)
      : Array<string>(count).fill(await linkAt(side, byOffset)),
  };
}

/** A body to be posted follows the sign #. */
function findOfPeer(name: string): string {
  const query = { Level: 'Study', Expand: true, Limit: pageSize, Query: { PatientName: `*${name}*` } };
  return `/tools/find#${JSON.stringify(query)}`;
}

/** The address of the page behind that place, as the answer's Link header gives it. */
async function linkAt(side: Side, path: string): Promise<string> {
  const { link } = await ask(side, path);
  return /<([^>]+)>; rel="next"/.exec(link)?.[1] ?? path;
}

function ask(side: Side, asked: string): Promise<{ link: string }> {
  const [path = '/', body] = asked.split('#');
  const { hostname, port } = new URL(side.origin);
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      hostname,
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...side.headers, accept: 'application/dicom+json' },
    };
    const sent = request(options, (answer) => {
      answer.on('data', () => {}).on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200 || answer.statusCode === 204)
          resolve({ link: String(answer.headers.link ?? '') });
        else reject(new Error(`${side.name}: ${answer.statusCode} for ${path}`));
      });
    });
    sent.on('error', reject).end(body ?? '');
  });
}

async function feed(origin: string, count: number): Promise<void> {
  let next = 0;
  const sender = async () => {
    while (next < count) {
      const at = next;
      next += 1;
      if (at % 2000 === 0) progress(`orthanc: ${at}/${count}`);
      const body = new Uint8Array(fileOf(studyAt(at)));
      const answer = await fetch(`${origin}/instances`, { method: 'POST', body });
      if (answer.status !== 200) throw new Error(`orthanc answered ${answer.status} to an object`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 4 }, sender));
}

function report(): void {
  const sides = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))];
  const smallest = `ours ${sizes[0]}`;
  const largest = `ours ${sizes.at(-1)}`;
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(17))).join('');
  print(`\nQIDO-RS, median ms of one request, limit ${pageSize}, sequential on one connection\n`);
  print(line(['', ...sides, 'largest:smallest', 'orthanc : ours']));
  for (const [name, row] of table) {
    const at = (side: string) => row.get(side) ?? Number.NaN;
    const flat = (at(largest) / at(smallest)).toFixed(2);
    const ratio = peerSize === 0 ? '' : (at(`orthanc ${peerSize}`) / at(`ours ${peerSize}`)).toFixed(1);
    print(line([name, ...sides.map((side) => at(side).toFixed(2)), flat, ratio]));
  }
  print(
    '\nOurs checks the client and writes the audit trail on every search; Orthanc runs without authentication.',
  );
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
