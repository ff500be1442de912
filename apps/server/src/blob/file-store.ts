// Files of one store folder. Write road: temporary file, hashes on the fly, fdatasync, rename into yyyy/mm/dd/hh,
// fsync of that folder; only then is the file said to be there. Nothing here knows the database. Names are unique,
// so nothing is ever overwritten.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { closeSync, renameSync } from 'node:fs';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../errors.ts';
import { FolderSync } from './folder-sync.ts';
import { SpareFiles } from './spare-files.ts';

type Hashed = { sha256: string; sizeBytes: number };
export type Written = Hashed & { key: string };
export type Room = { freeBytes: number; reserveBytes: number; full: boolean };
export type Reserve = { percent: number; bytes: number };

const batchBytes = 1024 * 1024;
const writev = promisify(fs.writev);
const fdatasync = promisify(fs.fdatasync);
const roomCheckEveryBytes = 64 * 1024 * 1024;
const roomMaxAgeMs = 1000;

export class FileStore {
  readonly folder: string;
  readonly #reserve: Reserve;
  readonly #sync = new FolderSync();
  readonly #spares: SpareFiles;
  readonly #madeFolders = new Map<string, Promise<void>>();
  #room: { at: number; value: Room } | null = null;

  constructor(folder: string, reserve: Reserve) {
    this.folder = folder;
    this.#reserve = reserve;
    this.#spares = new SpareFiles(join(folder, 'tmp'));
  }

  async open(): Promise<void> {
    await mkdir(join(this.folder, 'tmp'), { recursive: true, mode: 0o700 });
    await this.#sync.sync(this.folder);
  }

  /** `head` is stored in front of the content and is not part of its size and hashes. */
  async write(
    key: string,
    head: Uint8Array | null,
    source: AsyncIterable<Uint8Array>,
    limitBytes: number,
  ): Promise<Written> {
    await this.refuseWhenFull();
    const path = this.path(key);
    const folderReady = this.#makeFolder(dirname(path));
    folderReady.catch(() => {}); // awaited below
    const { path: temporary, file } = await this.#spares.take().catch(refuseAsStorageError);
    let written: Hashed;
    try {
      try {
        if (head !== null) await writeAll(file, [head]);
        written = await this.#stream(file, source, limitBytes);
      } finally {
        closeSync(file);
      }
      await folderReady;
      renameSync(temporary, path);
      await this.#sync.sync(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw asStorageError(error);
    }
    return { ...written, key };
  }

  async #stream(file: number, source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Hashed> {
    const sha256 = createHash('sha256');
    let sizeBytes = 0;
    let nextCheck = roomCheckEveryBytes;
    let batch: Uint8Array[] = [];
    let batched = 0;
    const flush = async (): Promise<void> => {
      const chunks = batch;
      batch = [];
      batched = 0;
      // The write runs in the thread pool while this thread hashes the same bytes.
      const writing = writeAll(file, chunks);
      writing.catch(() => {});
      for (const chunk of chunks) sha256.update(chunk);
      await writing;
    };
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) throw new AppError('storage.too_large', { limit: limitBytes });
      batch.push(chunk);
      batched += chunk.byteLength;
      if (batched >= batchBytes || batch.length >= 512) await flush();
      if (sizeBytes >= nextCheck) {
        nextCheck += roomCheckEveryBytes;
        await this.refuseWhenFull();
      }
    }
    if (batch.length > 0) await flush();
    await fdatasync(file);
    return { sha256: sha256.digest('hex'), sizeBytes };
  }

  async close(): Promise<void> {
    await Promise.all([this.#sync.close(), this.#spares.close()]);
  }

  path(key: string): string {
    if (!/^\d{4}\/\d{2}\/\d{2}\/\d{2}\/\d{1,20}$/.test(key))
      throw new AppError('storage.missing', { reason: 'bad-key' });
    return join(this.folder, key);
  }

  async remove(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }

  async size(key: string): Promise<number | null> {
    try {
      return (await stat(this.path(key))).size;
    } catch {
      return null;
    }
  }

  async room(): Promise<Room> {
    const now = performance.now();
    if (this.#room !== null && now - this.#room.at < roomMaxAgeMs) return this.#room.value;
    const disk = await statfs(this.folder);
    const total = disk.blocks * disk.bsize;
    const freeBytes = disk.bavail * disk.bsize;
    const share = (total * this.#reserve.percent) / 100;
    const { bytes, percent } = this.#reserve;
    const reserveBytes = Math.round(percent === 0 ? bytes : bytes === 0 ? share : Math.min(share, bytes));
    const value = { freeBytes, reserveBytes, full: freeBytes <= reserveBytes };
    this.#room = { at: now, value };
    return value;
  }

  async refuseWhenFull(): Promise<void> {
    const { full, freeBytes, reserveBytes } = await this.room().catch(refuseAsStorageError);
    if (full) throw new AppError('storage.full', { freeBytes, reserveBytes });
  }

  /** Every level of a new hour folder is made and made durable once. */
  #makeFolder(folder: string): Promise<void> {
    const known = this.#madeFolders.get(folder);
    if (known !== undefined) return known;
    const making = this.#makeLevels(folder);
    this.#madeFolders.set(folder, making);
    making.catch(() => this.#madeFolders.delete(folder));
    if (this.#madeFolders.size > 100)
      this.#madeFolders.delete(this.#madeFolders.keys().next().value ?? folder);
    return making;
  }

  async #makeLevels(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let level = folder; level.length >= first.length; level = dirname(level))
      await this.#sync.sync(dirname(level));
  }

  /** Keys with file times, hour by hour, oldest first. `temporary` lists unfinished files instead. */
  async *list(): AsyncGenerator<{ key: string; sizeBytes: number; changedAt: Date }> {
    for (const parts of await hourFolders(this.folder)) {
      const names = await readdir(join(this.folder, parts)).catch(() => []);
      for (const name of names.sort()) {
        const about = await stat(join(this.folder, parts, name)).catch(() => null);
        if (about?.isFile() === true)
          yield { key: `${parts}/${name}`, sizeBytes: about.size, changedAt: about.mtime };
      }
    }
  }

  /** Files of writes that never finished, untouched since `before`. */
  async removeUnfinished(before: Date): Promise<number> {
    const folder = join(this.folder, 'tmp');
    let removed = 0;
    for (const name of await readdir(folder)) {
      const about = await stat(join(folder, name)).catch(() => null);
      if (about === null || about.mtime >= before) continue;
      await rm(join(folder, name), { force: true });
      removed += 1;
    }
    return removed;
  }
}

async function hourFolders(root: string): Promise<string[]> {
  let level = [''];
  for (const shape of [/^\d{4}$/, /^\d{2}$/, /^\d{2}$/, /^\d{2}$/]) {
    const next: string[] = [];
    for (const parent of level) {
      const names = await readdir(join(root, parent)).catch(() => []);
      for (const name of names.sort())
        if (shape.test(name)) next.push(parent === '' ? name : `${parent}/${name}`);
    }
    level = next;
  }
  return level;
}

/** writev may write less than asked (signals, full disk): the rest is written again from where it stopped. */
async function writeAll(file: number, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.byteLength > 0);
  while (rest.length > 0) {
    let { bytesWritten } = await writev(file, rest);
    if (bytesWritten === 0) throw new AppError('storage.full');
    const left: Uint8Array[] = [];
    for (const chunk of rest) {
      if (bytesWritten >= chunk.byteLength) bytesWritten -= chunk.byteLength;
      else {
        left.push(bytesWritten === 0 ? chunk : chunk.subarray(bytesWritten));
        bytesWritten = 0;
      }
    }
    rest = left;
  }
}

export function asStorageError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !('syscall' in error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('storage.full', {}, { cause: error });
  return new AppError('storage.unavailable', { reason: code }, { cause: error });
}

function refuseAsStorageError(error: unknown): never {
  throw asStorageError(error);
}
