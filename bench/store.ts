// npm run bench -- store: C-STORE throughput of ours beside the peer archive and a plain receiver, in one run, taking
// turns so that a busy machine is busy for all. storescu is the sender of all of them, as many processes as there are
// associations. What counts is the ratio; the absolute figures belong to the machine.
// Options: --reps N (3), --slices N per study (60), --only NAME,NAME
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeStudies } from './store-objects.ts';
import { dcmtkEnvironment, type Starter, starters, type Target } from './store-peers.ts';

type Sample = { rate: number; cpuPer1000: number };

const associations = [1, 4];
const studiesPerRun = 4;
const clockTicks = 100; // USER_HZ

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '3' },
    slices: { type: 'string', default: '60' },
    only: { type: 'string', default: starters.map(({ name }) => name).join(',') },
  },
});
const reps = Number(values.reps);
const slices = Number(values.slices);
const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-store-'));
chmodSync(folder, 0o711); // the database runs as another user than root
const asked = starters.filter(({ name }) => values.only.split(',').includes(name));
const targets: Target[] = [];

try {
  for (const starter of asked) targets.push(...(await startIfThere(starter)));
  const samples = new Map<string, Sample[]>();
  for (let rep = 0; rep < reps; rep += 1) {
    for (const target of targets) {
      for (const count of associations) {
        const sample = await measure(target, count);
        const key = `${target.name} ${count}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
        progress(
          `round ${rep + 1}/${reps}  ${target.name} × ${count}: ${sample.rate.toFixed(0)} instances/s`,
        );
      }
    }
  }
  report(samples);
} finally {
  for (const target of targets) await target.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function startIfThere(starter: Starter): Promise<Target[]> {
  if (starter.missing !== null) {
    progress(`${starter.name} is left out: ${starter.missing}`);
    return [];
  }
  return [await starter.start(mkdtempSync(join(folder, `${starter.name}-`)))];
}

async function measure(target: Target, senders: number): Promise<Sample> {
  const place = mkdtempSync(join(folder, 'objects-'));
  const { folders, instances } = writeStudies(place, studiesPerRun, slices);
  const share = (index: number) => folders.filter((_, at) => at % senders === index);
  const cpuBefore = cpuSeconds(target.pids);
  const began = performance.now();
  await Promise.all(Array.from({ length: senders }, (_, index) => send(target, share(index))));
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSeconds(target.pids) - cpuBefore;
  // Removed at the end with everything else: ext4 is slow to make files where many were just deleted.
  return { rate: instances / seconds, cpuPer1000: (cpu * 1000) / instances };
}

function send(target: Target, folders: readonly string[]): Promise<void> {
  const options = [
    '-aet',
    'BENCHSCU',
    '-aec',
    target.aeTitle,
    '127.0.0.1',
    String(target.port),
    '+sd',
    ...folders,
  ];
  const child = spawn('storescu', options, { env: dcmtkEnvironment, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('latin1');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`storescu to ${target.name} ended with ${code}: ${errors.slice(-500)}`));
    });
  });
}

/** Of the processes and all below them (our database is a child of ours), also of those that have ended. */
function cpuSeconds(roots: readonly number[]): number {
  const parents = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
      parents.set(Number(name), { parent: Number(fields[1]), ticks });
    } catch {
      // ended meanwhile
    }
  }
  const belongs = (pid: number): boolean => {
    if (roots.includes(pid)) return true;
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && parent > 1 && belongs(parent);
  };
  return [...parents].reduce((sum, [pid, { ticks }]) => sum + (belongs(pid) ? ticks : 0), 0) / clockTicks;
}

function report(samples: ReadonlyMap<string, readonly Sample[]>): void {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(12) : cell.padStart(16))).join('');
  print('\nC-STORE, 512×512×16 bit CT, instances/s (median, least to most), senders: storescu');
  for (const count of associations) {
    print(`\n${count} association${count === 1 ? '' : 's'}`);
    print(line(['', 'instances/s', 'range', 'CPU s per 1000', 'ours : peer']));
    const ours = median(samples.get(`yunying ${count}`), 'rate');
    for (const { name } of targets) {
      const all = samples.get(`${name} ${count}`);
      if (all === undefined) continue;
      const rates = all.map(({ rate }) => rate);
      const rate = median(all, 'rate');
      const range = `${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}`;
      const ratio = name === 'yunying' ? '' : (ours / rate).toFixed(2);
      print(line([name, rate.toFixed(0), range, median(all, 'cpuPer1000').toFixed(2), ratio]));
    }
  }
  print(
    '\nOurs is answered after fsync of file, folder and database commit. Orthanc syncs the file,\n' +
      'orthanc-pg the file and its database commit, storescp nothing.',
  );
}

function median(samples: readonly Sample[] | undefined, field: keyof Sample): number {
  const sorted = (samples ?? []).map((sample) => sample[field]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
