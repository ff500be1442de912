// Faults other than power cuts, while four associations and STOW-RS store without giving up: the database killed and
// unreachable, the disk full, peers that stop reading, send nothing, end in the middle of a PDU or announce 4 GiB. Then
// the questions: is every Success durable? Did failures carry a status that a sender knows to repeat? Did the repeats
// complete every study, without a person, in the same server process and in bounded memory?
// Long form: `npm run soak -- faults`; a short one runs in `npm test`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { newUid, patchDataset } from '@yunying/dicom';
import { connect } from '@yunying/dimse';
import { startEmbeddedPostgres } from '../../apps/server/src/db/embedded-postgres.ts';
import { silentLogger } from '../../apps/server/src/log/index.ts';
import { splitPart10 } from '../../demo/objects.ts';
import { repositoryRoot } from '../../scripts/setup/root.ts';
import { type Platform, runYunying, startPlatform } from '../harness/platform.ts';
import {
  compareStudy,
  type Get,
  type Ledger,
  pause,
  type SentObject,
  sha256,
  splitHostPort,
  studiesOf,
} from './ledger.ts';

export type FaultReport = {
  faults: string[];
  objects: number;
  repeats: number;
  statuses: string[];
  peakMiB: number;
  wrong: string[];
};

export type Ground = {
  platform: Platform;
  token: string;
  ledger: Ledger;
  template: Uint8Array;
  /** Each status of a failure, with the end of the server's log when it was first heard. */
  statuses: Map<string, string>;
  repeats: number;
  stopping: boolean;
};
export type Fault = { name: string; happen(ground: Ground): Promise<void> };

const senders = 4;
export const template = 'demo/studies/pet-ct/PT-1.21367.201599.3.201604020956049.6.dcm';
/** Out of resources (PS3.4 table B.2-1), or processing failure (PS3.7 annex C): a sender repeats later. */
const honest = /^(A7|A9|C|0110$|HTTP (409|429|503|507)$|gone$)/;

export async function runFaults(
  folder: string,
  seconds: number,
  onStep: (text: string) => void,
): Promise<FaultReport> {
  mkdirSync(join(folder, 'database'), { mode: 0o711 });
  const database = await startEmbeddedPostgres({
    dataDir: join(folder, 'database'),
    sharedBuffersMb: 64,
    log: silentLogger,
  });
  const wire = await openWire(database.connection.port);
  const blobs = mountSmallDisk(join(folder, 'blobs'));
  const { user, password } = database.connection;
  const urlAt = (port: number) => ({
    YUNYING_DATABASE_URL: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`,
  });
  const env = {
    ...urlAt(wire.port),
    YUNYING_BLOBS: `file:${blobs.folder}`,
    YUNYING_RESERVE: '4MB',
    YUNYING_DIMSE_PROCESSES: '2',
  };
  const dataDir = join(folder, 'data');
  const platform = await startPlatform({ dataDir, env });
  const ground: Ground = {
    platform,
    // Not over the wire: this process is the wire, and waits for the command.
    token: runYunying(dataDir, ['client', 'add', `faults-${Date.now()}`], '', {
      ...env,
      ...urlAt(database.connection.port),
    }).trim(),
    ledger: { objects: new Map(), accessionNumbers: new Set(), wrong: [] },
    template: await readFile(join(repositoryRoot, template)),
    statuses: new Map(),
    repeats: 0,
    stopping: false,
  };
  const faults: Fault[] = [
    { name: 'the database is killed', happen: async () => void process.kill(database.pid(), 'SIGKILL') },
    { name: `the database cannot be reached for ${seconds} s`, happen: () => wire.cut(seconds) },
    ...(blobs.fill === null
      ? []
      : [{ name: `the disk is full for ${seconds} s`, happen: blobs.fill(seconds) }]),
    { name: 'a peer stops reading', happen: stopReading },
    { name: 'a peer sends nothing', happen: (at) => rawPeer(at, Buffer.alloc(0), 500) },
    { name: 'a peer ends in the middle of a PDU', happen: (at) => rawPeer(at, halfPdu, 50) },
    { name: 'a peer announces a PDU of 4 GiB', happen: (at) => rawPeer(at, hugePdu, 500) },
  ];
  return runUnderLoad(ground, faults, senders, onStep, async () => {
    wire.close();
    await database.stop();
    blobs.remove();
  });
}

/** Lets the faults happen one after the other while senders store, then asks what became of every object. */
export async function runUnderLoad(
  ground: Ground,
  faults: readonly Fault[],
  associations: number,
  onStep: (text: string) => void,
  close: () => Promise<void>,
): Promise<FaultReport> {
  const { platform } = ground;
  let peakMiB = 0;
  const watch = setInterval(() => {
    peakMiB = Math.max(peakMiB, residentMiB(platform.ready.pid));
  }, 200);
  try {
    const load = Promise.all([
      ...Array.from({ length: associations }, () => sendUntilTold(ground)),
      stowUntilTold(ground),
    ]);
    for (const fault of faults) {
      onStep(fault.name);
      await fault.happen(ground);
      await untilSomethingIsStored(ground, fault.name);
    }
    ground.stopping = true;
    await load;
    const get: Get = (path, accept) =>
      fetch(`${platform.ready.http}${path}`, {
        headers: { authorization: `Bearer ${ground.token}`, accept },
      });
    for (const study of studiesOf(ground.ledger)) await compareStudy(get, study, ground.ledger);
  } finally {
    clearInterval(watch);
    ground.stopping = true;
    await platform.stop();
    await close();
  }
  const { wrong, objects } = ground.ledger;
  const unsent = [...objects.values()].filter((object) => !object.acknowledged).length;
  if (unsent > 0) wrong.push(`${unsent} objects were never stored although their senders repeated them`);
  for (const [status, log] of ground.statuses)
    if (!honest.test(status)) wrong.push(`a failure was answered ${status}; the log then:\n${log}`);
  return {
    faults: faults.map(({ name }) => name),
    objects: objects.size,
    repeats: ground.repeats,
    statuses: [...ground.statuses.keys()].sort(),
    peakMiB,
    wrong,
  };
}

/** One association after the other; each object is repeated until it is stored. */
async function sendUntilTold(ground: Ground): Promise<void> {
  const study = newUid();
  const series = newUid();
  let association: Awaited<ReturnType<typeof connect>> | null = null;
  while (!ground.stopping) {
    const { file, sent } = nextObject(ground, study, series);
    const object = splitPart10(file);
    for (let tries = 0; !sent.acknowledged && tries < 600; tries += 1) {
      try {
        association ??= await associate(ground, object);
        const { status } = await association.store(object);
        sent.acknowledged = status === 0;
        if (status !== 0) await repeatLater(ground, status.toString(16).toUpperCase().padStart(4, '0'));
      } catch {
        association?.abort('faults');
        association = null;
        await repeatLater(ground, 'gone');
      }
    }
  }
  await association?.release().catch(() => {});
}

async function stowUntilTold(ground: Ground): Promise<void> {
  const study = newUid();
  const series = newUid();
  while (!ground.stopping) {
    const { file, sent } = nextObject(ground, study, series);
    for (let tries = 0; !sent.acknowledged && tries < 600; tries += 1) {
      const status = await stow(ground, file).catch(() => 'gone');
      sent.acknowledged = status === 'HTTP 200';
      if (!sent.acknowledged) await repeatLater(ground, status);
    }
    await pause(50);
  }
}

async function stow(ground: Ground, file: Uint8Array): Promise<string> {
  const boundary = 'faults-boundary';
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const answer = await fetch(`${ground.platform.ready.http}/dicom-web/studies`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ground.token}`,
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
    body,
  });
  await answer.arrayBuffer();
  return `HTTP ${answer.status}`;
}

async function repeatLater(ground: Ground, status: string): Promise<void> {
  if (!ground.statuses.has(status)) ground.statuses.set(status, ground.platform.log());
  ground.repeats += 1;
  await pause(200);
}

function nextObject(ground: Ground, studyInstanceUid: string, seriesInstanceUid: string) {
  const sopInstanceUid = newUid();
  const file = patchDataset(ground.template, {
    StudyInstanceUID: studyInstanceUid,
    SeriesInstanceUID: seriesInstanceUid,
    SOPInstanceUID: sopInstanceUid,
    PatientID: 'FAULTS',
  });
  const sent: SentObject = {
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    sha256: sha256(splitPart10(file).dataset),
    acknowledged: false,
  };
  ground.ledger.objects.set(sopInstanceUid, sent);
  return { file, sent };
}

function associate(ground: Ground, object: { sopClassUid: string; transferSyntaxUid: string }) {
  const { dimse, aeTitle } = ground.platform.ready;
  const [host, port] = splitHostPort(dimse);
  const contexts = [{ abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }];
  return connect({ host, port, callingAe: 'FAULTSCU', calledAe: aeTitle, contexts });
}

/** The platform has recovered when a new object gets through. */
async function untilSomethingIsStored({ ledger }: Ground, after: string): Promise<void> {
  const count = () => [...ledger.objects.values()].filter((object) => object.acknowledged).length;
  const before = count();
  for (let waited = 0; count() < before + senders; waited += 100) {
    if (waited > 120_000) throw new Error(`nothing was stored within 120 s after: ${after}`);
    await pause(100);
  }
}

/** TCP between server and database that can be cut: refused and broken connections, as with a dead network. */
async function openWire(databasePort: number) {
  const ends = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connectTcp(databasePort, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const bound = server.address();
        resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
      });
    });
  const port = await listen(0);
  const close = () => {
    server.close();
    // A network ends connections in both ways: half of them are closed, half are reset.
    for (const [index, end] of [...ends].entries()) index % 2 === 0 ? end.destroy() : end.resetAndDestroy();
  };
  return {
    port,
    close,
    cut: async (seconds: number) => {
      close();
      await pause(seconds * 1000);
      await listen(port);
    },
  };
}

/** A disk of 192 MB of our own, where the account may mount one; else the folder as it is, and no full disk. */
function mountSmallDisk(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const mounted =
    process.getuid?.() === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'yunying-faults', folder]).status === 0;
  const filler = join(folder, 'filler');
  return {
    folder,
    remove: () => void (mounted && spawnSync('umount', ['-l', folder])),
    fill: mounted
      ? (seconds: number) => async () => {
          const { bavail, bsize } = statfsSync(folder);
          writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 256 * 1024), 1));
          await pause(seconds * 1000);
          rmSync(filler);
        }
      : null,
  };
}

const hugePdu = Buffer.from([0x01, 0, 0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0]);
const halfPdu = Buffer.from([0x01, 0, 0, 0, 0, 200, 0, 1, 0, 0, 0x41, 0x42]);

async function rawPeer({ platform }: Ground, bytes: Buffer, ms: number): Promise<void> {
  const [host, port] = splitHostPort(platform.ready.dimse);
  const sockets = Array.from({ length: 20 }, () => connectTcp(port, host));
  for (const socket of sockets) {
    socket.on('error', () => {});
    if (bytes.length > 0) socket.write(bytes);
  }
  await pause(ms);
  for (const socket of sockets) socket.destroy();
}

/** Asks thousands of C-ECHOs and never reads an answer. */
async function stopReading(ground: Ground): Promise<void> {
  const { dimse, aeTitle } = ground.platform.ready;
  const [host, port] = splitHostPort(dimse);
  const contexts = [{ abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }];
  const association = await connect({ host, port, callingAe: 'DEAFSCU', calledAe: aeTitle, contexts });
  const asked = Array.from({ length: 500 }, () => association.echo().catch(() => {}));
  await pause(500);
  association.abort('deaf');
  await Promise.all(asked);
}

function residentMiB(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
