// Worker threads for all pixel work, so that no event loop ever waits for a codec. A frame that takes too long, or
// takes its worker down, rejects that one call; the pool replaces the thread and goes on.
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { asCodecError, CodecError } from './codec-error.ts';
import type { Outcome, WorkerTasks } from './codec-worker.ts';
import type { EncodedFrame, EncodeRequest } from './encode-frame.ts';
import type { Tones } from './measure-tones.ts';
import type { DecodedFrame, PixelDescription, Samples } from './pixel-description.ts';
import type { FrameRequest, PreparedFrame, PrepareRequest } from './prepare-frame.ts';
import type { Picture, RenderOptions } from './render-frame.ts';
import type { RawFrame } from './transcode-frame.ts';

export type CodecPoolOptions = {
  /** Threads; one less than the cores unless told, at least one. */
  size?: number;
  /** Limit of one call, counted from the moment a thread takes it. */
  timeoutMs?: number;
  /** Calls that may wait for a thread before further ones are refused with `limit`. */
  maxWaiting?: number;
  /** Another worker module with the same task names; tests use it to break workers on purpose. */
  workerUrl?: URL;
};

export type CallOptions = { signal?: AbortSignal };

export class CodecPool {
  readonly size: number;
  readonly #timeoutMs: number;
  readonly #maxWaiting: number;
  readonly #piscina: Piscina;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(options: CodecPoolOptions = {}) {
    this.size = Math.max(1, options.size ?? availableParallelism() - 1);
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#maxWaiting = options.maxWaiting ?? 10_000;
    this.#piscina = new Piscina({
      filename: (options.workerUrl ?? new URL('./codec-worker.ts', import.meta.url)).href,
      minThreads: 0,
      maxThreads: this.size,
      idleTimeout: 120_000,
      concurrentTasksPerWorker: 1,
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    // A dead thread is reported to the call it was serving; without a listener the event would end the process.
    this.#piscina.on('error', () => undefined);
  }

  prepareFrame(request: PrepareRequest, options: CallOptions = {}): Promise<PreparedFrame> {
    return this.#run('prepareFrame', request, options);
  }

  decodeFrame(request: FrameRequest, options: CallOptions = {}): Promise<DecodedFrame> {
    return this.#run('decodeFrame', request, options);
  }

  decodeToRaw(request: FrameRequest, options: CallOptions = {}): Promise<RawFrame> {
    return this.#run('decodeToRaw', request, options);
  }

  /** A stored frame in the lossless transfer syntax `to`, decoded again and compared. */
  encode(request: EncodeRequest, options: CallOptions = {}): Promise<EncodedFrame> {
    return this.#run('encode', request, options);
  }

  measureTones(request: FrameRequest, options: CallOptions = {}): Promise<Tones> {
    return this.#run('measureTones', request, options);
  }

  renderFrame(
    pixels: Samples,
    description: PixelDescription,
    options: RenderOptions & CallOptions,
  ): Promise<Picture> {
    const { signal, ...render } = options;
    return this.#run('renderFrame', { pixels, description, options: render }, signal ? { signal } : {});
  }

  /** Calls under way are ended and rejected with `closed`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#piscina.destroy();
  }

  async #run<K extends keyof WorkerTasks>(
    name: K,
    request: WorkerTasks[K]['request'],
    call: CallOptions,
  ): Promise<WorkerTasks[K]['result']> {
    await this.#takeSlot(call.signal);
    try {
      if (this.#closed) throw new CodecError('closed', 'the codec pool is closed');
      call.signal?.throwIfAborted();
      const outcome = await this.#runInThread(name, request, call.signal);
      if ('failed' in outcome) throw new CodecError(outcome.failed.code, outcome.failed.message);
      return outcome.done;
    } finally {
      // The slot goes straight to the next caller, so that no newcomer slips in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Waiting is done here and not in piscina's queue, so that the time limit starts with the work. */
  async #takeSlot(signal: AbortSignal | undefined): Promise<void> {
    if (this.#running < this.size || this.#closed) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new CodecError('limit', `${this.#waiting.length} frames are waiting for a codec thread`);
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        const at = this.#waiting.indexOf(wake);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(wake);
    });
  }

  async #runInThread<K extends keyof WorkerTasks>(
    name: K,
    request: WorkerTasks[K]['request'],
    signal: AbortSignal | undefined,
  ): Promise<Outcome<WorkerTasks[K]['result']>> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    try {
      return await this.#piscina.run(request, { name, signal: either });
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (timeout.aborted) throw new CodecError('timeout', `${name} took more than ${this.#timeoutMs} ms`);
      if (this.#closed) throw new CodecError('closed', 'the codec pool was closed during the call');
      throw asCodecError(error, 'worker-lost', `codec thread ended during ${name}`);
    }
  }
}
