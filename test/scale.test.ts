// Growing by processes: two of each of scp, dicomweb and worker over one PostgreSQL and one S3 store are one archive. One
// of each is killed under load; senders go on with the other and repeat what was not acknowledged. Afterwards both
// DICOMweb processes give back everything that was acknowledged, bit for bit, and every job has ended.
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { newUid, patchDataset } from '@yunying/dicom';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../apps/server/src/db/embedded-postgres.ts';
import { silentLogger } from '../apps/server/src/log/index.ts';
import { startTestS3, type TestS3 } from '../apps/server/src/testing/s3.ts';
import { splitPart10 } from '../demo/objects.ts';
import { repositoryRoot } from '../scripts/setup/root.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';
import { compareStudy, type Ledger, pause, sha256, splitHostPort, studiesOf } from './soak/ledger.ts';

type Process = { role: string; dataDir: string; platform: Platform };
type NewObject = { file: Uint8Array; path: string; sopInstanceUid: string };

const noDcmtk = !existsSync('/usr/bin/storescu');
/** Without sequences: their lengths may be written in two ways, and storescu writes them anew. */
const template = join(repositoryRoot, 'demo/studies/nm-heart/NM-MONO2-16-13x-heart.dcm');
const roles = { scp: 'scp', dicomweb: 'dicomweb', worker: 'worker,cron' };
const objectsInBatch = 8;
const acknowledgedBetween = 40;

const folder = mkdtempSync(join(tmpdir(), 'yunying-scale-'));
chmodSync(folder, 0o711);
const ledger: Ledger = { objects: new Map(), accessionNumbers: new Set(), wrong: [] };
const processes: Process[] = [];
let database: EmbeddedPostgres;
let s3: TestS3;
let env: Record<string, string>;
let token: string;
let original: Uint8Array;
let stopping = false;

beforeAll(async () => {
  if (noDcmtk) return;
  // As DCMTK writes it: what storescu sends is then byte for byte what is in the file.
  const normal = join(folder, 'template.dcm');
  execFileSync('dcmconv', [template, normal]);
  original = await readFile(normal);
  mkdirSync(join(folder, 'database'), { mode: 0o711 });
  database = await startEmbeddedPostgres({
    dataDir: join(folder, 'database'),
    sharedBuffersMb: 64,
    log: silentLogger,
    settings: { max_connections: '200' },
  });
  s3 = await startTestS3(join(folder, 's3'));
  const { user, password, port } = database.connection;
  env = {
    YUNYING_DATABASE_URL: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`,
    YUNYING_DATABASE_POOL: '6',
    YUNYING_BLOBS: s3.url('scale'),
    YUNYING_JOB_LEASE_SECONDS: '4',
    YUNYING_SETTLE_SECONDS: '2',
    YUNYING_CPU_JOBS: '1',
    ...s3.keys,
  };
  for (const role of ['worker', 'worker', 'scp', 'scp', 'dicomweb', 'dicomweb'] as const)
    processes.push(await startOne(role, join(folder, `${role}-${processes.length}`)));
  // With a store of its own: this process is the way to S3, and waits for the command.
  const onItsOwn = { ...env, YUNYING_BLOBS: 'file:' };
  token = runYunying(join(folder, 'cli'), ['client', 'add', 'scale'], '', onItsOwn).trim();
}, 600_000);

afterAll(async () => {
  stopping = true;
  await Promise.allSettled(processes.map(({ platform }) => platform.stop()));
  await s3?.stop();
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(noDcmtk)(
  'six processes over one database and one S3 store lose nothing when one of each kind is killed (needs DCMTK)',
  async () => {
    const load = Promise.all([sendByStorescu(0), sendByStorescu(1), sendByStow(0), sendByStow(1)]);
    for (const role of ['scp', 'dicomweb', 'worker']) {
      await untilAcknowledged(acknowledgedBetween);
      await of(role, 0).platform.kill('server');
    }
    await untilAcknowledged(acknowledgedBetween);
    stopping = true;
    await load;
    for (const role of ['scp', 'dicomweb', 'worker'] as const) {
      const killed = of(role, 0);
      killed.platform = (await startOne(role, killed.dataDir)).platform;
    }
    expect([...ledger.objects.values()].filter(({ acknowledged }) => !acknowledged)).toEqual([]);
    await untilJobsEnd();
    for (const at of [0, 1])
      for (const study of studiesOf(ledger)) await compareStudy(getFrom(at), study, ledger);
    expect(ledger.wrong).toEqual([]);
    for (const at of [0, 1])
      for (const study of studiesOf(ledger)) {
        const manifest = await getFrom(at)(`/api/studies/${study}/manifest`, 'application/json');
        expect(await manifest.json()).toMatchObject({ mediaState: 'ready' });
      }
  },
  900_000,
);

async function startOne(role: keyof typeof roles, dataDir: string): Promise<Process> {
  const platform = await startPlatform({ dataDir, env: { ...env, YUNYING_ROLES: roles[role] } });
  return { role, dataDir, platform };
}

function of(role: string, at: number): Process {
  const found = processes.filter((one) => one.role === role)[at];
  if (found === undefined) throw new Error(`there is no ${role} ${at}`);
  return found;
}

const getFrom = (at: number) => (path: string, accept: string) =>
  fetch(`${of('dicomweb', at).platform.ready.http}${path}`, {
    headers: { authorization: `Bearer ${token}`, accept },
  });

/** A batch of files at a time; what was not answered Success is sent again, to the other process. */
async function sendByStorescu(first: number): Promise<void> {
  const study = newUid();
  while (!stopping) {
    const objects = Array.from({ length: objectsInBatch }, () => newObject(study));
    for (let at = first, tries = 0; objects.some(isWaiting); at = 1 - at, tries += 1) {
      if (tries > 100) throw new Error('storescu never got its objects stored');
      const { platform } = of('scp', at);
      const [host, port] = splitHostPort(platform.ready.dimse);
      const waiting = objects.filter(isWaiting);
      const files = waiting.map(({ path }) => path);
      const log = await storescu(['-v', '-R', '-aec', platform.ready.aeTitle, host, String(port), ...files]);
      for (const path of acknowledgedIn(log)) acknowledge(objects.find((one) => one.path === path));
      if (objects.some(isWaiting)) await pause(200);
    }
    for (const { path } of objects) rmSync(path);
  }
}

function storescu(args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('storescu', args, { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }, (_error, out, err) =>
      resolve(out + err),
    );
  });
}

/** `Sending file: PATH` and the response after it; a warning or failure is not an acknowledgement. */
function acknowledgedIn(log: string): string[] {
  const paths: string[] = [];
  let path = '';
  for (const line of log.split('\n')) {
    path = /Sending file: (.*)$/.exec(line)?.[1] ?? path;
    if (line.includes('Received Store Response (Success)')) paths.push(path);
  }
  return paths;
}

async function sendByStow(first: number): Promise<void> {
  const study = newUid();
  while (!stopping) {
    const object = newObject(study);
    for (let at = first, tries = 0; isWaiting(object); at = 1 - at, tries += 1) {
      if (tries > 100) throw new Error('STOW-RS never got its object stored');
      const status = await stow(of('dicomweb', at).platform.ready.http, object.file).catch(() => 0);
      if (status === 200) acknowledge(object);
      else await pause(200);
    }
    rmSync(object.path);
  }
}

async function stow(http: string, file: Uint8Array): Promise<number> {
  const boundary = 'scale-boundary';
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
  const answer = await fetch(`${http}/dicom-web/studies`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
    body: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    signal: AbortSignal.timeout(60_000),
  });
  await answer.arrayBuffer();
  return answer.status;
}

function newObject(studyInstanceUid: string): NewObject {
  const sopInstanceUid = newUid();
  const seriesInstanceUid = `${studyInstanceUid}.1`.slice(0, 64);
  const file = patchDataset(original, {
    StudyInstanceUID: studyInstanceUid,
    SeriesInstanceUID: seriesInstanceUid,
    SOPInstanceUID: sopInstanceUid,
    PatientID: 'SCALE',
  });
  const path = join(folder, `${sopInstanceUid}.dcm`);
  writeFileSync(path, file);
  ledger.objects.set(sopInstanceUid, {
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    sha256: sha256(splitPart10(file).dataset),
    acknowledged: false,
  });
  return { file, path, sopInstanceUid };
}

const isWaiting = ({ sopInstanceUid }: NewObject) =>
  ledger.objects.get(sopInstanceUid)?.acknowledged === false;

function acknowledge(object: NewObject | undefined): void {
  const sent = object === undefined ? undefined : ledger.objects.get(object.sopInstanceUid);
  if (sent === undefined) throw new Error(`${basename(object?.path ?? '')} was acknowledged and not sent`);
  sent.acknowledged = true;
}

async function untilAcknowledged(more: number): Promise<void> {
  const count = () => [...ledger.objects.values()].filter(({ acknowledged }) => acknowledged).length;
  const wanted = count() + more;
  for (let waited = 0; count() < wanted; waited += 100) {
    if (waited > 240_000) throw new Error(`only ${count()} of ${wanted} objects were acknowledged`);
    await pause(100);
  }
}

/** Jobs of the schedule come again for ever; all others must have run, and none may be dead. */
async function untilJobsEnd(): Promise<void> {
  const client = new pg.Client({ connectionString: env.YUNYING_DATABASE_URL });
  await client.connect();
  try {
    for (let waited = 0; ; waited += 500) {
      const { rows } = await client.query<{ name: string; state: string; error: string | null }>(
        `select name, state, error from job where state in ('queued', 'running', 'dead')
           and (dedupe_key is distinct from 'schedule' or state = 'dead')`,
      );
      const waiting = await client.query(`select 1 from instance where media_state = 'waiting' limit 1`);
      if (rows.length + waiting.rows.length === 0) return;
      if (waited > 240_000) expect(rows).toEqual([]);
      await pause(500);
    }
  } finally {
    await client.end();
  }
}
