// The dataset of one message while it arrives: an async iterable of receive-buffer slices. What waits
// for the consumer is counted with the association (`Flow`), which pauses the socket above its limit.
// The stream throws when the association ends before the last fragment, so a partial file is noticed.
import { DimseError } from './errors.ts';

/** Told about every byte that begins or ceases to wait. */
export interface Flow {
  waiting(bytes: number): void;
}

type Phase = 'flowing' | 'ended' | 'failed';

export class DatasetStream implements AsyncIterable<Buffer> {
  /** Bytes received so far, read or not. */
  receivedBytes = 0;
  readonly #flow: Flow;
  readonly #maxDrainBytes: number;
  #phase: Phase = 'flowing';
  #error: Error | null = null;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #wake: PromiseWithResolvers<void> | null = null;
  #discarding = false;
  #drainedBytes = 0;
  #firstMemory: ArrayBufferLike | null = null;
  #givenMemory: ArrayBufferLike | null = null;

  constructor(flow: Flow, maxDrainBytes: number) {
    this.#flow = flow;
    this.#maxDrainBytes = maxDrainBytes;
  }

  /** True when the last fragment has come (not when it has been read). */
  get complete(): boolean {
    return this.#phase !== 'flowing';
  }

  // --- consumer ---------------------------------------------------------------------------------

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for await (const batch of this.batches()) yield* batch;
  }

  /** All slices that wait, at once: fewer turns of the event loop, and ready for a gathering write. */
  async *batches(): AsyncGenerator<Buffer[], void, undefined> {
    try {
      for (;;) {
        if (this.#error !== null) throw this.#error;
        if (this.#queue.length > 0) {
          const batch = this.#queue;
          const bytes = lengthOf(batch);
          this.#queue = [];
          try {
            yield batch;
          } finally {
            // Counted off only now: while the consumer works on a batch it still occupies memory.
            this.#countOff(bytes);
          }
        } else if (this.#phase === 'ended') {
          return;
        } else {
          await this.#more();
        }
      }
    } finally {
      this.#startDiscarding();
    }
  }

  /**
   * Optional: the consumer has copied this slice and will not look at it again; slices are given back in their order.
   * Receive buffers that held nothing else are freed at once. Left to the garbage collector, every 64 MB received
   * make it walk the whole heap, which costs more than receiving them. A slice used after all is empty, not wrong.
   */
  giveBack(slice: Uint8Array): void {
    const memory = slice.buffer;
    const before = this.#givenMemory;
    if (memory === before) return;
    this.#givenMemory = memory;
    this.#firstMemory ??= memory;
    // The first may hold the end of the message before, the last (never behind another) the next one's beginning.
    const isWholly = before !== null && before !== this.#firstMemory;
    if (isWholly && before instanceof ArrayBuffer) before.transfer(0);
  }

  /** Reads and drops the rest; rejects above the drain limit or when the association ends. */
  async discard(): Promise<void> {
    this.#startDiscarding();
    while (this.#phase === 'flowing') await this.#more();
    if (this.#error !== null) throw this.#error;
  }

  // --- producer (message-assembler.ts) ----------------------------------------------------------

  push(fragment: Buffer): void {
    if (this.#phase !== 'flowing' || fragment.length === 0) return;
    this.receivedBytes += fragment.length;
    if (this.#discarding) {
      this.#drainedBytes += fragment.length;
      if (this.#drainedBytes > this.#maxDrainBytes) {
        throw new DimseError(
          'limit',
          `more than ${this.#maxDrainBytes} bytes came after the dataset was refused`,
        );
      }
      return;
    }
    this.#queue.push(fragment);
    this.#queuedBytes += fragment.length;
    this.#flow.waiting(fragment.length);
    this.#wakeUp();
  }

  finish(): void {
    if (this.#phase === 'flowing') this.#phase = 'ended';
    this.#wakeUp();
  }

  fail(error: Error): void {
    if (this.#phase !== 'flowing') return;
    this.#phase = 'failed';
    this.#error = error;
    this.#dropQueue();
    this.#wakeUp();
  }

  #startDiscarding(): void {
    this.#discarding = true;
    this.#dropQueue();
  }

  #dropQueue(): void {
    const bytes = lengthOf(this.#queue);
    this.#queue = [];
    this.#countOff(bytes);
  }

  #countOff(bytes: number): void {
    if (bytes === 0) return;
    this.#queuedBytes -= bytes;
    this.#flow.waiting(-bytes);
  }

  #more(): Promise<void> {
    this.#wake ??= Promise.withResolvers<void>();
    return this.#wake.promise;
  }

  #wakeUp(): void {
    this.#wake?.resolve();
    this.#wake = null;
  }
}

function lengthOf(slices: readonly Buffer[]): number {
  return slices.reduce((sum, slice) => sum + slice.length, 0);
}
