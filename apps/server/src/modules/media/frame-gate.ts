// How many frames of all jobs together may be in the codec at once: enough to keep every thread busy, few enough that
// a person who waits for a frame waits for one frame of ours and not for a queue, and that memory holds a handful.

export class FrameGate {
  readonly size: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(size: number) {
    this.size = size;
  }

  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#running >= this.size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // The place goes straight to the next in line.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
