// Bits into the entropy-coded segment of a JPEG image (ISO 10918-1 F.1.2.3): most significant bit first, a zero byte
// stuffed behind each 0xFF, the last byte filled with ones.

export class BitWriter {
  #out: Uint8Array;
  #at = 0;
  #hold = 0;
  #held = 0;

  constructor(expectedBytes = 4096) {
    this.#out = new Uint8Array(Math.max(64, expectedBytes));
  }

  /** `count` is 16 at the most; higher bits of `value` must be zero. */
  put(value: number, count: number): void {
    this.#hold = (this.#hold << count) | value;
    this.#held += count;
    if (this.#at + 8 > this.#out.length) this.#grow();
    while (this.#held >= 8) {
      this.#held -= 8;
      const byte = (this.#hold >>> this.#held) & 0xff;
      this.#out[this.#at++] = byte;
      if (byte === 0xff) this.#out[this.#at++] = 0;
    }
  }

  finish(): Uint8Array {
    if (this.#held > 0) this.put((1 << (8 - this.#held)) - 1, 8 - this.#held);
    return this.#out.subarray(0, this.#at);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#out.length * 2);
    larger.set(this.#out);
    this.#out = larger;
  }
}

export function jpegSegment(marker: number, content: readonly number[]): Buffer {
  const length = content.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...content]);
}
