// SM3 (GM/T 0004) in a thread of its own: it runs at a fifth of SHA-256's speed and would otherwise be what the
// storing associations wait for. Bytes are copied into buffers that travel there and back, never more than a fixed
// amount at once. Small contents are hashed in place: the trip would cost more.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

export type Sm3Request =
  | { kind: 'update'; id: number; buffer: ArrayBuffer; length: number }
  | { kind: 'digest'; id: number }
  | { kind: 'drop'; id: number };
type Sm3Reply = { kind: 'done'; buffer: ArrayBuffer } | { kind: 'digest'; id: number; hex: string };

export type Sm3Digest = {
  /** Resolves when more may be sent. */
  update(chunks: readonly Uint8Array[]): Promise<void>;
  digest(): Promise<string>;
  drop(): void;
};

const mostBuffersOnTheWay = 16;
const bufferBytes = 1024 * 1024;
const answerLimitMs = 120_000;

export class Sm3Thread {
  #worker: Worker | null = null;
  #nextId = 1;
  #onTheWay = 0;
  #spare: ArrayBuffer[] = [];
  #waiting: (() => void)[] = [];
  readonly #digests = new Map<number, { resolve(hex: string): void; reject(error: Error): void }>();

  begin(): Sm3Digest {
    const id = this.#nextId++;
    const worker = this.#start();
    return {
      update: async (chunks) => {
        this.#send(worker, id, chunks);
        while (this.#onTheWay > mostBuffersOnTheWay && this.#worker === worker) {
          await new Promise<void>((resolve) => this.#waiting.push(resolve));
        }
      },
      digest: () => {
        if (this.#worker !== worker) return Promise.reject(new Error('the SM3 thread ended'));
        return new Promise((resolve, reject) => {
          const timer = setTimeout(
            () => this.#fail(worker, new Error('the SM3 thread does not answer')),
            answerLimitMs,
          );
          const settle = (): void => {
            clearTimeout(timer);
            this.#digests.delete(id);
          };
          this.#digests.set(id, {
            resolve: (hex) => {
              settle();
              resolve(hex);
            },
            reject: (error) => {
              settle();
              reject(error);
            },
          });
          post(worker, { kind: 'digest', id });
        });
      },
      drop: () => post(worker, { kind: 'drop', id }),
    };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker !== null) this.#fail(worker, new Error('the SM3 thread was closed'));
    await worker?.terminate();
  }

  /** Small chunks share a buffer: what is on the way is counted in buffers, whatever fills them. */
  #send(worker: Worker, id: number, chunks: readonly Uint8Array[]): void {
    let target = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(bufferBytes));
    let filled = 0;
    const ship = (): void => {
      this.#onTheWay++;
      const request: Sm3Request = { kind: 'update', id, buffer: target.buffer, length: filled };
      worker.postMessage(request, [target.buffer]);
    };
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; ) {
        if (filled === bufferBytes) {
          ship();
          target = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(bufferBytes));
          filled = 0;
        }
        const part = chunk.subarray(at, at + bufferBytes - filled);
        target.set(part, filled);
        filled += part.byteLength;
        at += part.byteLength;
      }
    }
    if (filled > 0) ship();
    else this.#spare.push(target.buffer);
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./sm3-thread.ts', import.meta.url), { name: 'sm3' });
    worker.on('message', (reply: Sm3Reply) => this.#receive(reply));
    worker.on('error', (error) =>
      this.#fail(worker, error instanceof Error ? error : new Error('the SM3 thread failed')),
    );
    worker.on('exit', () => this.#fail(worker, new Error('the SM3 thread ended')));
    worker.unref(); // after the listeners: adding one takes a reference again
    this.#worker = worker;
    return worker;
  }

  #receive(reply: Sm3Reply): void {
    if (reply.kind === 'digest') {
      this.#digests.get(reply.id)?.resolve(reply.hex);
      return;
    }
    this.#onTheWay--;
    if (this.#spare.length < mostBuffersOnTheWay) this.#spare.push(reply.buffer);
    if (this.#onTheWay <= mostBuffersOnTheWay) for (const go of this.#waiting.splice(0)) go();
  }

  /** Whoever hashes now fails (the write is tried again by its caller); the next one gets a new thread. */
  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#onTheWay = 0;
    for (const digest of [...this.#digests.values()]) digest.reject(error);
    for (const go of this.#waiting.splice(0)) go();
    void worker.terminate();
  }
}

function post(worker: Worker, request: Sm3Request): void {
  worker.postMessage(request);
}

export function sm3Of(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sm3');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
