// npm run bench -- query: QIDO-RS searches and the worklist in archives of several sizes, and in the peer archive with the
// same studies. All stand beside each other and take turns with every single request, so that what else the machine does
// is shared; what counts is the ratio. Requests are sequential, on one kept-alive connection each. Our rows are loaded by
// SQL (searches never open an object), the peer is fed through its door.
// Options: --sizes 1000,20000,1000000  --peer 20000 (0: without)  --reps N (5)  --queries N different (20)
//   --only TEXT: questions whose name has it  --data DIR: archives are kept there for the next run
// A million studies need 6 GB on the disk of TMPDIR and some minutes; without --data everything is removed at the end.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { readConfig } from '../apps/server/src/config.ts';
import { type Db, openRunning } from '../apps/server/src/db/index.ts';
import { silentLogger } from '../apps/server/src/log/index.ts';
import { runYunying, startPlatform } from '../test/harness/platform.ts';
import { missingPeers, startOrthancWeb, type WebPeer } from './frames-peers.ts';
import { zipOf } from './query-files.ts';
import { type Question, questionsOf } from './query-questions.ts';
import { loadRows } from './query-rows.ts';

type Side = { name: string; origin: string; headers: Record<string, string> };
type Figure = { p50: number; p95: number; rows: number };

type Archive = Side & { size: number; db: Db; close(): Promise<void> };

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,20000,1000000' },
    peer: { type: 'string', default: '20000' },
    reps: { type: 'string', default: '5' },
    queries: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    data: { type: 'string' },
  },
});
const sizes = values.sizes
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const peerSize = missingPeers().some((name) => name.startsWith('orthanc')) ? 0 : Number(values.peer);
const folder = values.data ?? mkdtempSync(join(tmpdir(), 'yunying-bench-query-'));
mkdirSync(folder, { recursive: true });
chmodSync(folder, 0o711); // the database runs as another user than root
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const filesPerRequest = 500;
/** By question and side. */
const table = new Map<string, Map<string, Figure>>();
const archives: Archive[] = [];
let peer: WebPeer | null = null;

try {
  for (const size of sizes) archives.push(await openArchive(size));
  const same = archives.find(({ size }) => size === peerSize);
  if (same !== undefined) {
    const own = mkdtempSync(join(folder, 'orthanc-'));
    peer = await startOrthancWeb(own);
    progress(`orthanc: feeding ${peerSize} studies`);
    await feed(same.db, peer.origin, peerSize);
  }
  await measure();
  report();
} finally {
  agent.destroy();
  await peer?.stop();
  for (const archive of archives) await archive.close();
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}

/** A platform with a database of its own, and that many studies in it. */
async function openArchive(size: number): Promise<Archive> {
  const dataDir = join(folder, `ours-${size}`);
  const platform = await startPlatform({
    dataDir,
    env: {
      YUNYING_ROLES: 'web,dicomweb',
      YUNYING_RATE_PER_MINUTE: '10000000',
      YUNYING_SHARED_BUFFERS_MB: '512', // as in production
    },
  });
  const database = await openRunning(
    readConfig({
      YUNYING_DATA: dataDir,
      YUNYING_PROFILE: 'demo',
      YUNYING_STATEMENT_TIMEOUT_MS: '3600000',
    }),
    silentLogger,
  );
  const close = async () => {
    await database.close();
    await platform.stop();
  };
  try {
    const { rows } = await sql<{ n: string }>`SELECT count(*) AS n FROM study`.execute(database.db);
    if (rows[0]?.n === '0') {
      progress(`ours: loading ${size} studies`);
      await loadRows(database.db, { from: 0, to: size }, progress);
    }
    const added = runYunying(dataDir, ['client', 'add', `bench-${Date.now()}`]);
    const token = /[A-Za-z0-9_-]{40,}/.exec(added)?.[0] ?? '';
    const headers = { authorization: `Bearer ${token}` };
    return { name: `ours ${size}`, origin: platform.ready.http, headers, size, db: database.db, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function measure(): Promise<void> {
  const sides: { side: Side; questions: Map<string, Question[]> }[] = [];
  for (const archive of archives) {
    const questions = await questionsOf(archive.db, archive.size, Number(values.queries));
    const ours = new Map(Object.entries(questions).map(([name, one]) => [name, one.ours]));
    for (const [name, [first = '']] of ours)
      if (name.includes('Link')) ours.set(name, [await linkAt(archive, first)]);
    sides.push({ side: archive, questions: ours });
    if (archive.size === peerSize && peer !== null) {
      const asked = Object.entries(questions).flatMap(([name, one]): [string, Question[]][] =>
        one.peer === null ? [] : [[name, one.peer]],
      );
      const side = { name: `orthanc ${peerSize}`, origin: peer.origin, headers: {} };
      sides.push({ side, questions: new Map(asked) });
    }
  }
  for (const name of [...(sides[0]?.questions.keys() ?? [])].filter((one) => one.includes(values.only)))
    table.set(name, await takeTurns(name, sides));
}

async function takeTurns(
  name: string,
  sides: readonly { side: Side; questions: Map<string, Question[]> }[],
): Promise<Map<string, Figure>> {
  const times = new Map<string, { ms: number[]; rows: number }>();
  const count = Number(values.queries);
  for (let turn = -6; turn < Number(values.reps) * count; turn += 1) {
    for (const { side, questions } of sides) {
      const paths = questions.get(name) ?? [];
      if (paths.length === 0) continue;
      const began = performance.now();
      const answer = await ask(side, paths[(turn + 6 * count) % paths.length] ?? '/');
      const ms = performance.now() - began;
      if (turn < 0) continue; // to warm up: statements are prepared, caches filled
      const own = times.get(side.name) ?? { ms: [], rows: 0 };
      own.ms.push(ms);
      own.rows += answer.rows();
      times.set(side.name, own);
    }
  }
  const figures = [...times].map(([side, { ms, rows }]): [string, Figure] => [
    side,
    { p50: quantile(ms, 0.5), p95: quantile(ms, 0.95), rows: rows / ms.length },
  ]);
  progress(`${name}: ${figures.map(([side, { p50 }]) => `${side} ${p50.toFixed(2)}`).join(', ')} ms`);
  return new Map(figures);
}

/** The address of the page behind that place, as the answer's Link header gives it. */
async function linkAt(side: Side, path: string): Promise<string> {
  const { link } = await ask(side, path);
  return /<([^>]+)>; rel="next"/.exec(link)?.[1] ?? path;
}

function ask(side: Side, asked: string): Promise<{ link: string; rows: () => number }> {
  const [path = '/', body] = asked.split('#');
  const { hostname, port } = new URL(side.origin);
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      hostname,
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...side.headers, accept: 'application/dicom+json, application/json' },
    };
    const sent = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode !== 200 && answer.statusCode !== 204)
          return reject(new Error(`${side.name}: ${answer.statusCode} for ${path}`));
        const rows = () => {
          const text = Buffer.concat(chunks).toString();
          const found: unknown = text === '' ? [] : JSON.parse(text);
          const list = typeof found === 'object' && found !== null && 'items' in found ? found.items : found;
          return Array.isArray(list) ? list.length : 0;
        };
        resolve({ link: String(answer.headers.link ?? ''), rows });
      });
    });
    sent.on('error', reject).end(body ?? '');
  });
}

async function feed(db: Db, origin: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += filesPerRequest) {
    const body = new Uint8Array(await zipOf(db, at, Math.min(count, at + filesPerRequest)));
    const answer = await fetch(`${origin}/instances`, { method: 'POST', body });
    if (answer.status !== 200) throw new Error(`orthanc answered ${answer.status} to a ZIP archive`);
    await answer.arrayBuffer();
    if (at % 5000 === 0) progress(`orthanc: ${at}/${count}`);
  }
  const statistics: unknown = await (await fetch(`${origin}/statistics`)).json();
  progress(`orthanc: ${JSON.stringify(statistics)}`);
}

function report(): void {
  const [smallest, largest] = [`ours ${sizes[0]}`, `ours ${sizes.at(-1)}`];
  const sides = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))];
  const cell = (figure: Figure | undefined) =>
    figure === undefined
      ? '–'
      : `${figure.p50.toFixed(2)} / ${figure.p95.toFixed(2)} (${figure.rows.toFixed(0)})`;
  const line = (cells: readonly string[]) => print(`| ${cells.join(' | ')} |`);
  print(
    '\nms of one request: p50 / p95 (studies or exams answered), limit 50, sequential on one connection\n',
  );
  line(['', ...sides, 'p50 largest ÷ smallest', 'Orthanc ÷ ours']);
  line(Array.from({ length: sides.length + 3 }, () => '---'));
  for (const [name, row] of table) {
    const p50 = (side: string) => row.get(side)?.p50 ?? Number.NaN;
    const flat = (p50(largest) / p50(smallest)).toFixed(2);
    const ratio = p50(`orthanc ${peerSize}`) / p50(`ours ${peerSize}`);
    line([
      name,
      ...sides.map((side) => cell(row.get(side))),
      flat,
      Number.isNaN(ratio) ? '–' : ratio.toFixed(1),
    ]);
  }
  print(
    '\nOurs checks the client and writes the audit trail on every search; Orthanc runs without authentication.',
  );
}

function quantile(list: readonly number[], part: number): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length * part)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
