// What the archive's tests run on: a database of their own, a blob folder of their own, the real modules. Not part
// of the product.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { CodecPool } from '@yunying/codec';
import { newUid, parseDicom, patchDataset } from '@yunying/dicom';
import { type Association, connect } from '@yunying/dimse';
import { createBlobStore } from '../../../blob/index.ts';
import { systemClock } from '../../../clock.ts';
import { readConfig } from '../../../config.ts';
import { createDimseDoor } from '../../../dimse/dimse-door.ts';
import { silentLogger } from '../../../log/index.ts';
import { createMetrics } from '../../../metrics.ts';
import { openTestDatabase } from '../../../testing/postgres.ts';
import { openInstanceBytes } from '../open-instance.ts';
import { getInstance } from '../read-study.ts';
import { storeService } from '../store.scp.ts';

const repository = resolve(import.meta.dirname, '../../../../../..');
export const corpus = resolve(repository, process.env.YUNYING_CORPUS ?? '../shared/corpus', 'dicom');
export const corpusAbsent = !existsSync(corpus);

export type Rig = Awaited<ReturnType<typeof openRig>>;

export async function openRig(env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-archive-'));
  const database = await openTestDatabase();
  const config = readConfig({
    YUNYING_DATA: folder,
    YUNYING_PROFILE: 'demo',
    YUNYING_RESERVE: '1MB',
    YUNYING_SETTLE_SECONDS: '0',
    YUNYING_DIMSE: '127.0.0.1:0',
    YUNYING_HTTP: '127.0.0.1:0',
    YUNYING_ADMIN_HTTP: '127.0.0.1:0',
    ...env,
  });
  const { db } = database;
  const blobs = await createBlobStore({ config, db, log: silentLogger, clock: systemClock });
  const codec = new CodecPool({ size: 1 });
  const ctx = { config, db, blobs, codec, log: silentLogger, clock: systemClock, metrics: createMetrics() };
  return {
    ctx,
    folder,
    close: async () => {
      await codec.close();
      await blobs.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function openScp(rig: Rig) {
  const { address, stop } = await createDimseDoor(rig.ctx, [storeService(rig.ctx)]).start();
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  return { port, stop: () => stop(5000) };
}

/** Sends a Part 10 file as a modality would: its data set in its own transfer syntax. */
export async function sendFile(port: number, bytes: Uint8Array, callingAe = 'TESTSCU') {
  const object = splitPart10(bytes);
  const association = await connect({
    host: '127.0.0.1',
    port,
    callingAe,
    calledAe: 'YUNYING',
    contexts: [{ abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }],
  });
  try {
    return await store(association, object);
  } finally {
    await association.release().catch(() => association.abort('test'));
  }
}

export type SentObject = ReturnType<typeof splitPart10>;

export function store(association: Association, object: SentObject) {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataset } = object;
  return association.store({ sopClassUid, sopInstanceUid, transferSyntaxUid, dataset });
}

export function splitPart10(bytes: Uint8Array) {
  const parsed = parseDicom(bytes);
  const text = (tag: string) => {
    const element = parsed.dataset.elements.get(tag);
    return element?.kind === 'value'
      ? Buffer.from(element.value)
          .toString('latin1')
          .replace(/[\0 ]+$/, '')
      : '';
  };
  return {
    sopClassUid: text('00080016'),
    sopInstanceUid: text('00080018'),
    studyInstanceUid: text('0020000D'),
    seriesInstanceUid: text('0020000E'),
    transferSyntaxUid: parsed.transferSyntaxUid,
    datasetOffset: parsed.datasetOffset,
    dataset: Buffer.from(bytes.subarray(parsed.datasetOffset)),
  };
}

export function corpusFile(path: string): Buffer {
  return readFileSync(join(corpus, path));
}

export async function* chunked(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Every file of the corpus, as paths below it. */
export function corpusFiles(): string[] {
  return filesUnder(corpus).map((path) => relative(corpus, path));
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Files in the blob store, finished or not. */
export function blobFiles(rig: Rig): number {
  return filesUnder(join(rig.folder, 'blobs')).filter((path) => !path.endsWith('STORE')).length;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A small MR of its own study, series and UID, changed as asked. */
export function freshMr(changes: Record<string, string> = {}): Buffer {
  const uids = { SOPInstanceUID: newUid(), SeriesInstanceUID: newUid(), StudyInstanceUID: newUid() };
  return Buffer.from(patchDataset(corpusFile('odd/MR_small_padded.dcm'), { ...uids, ...changes }));
}

export async function storedInstance(
  rig: Rig,
  object: { studyInstanceUid: string; seriesInstanceUid: string; sopInstanceUid: string },
) {
  const row = await getInstance(rig.ctx.db, object);
  const chunks: Buffer[] = [];
  for await (const chunk of (await openInstanceBytes(rig.ctx, row)).body) chunks.push(chunk);
  return { row, bytes: Buffer.concat(chunks) };
}

export async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`gave up waiting: ${what}`);
}
