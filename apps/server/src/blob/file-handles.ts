// Open files kept for a while: frames of one instance are read by many small ranged requests, and opening costs
// more than reading. Least recently used ones are closed; a file in use is closed when its last reader is done.
import { type FileHandle, open } from 'node:fs/promises';

type Entry = { opening: Promise<FileHandle>; readers: number; evicted: boolean };

export class FileHandles {
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;

  constructor(limit = 512) {
    this.#limit = limit;
  }

  async use<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    const entry = this.#take(path);
    try {
      return await work(await entry.opening);
    } catch (error) {
      if (this.#entries.get(path) === entry) this.#evict(path, entry);
      throw error;
    } finally {
      entry.readers -= 1;
      if (entry.evicted && entry.readers === 0) closeQuietly(entry);
    }
  }

  #take(path: string): Entry {
    const known = this.#entries.get(path);
    if (known !== undefined) {
      known.readers += 1;
      this.#entries.delete(path);
      this.#entries.set(path, known);
      return known;
    }
    const entry: Entry = { opening: open(path, 'r'), readers: 1, evicted: false };
    entry.opening.catch(() => {});
    this.#entries.set(path, entry);
    for (const [oldest, old] of this.#entries) {
      if (this.#entries.size <= this.#limit) break;
      if (oldest !== path) this.#evict(oldest, old);
    }
    return entry;
  }

  #evict(path: string, entry: Entry): void {
    this.#entries.delete(path);
    entry.evicted = true;
    if (entry.readers === 0) closeQuietly(entry);
  }

  async close(): Promise<void> {
    for (const [path, entry] of [...this.#entries]) this.#evict(path, entry);
  }
}

function closeQuietly(entry: Entry): void {
  entry.opening.then((handle) => handle.close()).catch(() => {});
}
