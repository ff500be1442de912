// Makes renames durable: fsync of the folder after the rename. A few syncs of one folder run at once, which the journal
// of the file system joins by itself; callers that come while those run share the next one.
import { type FileHandle, open } from 'node:fs/promises';

const mostOpen = 8;
const mostAtOnce = 4;

type Beat = { running: Set<Promise<void>>; next: Promise<void> | null };

export class FolderSync {
  readonly #beats = new Map<string, Beat>();
  /** The folders of the last hours stay open: an fsync is one step then, not three. */
  readonly #open = new Map<string, Promise<FileHandle>>();

  /** Resolves after an fsync of the folder that began after this call. */
  sync(folder: string): Promise<void> {
    const beat = this.#beats.get(folder) ?? { running: new Set(), next: null };
    this.#beats.set(folder, beat);
    if (beat.running.size < mostAtOnce) return this.#begin(folder, beat);
    // The running ones may have passed our rename already: only one after them counts.
    beat.next ??= Promise.any(beat.running)
      .catch(() => {})
      .then(() => {
        beat.next = null;
        return this.#begin(folder, beat);
      });
    return beat.next;
  }

  #begin(folder: string, beat: Beat): Promise<void> {
    const running = this.#handle(folder).then((handle) => handle.sync());
    beat.running.add(running);
    const forget = (): void => {
      beat.running.delete(running);
      if (beat.running.size === 0 && beat.next === null) this.#beats.delete(folder);
    };
    running.then(forget, forget);
    return running;
  }

  async close(): Promise<void> {
    const handles = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(handles.map(async (handle) => (await handle).close()));
  }

  #handle(folder: string): Promise<FileHandle> {
    const known = this.#open.get(folder);
    if (known !== undefined) return known;
    const opening = open(folder, 'r');
    opening.catch(() => this.#open.delete(folder));
    this.#open.set(folder, opening);
    for (const [old, handle] of this.#open) {
      if (this.#open.size <= mostOpen) break;
      if (this.#beats.has(old)) continue;
      this.#open.delete(old);
      void handle.then((one) => one.close()).catch(() => {});
    }
    return opening;
  }
}
