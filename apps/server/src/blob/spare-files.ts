// Empty temporary files, opened ahead in the thread pool. Making a file is the one step of storing an object that the
// file system may take long over (it looks for a free inode), and an object should not wait for it. What a killed
// process leaves is removed with the other unfinished files.
import * as fs from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '../db/index.ts';

export type SpareFile = { path: string; file: number; openedAt: number };

const open = promisify(fs.open);
const kept = 8;
/** Well before the sweep of unfinished files (a day) would take one away. */
const usableMs = 6 * 3_600_000;

export class SpareFiles {
  readonly #folder: string;
  readonly #flags: string | number;
  #ready: Promise<SpareFile>[] = [];
  #closed = false;

  constructor(folder: string, flags: string | number = 'wx') {
    this.#folder = folder;
    this.#flags = flags;
  }

  /** A file nobody else has. It is the caller's to close, and to rename or remove. */
  async take(): Promise<SpareFile> {
    const next = this.#ready.shift() ?? this.#open();
    this.#refill();
    const spare = await next;
    if (Date.now() - spare.openedAt < usableMs) return spare;
    await discard(spare);
    return this.take();
  }

  #refill(): void {
    while (!this.#closed && this.#ready.length < kept) {
      const opening = this.#open();
      opening.catch(() => {}); // told to whoever takes it
      this.#ready.push(opening);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const opening of this.#ready.splice(0)) {
      const spare = await opening.catch(() => null);
      if (spare !== null) await discard(spare);
    }
  }

  async #open(): Promise<SpareFile> {
    const path = join(this.#folder, newId());
    return { path, file: await open(path, this.#flags, 0o600), openedAt: Date.now() };
  }
}

async function discard({ path, file }: SpareFile): Promise<void> {
  fs.closeSync(file);
  await rm(path, { force: true });
}
