// A few decoding workers and the queue before them. The first free worker takes the waiting frame that matters most;
// work that was given up is dropped before it starts. A worker that dies fails its frame and is replaced once.
import type { DecodeReply, DecodeRequest, DecoderReady } from './decode-message.ts';
import type { Pixels } from './pixels.ts';
import { takeWorker } from './spare-worker.ts';

export type DecodeJob = Omit<DecodeRequest, 'id'> & { urgent: boolean; signal: AbortSignal };

type Waiting = { job: DecodeJob; resolve(pixels: Pixels): void; reject(error: unknown): void };
type Thread = { worker: Worker; current: Map<number, Waiting>; id: number };

/** Previews are small: a worker has the next ones before it has answered. */
const mostPreviewsAtOnce = 8;

export class Decoder {
  readonly #threads: Thread[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #onLost: (reason: string) => void;
  #replacements = 2;
  #closed = false;

  /** `onLost` is told when no worker can be made or the decoder does not start. */
  constructor(size: number, onLost: (reason: string) => void) {
    this.#onLost = onLost;
    for (let at = 0; at < size; at += 1) this.#start();
  }

  decode(job: DecodeJob): Promise<Pixels> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error('the decoder is closed'));
      const waiting: Waiting = { job, resolve, reject };
      if (job.urgent) this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
      this.#next();
    });
  }

  close(): void {
    this.#closed = true;
    for (const { worker, current } of this.#threads.splice(0)) {
      worker.terminate();
      for (const { reject } of current.values()) reject(new DOMException('closed', 'AbortError'));
    }
    for (const { reject } of this.#waiting.splice(0)) reject(new DOMException('closed', 'AbortError'));
  }

  #start(): void {
    let worker: Worker;
    try {
      worker = takeWorker();
    } catch (error) {
      this.#onLost(String(error));
      return;
    }
    const thread: Thread = { worker, current: new Map(), id: 0 };
    this.#threads.push(thread);
    worker.addEventListener('message', (event: MessageEvent<DecodeReply | DecoderReady>) => {
      const reply = event.data;
      if ('ready' in reply) {
        if (!reply.ready) this.#lose(thread, reply.error);
        return;
      }
      const answered = thread.current.get(reply.id);
      thread.current.delete(reply.id);
      if ('error' in reply) answered?.reject(new Error(reply.error));
      else answered?.resolve(reply.pixels);
      this.#next();
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#lose(thread, event.message ?? 'the worker did not start');
    });
  }

  #lose(thread: Thread, reason: string): void {
    const at = this.#threads.indexOf(thread);
    if (at < 0 || this.#closed) return;
    this.#threads.splice(at, 1);
    thread.worker.terminate();
    for (const { reject } of thread.current.values()) reject(new Error(reason));
    if (this.#replacements > 0) {
      this.#replacements -= 1;
      this.#start();
    }
    if (this.#threads.length === 0) {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
      this.#onLost(reason);
    }
    this.#next();
  }

  #next(): void {
    for (const thread of this.#threads) {
      while (this.#hasRoom(thread)) {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) return;
        if (waiting.job.signal.aborted) waiting.reject(new DOMException('aborted', 'AbortError'));
        else this.#give(thread, waiting);
      }
    }
  }

  #hasRoom({ current }: Thread): boolean {
    if (current.size === 0) return true;
    if (current.size >= mostPreviewsAtOnce || this.#waiting[0]?.job.level === 0) return false;
    for (const { job } of current.values()) if (job.level === 0) return false;
    return true;
  }

  #give(thread: Thread, waiting: Waiting): void {
    thread.id += 1;
    thread.current.set(thread.id, waiting);
    const { urgent: _urgent, signal: _signal, ...request } = waiting.job;
    const message: DecodeRequest = { ...request, id: thread.id };
    thread.worker.postMessage(message);
  }
}
