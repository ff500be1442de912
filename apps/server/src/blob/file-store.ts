// Files of one store folder. Write road: temporary file, hashes on the fly, fdatasync, rename into yyyy/mm/dd/hh,
// fsync of that folder; only then is the file said to be there. Nothing here knows the database. Names are unique,
// so nothing is ever overwritten.
import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { closeSync, createReadStream, renameSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { writeFileDurably } from '../db/durable-file.ts';
import { AppError } from '../errors.ts';
import { directFlags, giveBlock, takeBlock, takesDirectWrites } from './direct-blocks.ts';
import { FileHandles } from './file-handles.ts';
import { CachedSink, DirectSink, type FileSink, writeAll } from './file-sink.ts';
import { FolderSync } from './folder-sync.ts';
import { RereadThread } from './reread.ts';
import { SpareFiles } from './spare-files.ts';
import {
  CopyGone,
  isGone,
  type Reread,
  type Room,
  requireKey,
  type StoreBackend,
  type Written,
} from './store-backend.ts';

type Hashed = { sha256: string; sizeBytes: number };
export type Reserve = { percent: number; bytes: number };

const fdatasync = promisify(fs.fdatasync);
const roomCheckEveryBytes = 64 * 1024 * 1024;
const roomMaxAgeMs = 1000;

type SpareWrite = {
  spares: SpareFiles;
  block: Buffer | null;
  head: Uint8Array | null;
  source: AsyncIterable<Uint8Array>;
  limitBytes: number;
  onCopied: ((chunk: Uint8Array) => void) | undefined;
};

export class FileStore implements StoreBackend {
  readonly folder: string;
  readonly url: string;
  readonly #handles = new FileHandles();
  readonly #rereader = new RereadThread();
  readonly #reserve: Reserve;
  readonly #sync = new FolderSync();
  readonly #spares: SpareFiles;
  /** For objects without a header of ours, where the file system takes direct writes. */
  #direct: SpareFiles | null = null;
  readonly #madeFolders = new Map<string, Promise<void>>();
  #room: { at: number; value: Room } | null = null;

  constructor(folder: string, reserve: Reserve) {
    this.folder = folder;
    this.url = `file:${folder}`;
    this.#reserve = reserve;
    this.#spares = new SpareFiles(join(folder, 'tmp'));
  }

  async open(): Promise<void> {
    await mkdir(join(this.folder, 'tmp'), { recursive: true, mode: 0o700 });
    await this.#sync.sync(this.folder);
    const temporary = join(this.folder, 'tmp');
    if (await takesDirectWrites(temporary)) this.#direct = new SpareFiles(temporary, directFlags);
  }

  /** `head` is stored in front of the content and is not part of its size and hashes. */
  async write(
    key: string,
    head: Uint8Array | null,
    source: AsyncIterable<Uint8Array>,
    limitBytes: number,
    onCopied?: (chunk: Uint8Array) => void,
  ): Promise<Written> {
    await this.refuseWhenFull();
    const path = this.path(key);
    const folderReady = this.#makeFolder(dirname(path));
    folderReady.catch(() => {}); // awaited below
    const block = head === null && this.#direct !== null ? takeBlock() : null;
    const spares = block !== null && this.#direct !== null ? this.#direct : this.#spares;
    try {
      const write = { spares, block, head, source, limitBytes, onCopied };
      const written = await this.#writeSpare(write, async (temporary) => {
        await folderReady;
        renameSync(temporary, path);
        await this.#sync.sync(dirname(path));
      });
      return { ...written, key };
    } finally {
      if (block !== null) giveBlock(block);
    }
  }

  async #writeSpare(write: SpareWrite, publish: (temporary: string) => Promise<void>): Promise<Hashed> {
    const { spares, block, head } = write;
    const { path: temporary, file } = await spares.take().catch(refuseAsStorageError);
    const sha256 = createHash('sha256');
    const sink = block === null ? new CachedSink(file, sha256) : new DirectSink(file, sha256, block);
    try {
      let written: Hashed;
      try {
        if (head !== null) await writeAll(file, [head]);
        written = await this.#stream(sink, sha256, write);
        await fdatasync(file);
      } finally {
        closeSync(file);
      }
      await publish(temporary);
      return written;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw asStorageError(error);
    }
  }

  async #stream(sink: FileSink, sha256: Hash, { source, limitBytes, onCopied }: SpareWrite): Promise<Hashed> {
    let sizeBytes = 0;
    let nextCheck = roomCheckEveryBytes;
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) throw new AppError('storage.too_large', { limit: limitBytes });
      await sink.add(chunk);
      if (sink.copies) onCopied?.(chunk);
      if (sizeBytes >= nextCheck) {
        nextCheck += roomCheckEveryBytes;
        await this.refuseWhenFull();
      }
    }
    await sink.end();
    return { sha256: sha256.digest('hex'), sizeBytes };
  }

  async close(): Promise<void> {
    const writing = [this.#sync.close(), this.#spares.close(), this.#direct?.close()];
    await Promise.all([...writing, this.#handles.close(), this.#rereader.close()]);
  }

  path(key: string): string {
    return join(this.folder, requireKey(key));
  }

  async readMarker(): Promise<string | null> {
    try {
      return (await readFile(join(this.folder, 'STORE'), 'utf8')).trim();
    } catch (error) {
      if (isGone(error)) return null;
      throw asStorageError(error);
    }
  }

  async writeMarker(id: string): Promise<void> {
    writeFileDurably(join(this.folder, 'STORE'), `${id}\n`, 0o600);
  }

  readInto(key: string, position: number, buffer: Uint8Array): Promise<void> {
    return this.#handles.use(this.path(key), async (handle) => {
      for (let filled = 0; filled < buffer.byteLength; ) {
        const left = buffer.byteLength - filled;
        const { bytesRead } = await handle.read(buffer, filled, left, position + filled);
        if (bytesRead === 0) throw new CopyGone('the stored file is shorter than its row says');
        filled += bytesRead;
      }
    });
  }

  async openRange(key: string, start: number, length: number): Promise<Readable> {
    const end = start + length - 1;
    const stream = createReadStream(this.path(key), { start, end, highWaterMark: 256 * 1024 });
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', reject);
    });
    return stream;
  }

  reread(key: string, offset: number, withSm3 = false): Promise<Reread | null> {
    return this.#rereader.hash(this.path(key), offset, withSm3);
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

export function asStorageError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !('syscall' in error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('storage.full', {}, { cause: error });
  return new AppError('storage.unavailable', { reason: code }, { cause: error });
}

function refuseAsStorageError(error: unknown): never {
  throw asStorageError(error);
}
