// Makes renames durable: fsync of the folder after the rename. Callers that arrive while a sync of the same folder
// runs share the next one, so that four writers pay for about one fsync, not four.
import { open } from 'node:fs/promises';

type Beat = { running: Promise<void>; next: Promise<void> | null };

export class FolderSync {
  readonly #beats = new Map<string, Beat>();

  /** Resolves after an fsync of the folder that began after this call. */
  sync(folder: string): Promise<void> {
    const beat = this.#beats.get(folder);
    if (beat === undefined) return this.#begin(folder);
    // The running fsync may have passed our rename already: only the one after it counts.
    beat.next ??= beat.running.catch(() => {}).then(() => this.#begin(folder));
    return beat.next;
  }

  #begin(folder: string): Promise<void> {
    const running = syncOnce(folder);
    const beat: Beat = { running, next: null };
    this.#beats.set(folder, beat);
    const forget = (): void => {
      if (this.#beats.get(folder) === beat && beat.next === null) this.#beats.delete(folder);
    };
    running.then(forget, forget);
    return running;
  }
}

async function syncOnce(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
