// Bandwidth limit of the associations that share it: a bucket fills at the rate, what is read or written is taken out,
// and whoever finds it overdrawn waits. Nothing is buffered for it: the reader stops reading, which stops the peer by
// TCP, and the writer does not ask for its next bytes.

export interface Pace {
  readonly reading: Bucket;
  readonly writing: Bucket;
}

/** What may pass at once after a pause, in seconds of the rate; and no less than a few PDUs. */
const burstSeconds = 0.25;
const smallestBurst = 65_536;

export class Bucket {
  #bytesPerSecond: number;
  #left: number;
  #at = performance.now();

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#left = this.#burst;
  }

  /** From now on; what is overdrawn stays so. */
  set bytesPerSecond(bytesPerSecond: number) {
    this.#fill();
    this.#bytesPerSecond = bytesPerSecond;
  }

  take(bytes: number): void {
    this.#fill();
    this.#left -= bytes;
  }

  /** Until more may pass. */
  get waitMs(): number {
    this.#fill();
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / this.#bytesPerSecond) * 1000);
  }

  get #burst(): number {
    return Math.max(this.#bytesPerSecond * burstSeconds, smallestBurst);
  }

  #fill(): void {
    const now = performance.now();
    this.#left = Math.min(this.#left + ((now - this.#at) / 1000) * this.#bytesPerSecond, this.#burst);
    this.#at = now;
  }
}
