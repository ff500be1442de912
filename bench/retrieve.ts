// npm run bench -- retrieve: C-GET and C-MOVE of one study, ours beside Orthanc, in one run, taking turns. The client is
// the same for both: an SCU that counts and drops what it receives, in the process of the benchmark, so that no disk of
// the client is measured. Each server's answer is complete when every slice has been received and the final status is
// Success. What counts is the ratio.
// Options: --reps N (5), --slices N (200)
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeDataset, fromDicomJson, getString, parseDicom } from '../packages/dicom/src/index.ts';
import {
  answerContexts,
  commandField,
  connect,
  createScp,
  cStoreService,
  type Scp,
  type StoreRequest,
} from '../packages/dimse/src/index.ts';
import { runYunying, startPlatform } from '../test/harness/platform.ts';
import { freePort, whenOpen } from './ports.ts';
import { writeStudies } from './store-objects.ts';
import { dcmtkEnvironment } from './store-peers.ts';

type Target = { name: string; port: number; aeTitle: string; stop(): Promise<void> };

const littleEndian = '1.2.840.10008.1.2.1';
const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
const studyRoot = { get: '1.2.840.10008.5.1.4.1.2.2.3', move: '1.2.840.10008.5.1.4.1.2.2.2' };
const destination = 'BENCHDEST';
const orthancProgram = '/usr/sbin/Orthanc';

const { values } = parseArgs({
  options: { reps: { type: 'string', default: '5' }, slices: { type: 'string', default: '200' } },
});
const reps = Number(values.reps);
const slices = Number(values.slices);
const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-retrieve-'));
chmodSync(folder, 0o711); // the database runs as another user than root
const targets: Target[] = [];
let received = 0;
const receiver = await openReceiver();

try {
  const { folders, bytes } = writeStudies(join(folder, 'objects'), 1, slices);
  const place = folders[0] ?? '';
  const studyInstanceUid = uidOf(place);
  targets.push(await startOurs());
  if (existsSync(orthancProgram)) {
    targets.push(await startOrthanc('orthanc', dcmtkEnvironment));
    targets.push(await startOrthanc('as shipped', process.env));
  } else progress('orthanc is left out: it is not installed');
  for (const target of targets) fill(target, place);
  const samples = new Map<string, number[]>();
  for (let rep = -1; rep < reps; rep += 1) {
    for (const target of targets) {
      for (const operation of ['get', 'move'] as const) {
        const ms = await measure(target, operation, studyInstanceUid);
        if (rep < 0) continue; // the first round warms up all of them
        const key = `${target.name} ${operation}`;
        samples.set(key, [...(samples.get(key) ?? []), ms]);
        progress(
          `round ${rep + 1}/${reps}  ${target.name} C-${operation.toUpperCase()}: ${ms.toFixed(0)} ms`,
        );
      }
    }
  }
  report(samples, bytes);
} finally {
  for (const target of targets) await target.stop();
  await receiver.close({ drainMs: 500 });
  rmSync(folder, { recursive: true, force: true });
}

async function measure(target: Target, operation: 'get' | 'move', studyInstanceUid: string): Promise<number> {
  const sopClass = studyRoot[operation];
  const association = await connect({
    host: '127.0.0.1',
    port: target.port,
    callingAe: 'BENCHSCU',
    calledAe: target.aeTitle,
    contexts: [
      { abstractSyntax: sopClass, transferSyntaxes: [littleEndian] },
      ...(operation === 'get' ? [{ abstractSyntax: ctImageStorage, transferSyntaxes: [littleEndian] }] : []),
    ],
    asyncOps: { invoked: 1, performed: 8 },
    ...(operation === 'get' && {
      roles: [{ sopClassUid: ctImageStorage, scu: false, scp: true }],
      services: { [commandField.cStoreRq]: cStoreService(drop) },
    }),
  });
  const json = {
    '00080052': { vr: 'CS', Value: ['STUDY'] },
    '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
  };
  received = 0;
  const began = performance.now();
  let final = -1;
  for await (const response of association.request(
    association.findContext(sopClass)?.id ?? 0,
    {
      commandField: operation === 'get' ? commandField.cGetRq : commandField.cMoveRq,
      affectedSopClassUid: sopClass,
      priority: 0,
      ...(operation === 'move' && { moveDestination: destination }),
    },
    { dataset: encodeDataset(fromDicomJson(json), littleEndian) },
  ))
    final = response.status;
  const ms = performance.now() - began;
  await association.release().catch(() => association.abort('bench'));
  if (final !== 0 || received !== slices)
    throw new Error(`${target.name} C-${operation}: status ${final.toString(16)}, ${received} of ${slices}`);
  return ms;
}

async function drop(request: StoreRequest): Promise<{ status: number }> {
  await request.dataset.discard();
  received += 1;
  return { status: 0 };
}

async function openReceiver(): Promise<Scp> {
  const scp = createScp({
    negotiate: (request) => ({
      accept: {
        contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? ''),
        asyncOperations: { invoked: 8, performed: 1 },
      },
    }),
    services: { [commandField.cStoreRq]: cStoreService(drop) },
    limits: { maxDrainBytes: 2 ** 40 },
  });
  await scp.listen('127.0.0.1', 0);
  return scp;
}

async function startOurs(): Promise<Target> {
  const dataDir = mkdtempSync(join(folder, 'yunying-'));
  const platform = await startPlatform({
    dataDir,
    env: { YUNYING_ROLES: 'scp', YUNYING_PROFILE: 'demo', YUNYING_SETTLE_SECONDS: '3600' },
  });
  const port = String(receiver.address().port);
  runYunying(dataDir, ['node', 'add', destination, '127.0.0.1', port, '--may', 'send']);
  const { dimse, aeTitle } = platform.ready;
  const stop = async () => void (await platform.stop());
  return { name: 'yunying', port: Number(dimse.slice(dimse.lastIndexOf(':') + 1)), aeTitle, stop };
}

/** As shipped it leaves Nagle's algorithm on, as DCMTK does: the other one has it off by TCP_NODELAY=1. */
async function startOrthanc(name: string, env: NodeJS.ProcessEnv): Promise<Target> {
  const [dicom, http] = [await freePort(), await freePort()];
  const place = join(folder, name);
  mkdirSync(place);
  const settings = {
    Name: 'bench',
    StorageDirectory: place,
    IndexDirectory: place,
    HttpPort: http,
    DicomPort: dicom,
    DicomAet: 'ORTHANC',
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    DicomModalities: { destination: [destination, '127.0.0.1', receiver.address().port] },
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(settings));
  const child = spawn(orthancProgram, [join(folder, `${name}.json`)], {
    stdio: 'ignore',
    env,
  });
  const stop = await whenOpen(name, dicom, child);
  return { name, port: dicom, aeTitle: 'ORTHANC', stop };
}

function fill(target: Target, place: string): void {
  const to = ['-aec', target.aeTitle, '127.0.0.1', String(target.port), '+sd', place];
  const sent = spawnSync('storescu', ['--max-send-pdu', '131072', ...to], {
    env: dcmtkEnvironment,
    encoding: 'utf8',
  });
  if (sent.status !== 0) throw new Error(`storescu to ${target.name}: ${sent.stderr.slice(-300)}`);
}

function uidOf(place: string): string {
  const [first] = readdirSync(place);
  return getString(parseDicom(readFileSync(join(place, first ?? ''))).dataset, 'StudyInstanceUID') ?? '';
}

function report(samples: ReadonlyMap<string, readonly number[]>, bytes: number): void {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(12) : cell.padStart(14))).join('');
  print(`\n${slices} slices, ${(bytes / 1e6).toFixed(0)} MB, 512×512×16 bit CT (median, least to most)`);
  for (const operation of ['get', 'move']) {
    print(`\nC-${operation.toUpperCase()}`);
    print(line(['', 'ms', 'range', 'MB/s', 'ours : peer']));
    const ours = median(samples.get(`yunying ${operation}`) ?? []);
    for (const { name } of targets) {
      const all = samples.get(`${name} ${operation}`) ?? [];
      const ms = median(all);
      const range = `${Math.min(...all).toFixed(0)}–${Math.max(...all).toFixed(0)}`;
      const ratio = name === 'yunying' ? '' : (ms / ours).toFixed(2);
      print(line([name, ms.toFixed(0), range, (bytes / 1000 / ms).toFixed(0), ratio]));
    }
  }
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
