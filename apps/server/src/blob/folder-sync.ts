// Makes renames durable: fsync of the folder after the rename. Callers that arrive while a sync of the same folder
// runs share the next one, so that four writers pay for about one fsync, not four.
import { type FileHandle, open } from 'node:fs/promises';

const mostOpen = 8;

type Beat = { running: Promise<void>; next: Promise<void> | null };

export class FolderSync {
  readonly #beats = new Map<string, Beat>();
  /** The folders of the last hours stay open: an fsync is one step then, not three. */
  readonly #open = new Map<string, Promise<FileHandle>>();

  /** Resolves after an fsync of the folder that began after this call. */
  sync(folder: string): Promise<void> {
    const beat = this.#beats.get(folder);
    if (beat === undefined) return this.#begin(folder);
    // The running fsync may have passed our rename already: only the one after it counts.
    beat.next ??= beat.running.catch(() => {}).then(() => this.#begin(folder));
    return beat.next;
  }

  #begin(folder: string): Promise<void> {
    const running = this.#handle(folder).then((handle) => handle.sync());
    const beat: Beat = { running, next: null };
    this.#beats.set(folder, beat);
    const forget = (): void => {
      if (this.#beats.get(folder) === beat && beat.next === null) this.#beats.delete(folder);
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
