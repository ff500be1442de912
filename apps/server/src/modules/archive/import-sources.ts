// Where an import reads from: files, folders, ZIP archives, DICOMDIR media (PS3.10 §8, PS3.3 Annex F), single gzip
// files. Nothing is unpacked to disk; symbolic links are not followed; a ZIP is held to limits of count, size and
// ratio; names in it and in a DICOMDIR cannot lead out of it.
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { createGunzip } from 'node:zlib';
import { getSequence, getStrings, readHead } from '@yunying/dicom';
import yauzl from 'yauzl';

export type ImportItem = {
  /** For the report: path, and the entry inside a ZIP. */
  name: string;
  /** Named by the operator or by a DICOMDIR; strays in a folder may be anything. */
  explicit: boolean;
  open(): Promise<AsyncIterable<Uint8Array>>;
};
/** What could not even be opened. */
export type ImportTrouble = { name: string; reason: string };
export type ImportPlan = { items: ImportItem[]; troubles: ImportTrouble[]; close(): Promise<void> };

const mostFiles = 2_000_000;
const mostZipEntries = 500_000;
const largestEntryBytes = 64 * 1024 ** 3;
const largestRatio = 1100; // deflate itself cannot do better than 1032:1
const ratioGraceBytes = 1024 * 1024;
const readBytes = 256 * 1024;

export async function planImport(paths: readonly string[]): Promise<ImportPlan> {
  const plan: ImportPlan = { items: [], troubles: [], close: async () => {} };
  const zips: yauzl.ZipFile[] = [];
  plan.close = async () => {
    for (const zip of zips) zip.close();
  };
  for (const path of paths) {
    try {
      const about = await stat(path);
      if (about.isDirectory()) await addFolder(plan, path);
      else if (about.isFile()) await addFile(plan, zips, path);
      else plan.troubles.push({ name: path, reason: 'neither a file nor a folder' });
    } catch (error) {
      plan.troubles.push({ name: path, reason: reasonOf(error) });
    }
  }
  return plan;
}

async function addFile(plan: ImportPlan, zips: yauzl.ZipFile[], path: string): Promise<void> {
  const start = await readStart(path);
  if (start.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) await addZip(plan, zips, path);
  else if (start.readUInt16BE(0) === 0x1f8b)
    plan.items.push({ ...fileItem(path), open: async () => gunzip(path) });
  else if (isDicomdirName(path)) await addDicomdir(plan, path);
  else plan.items.push(fileItem(path));
}

async function readStart(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const start = Buffer.alloc(132);
    await handle.read(start, 0, start.length, 0);
    return start;
  } finally {
    await handle.close();
  }
}

function fileItem(path: string, explicit = true): ImportItem {
  return { name: path, explicit, open: async () => createReadStream(path, { highWaterMark: readBytes }) };
}

async function addFolder(plan: ImportPlan, folder: string): Promise<void> {
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries = await readdir(next, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) {
        if (isDicomdirName(path)) await reportMissing(plan, path);
        else plan.items.push(fileItem(path, false));
      }
      if (plan.items.length > mostFiles) throw new Error(`more than ${mostFiles} files`);
    }
  }
}

function isDicomdirName(path: string): boolean {
  return basename(path).toUpperCase() === 'DICOMDIR';
}

/** The files that a medium's directory names, and nothing else on it. */
async function addDicomdir(plan: ImportPlan, path: string): Promise<void> {
  for (const { name, found } of await readDicomdir(path)) {
    if (found === null) plan.troubles.push({ name, reason: 'named by the DICOMDIR, but not on the medium' });
    else plan.items.push(fileItem(found));
  }
}

/** A folder is imported whole; its DICOMDIR only tells what is missing. */
async function reportMissing(plan: ImportPlan, path: string): Promise<void> {
  const named = await readDicomdir(path).catch(() => []);
  for (const { name, found } of named) {
    if (found === null) plan.troubles.push({ name, reason: 'named by the DICOMDIR, but not on the medium' });
  }
}

async function readDicomdir(path: string): Promise<{ name: string; found: string | null }[]> {
  const { dataset } = await readHead(createReadStream(path));
  const folder = dirname(path);
  const listings = new Map<string, Promise<string[]>>();
  const named = new Set(
    getSequence(dataset, 'DirectoryRecordSequence')
      .map((record) => getStrings(record, 'ReferencedFileID'))
      .filter((parts) => parts.length > 0 && parts.length <= 16 && parts.every(isSafePart))
      .map((parts) => parts.join(sep)),
  );
  return Promise.all(
    [...named].map(async (name) => ({
      name: join(folder, name),
      found: await findOnMedium(folder, name.split(sep), listings),
    })),
  );
}

function isSafePart(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[/\\\0]/.test(part);
}

/** Media are written in capitals and mounted in any case, with or without the ISO 9660 version ";1". */
async function findOnMedium(
  folder: string,
  parts: readonly string[],
  listings: Map<string, Promise<string[]>>,
): Promise<string | null> {
  let at = folder;
  for (const part of parts) {
    const listing = listings.get(at) ?? readdir(at).catch(() => []);
    listings.set(at, listing);
    const names = await listing;
    const same = (name: string) =>
      name.replace(/;\d+$/, '').replace(/\.$/, '').toUpperCase() === part.toUpperCase();
    const found = names.find((name) => name === part) ?? names.find(same);
    if (found === undefined) return null;
    at = join(at, found);
  }
  return at;
}

async function addZip(plan: ImportPlan, zips: yauzl.ZipFile[], path: string): Promise<void> {
  const zip = await openZip(path);
  zips.push(zip);
  for (const entry of await listEntries(zip)) {
    const name = `${path}!${entry.fileName}`;
    if (entry.fileName.endsWith('/')) continue;
    const refusal = entryRefusal(entry);
    if (refusal !== null) plan.troubles.push({ name, reason: refusal });
    else if (!isDicomdirName(entry.fileName)) {
      plan.items.push({ name, explicit: false, open: () => openEntry(zip, entry) });
    }
  }
}

function openZip(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };
    yauzl.open(path, options, (error, zip) => (error ? reject(error) : resolve(zip)));
  });
}

function listEntries(zip: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = [];
    if (zip.entryCount > mostZipEntries) {
      reject(new Error(`the ZIP has more than ${mostZipEntries} entries`));
      return;
    }
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

function entryRefusal(entry: yauzl.Entry): string | null {
  if ((entry.generalPurposeBitFlag & 1) === 1) return 'the ZIP entry is encrypted';
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    return `the ZIP entry is packed with method ${entry.compressionMethod}, which is not supported`;
  }
  if (entry.uncompressedSize > largestEntryBytes) return 'the ZIP entry is too large';
  if (
    entry.uncompressedSize > ratioGraceBytes &&
    entry.uncompressedSize > entry.compressedSize * largestRatio
  ) {
    return 'the ZIP entry unpacks to an impossible size';
  }
  return null;
}

function openEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<AsyncIterable<Uint8Array>> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: readBytes });
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of unpacked) {
      bytes += chunk.length;
      if (bytes > ratioGraceBytes && bytes > source.bytesRead * largestRatio)
        throw new Error('unpacks to an impossible size');
      yield chunk;
    }
  } finally {
    source.destroy();
  }
}

/** Without the path: it may hold a patient's name, and the report shows it beside anyway. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'could not be read';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === 'ENOENT') return 'is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  return code === null ? error.message.slice(0, 200) : `could not be read (${code})`;
}
