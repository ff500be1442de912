// Hashes stored files again in a thread of its own, by path: no bytes travel between threads, and the storing
// associations do not wait for it. One file at a time.
import { Worker } from 'node:worker_threads';
import type { Reread } from './store-backend.ts';

export type RereadRequest = { id: number; path: string; offset: number; withSm3: boolean };
export type RereadReply = { id: number; read: Reread | null };

export class RereadThread {
  #worker: Worker | null = null;
  #nextId = 1;
  readonly #waiting = new Map<number, { resolve(read: Reread | null): void; reject(error: Error): void }>();

  /** Null when the file cannot be read. `offset` bytes of self-description are left out. */
  hash(path: string, offset: number, withSm3: boolean): Promise<Reread | null> {
    const id = this.#nextId++;
    const worker = this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, path, offset, withSm3 } satisfies RereadRequest);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#fail(new Error('the thread that reads files again was closed'));
    await worker?.terminate();
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./reread-thread.ts', import.meta.url), { name: 'reread' });
    worker.on('message', ({ id, read }: RereadReply) => {
      this.#waiting.get(id)?.resolve(read);
      this.#waiting.delete(id);
    });
    worker.on('error', (error) =>
      this.#fail(error instanceof Error ? error : new Error('the thread failed')),
    );
    worker.on('exit', () => this.#fail(new Error('the thread that reads files again ended')));
    worker.unref(); // after the listeners: adding one takes a reference again
    this.#worker = worker;
    return worker;
  }

  /** Whoever waits fails (its job tries again); the next one gets a new thread. */
  #fail(error: Error): void {
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
