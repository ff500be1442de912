// npm run bench -- codec: the HTJ2K rendition of a 512² 16-bit slice on one core, and what it is made of: encoding, proof
// by decoding back, prefix index. Beside it in the same run and on the same slices, taking turns: GDCM writing JPEG 2000
// and DCMTK writing JPEG-LS, neither of which proves what it wrote; each is one process for a file, as they come. CPU time
// counts, so that other work on the machine does not; the ratio is what matters.
// Options: --reps N (5), --slices N (64), --cores N (2) and --daily N (1000000) for the last line
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeHtj2k, type PixelDescription, readPrefixLengths } from '@yunying/codec';
import { getElement, parseDicom } from '@yunying/dicom';
import { writeStudies } from './store-objects.ts';

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '5' },
    slices: { type: 'string', default: '64' },
    cores: { type: 'string', default: '2' },
    daily: { type: 'string', default: '1000000' },
  },
});
const description: PixelDescription = {
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  rows: 512,
  columns: 512,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  pixelRepresentation: 1,
  photometricInterpretation: 'MONOCHROME2',
};
/** figure -> slices a second of one core, one entry a round. */
const results = new Map<string, number[]>();
const note = (figure: string, rate: number) => results.set(figure, [...(results.get(figure) ?? []), rate]);

const peers = [
  { name: 'GDCM, JPEG 2000', command: 'gdcmconv --j2k' },
  { name: 'DCMTK, JPEG-LS', command: 'dcmcjpls +un' },
];

const folder = mkdtempSync(join(tmpdir(), 'yunying-bench-codec-'));
try {
  const { folders } = writeStudies(folder, 1, Number(values.slices));
  const source = folders[0] ?? folder;
  const files = readdirSync(source).map((name) => join(source, name));
  const slices = files.map(pixelsOf);
  await encodeHtj2k(slices[0] ?? new Int16Array(0), description); // the first call loads the codec
  let bytes = 0;
  for (let rep = 0; rep < Number(values.reps); rep += 1) {
    bytes = await measureOurs(slices);
    for (const peer of peers) note(peer.name, files.length / cpuOfEach(peer.command, files));
    process.stderr.write(`round ${rep + 1} of ${values.reps}\n`);
  }
  report(slices.length * 512 * 512 * 2, bytes);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Whole renditions as the server makes them, then the parts; answers the bytes of the renditions. */
async function measureOurs(slices: readonly Int16Array[]): Promise<number> {
  let bytes = 0;
  const rate = async (figure: string, work: (slice: Int16Array) => Promise<unknown> | unknown) => {
    const begun = process.cpuUsage();
    for (const slice of slices) await work(slice);
    const { user, system } = process.cpuUsage(begun);
    note(figure, slices.length / ((user + system) / 1e6));
  };
  await rate('HTJ2K rendition', async (slice) => {
    bytes += (await encodeHtj2k(slice, description)).codestream.length;
  });
  await rate('  encoding and index alone', (slice) => encodeHtj2k(slice, description, { verify: false }));
  const { codestream } = await encodeHtj2k(slices[0] ?? new Int16Array(0), description, { verify: false });
  await rate('  index alone', () => readPrefixLengths(codestream));
  return bytes;
}

function pixelsOf(path: string): Int16Array {
  const element = getElement(parseDicom(readFileSync(path)).dataset, '7FE00010');
  if (element?.kind !== 'value') throw new Error(`${path} has no plain pixels`);
  return new Int16Array(new Uint8Array(element.value).buffer);
}

/** User and system seconds of one run of the program for each file, as the shell's `times` tells them. */
function cpuOfEach(command: string, files: readonly string[]): number {
  const out = mkdtempSync(join(folder, 'peer-'));
  const script = `for file; do ${command} "$file" ${out}/made >/dev/null 2>&1 || exit 1; done; times`;
  const done = spawnSync('/bin/sh', ['-c', script, 'sh', ...files], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`"${command}" failed`);
  const children = done.stdout.trim().split('\n').at(-1) ?? '';
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

function report(rawBytes: number, ourBytes: number): void {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const own = median(results.get('HTJ2K rendition') ?? []);
  print(`\n512² × 16 bit slices a second on one core (CPU time, median of ${values.reps} rounds)`);
  for (const [figure, rates] of results) {
    const rate = median(rates);
    const ratio =
      figure.startsWith(' ') || figure.startsWith('HTJ2K') ? '' : `  ours:peer ${(own / rate).toFixed(2)}`;
    print(`${figure.padEnd(30)}${rate.toFixed(1).padStart(12)}${ratio}`);
  }
  const cores = Number(values.cores);
  const hours = Number(values.daily) / (own * cores) / 3600;
  print(`\ncompressed ${(rawBytes / ourBytes).toFixed(2)} : 1`);
  print(
    `${Number(values.daily).toLocaleString('en-US')} slices a day on ${cores} cores: ${hours.toFixed(1)} hours, ${((hours / 24) * 100).toFixed(0)} % of the day`,
  );
  print(`machine: node ${process.version}, ${execFileSync('uname', ['-m']).toString().trim()}`);
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
