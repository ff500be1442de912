// Bytes that have arrived and are not yet used. The parser asks for n bytes in one piece; only a request
// that crosses a chunk border copies. Chunks are kept by reference, so a writer must not reuse a chunk
// it has pushed, unless it has asked for what is left of it to be kept as a copy. Many tiny chunks are gathered, so one byte at a time costs no more memory than at once.

const smallChunkBytes = 2048;
const gatherBytes = 32 * 1024;
const nothing = new Uint8Array(0);

export class ByteQueue {
  /** The piece being read and the position in it; valid for n bytes after ensure(n) answered true. */
  current: Uint8Array = nothing;
  position = 0;
  /** Bytes available from `position` on, over all chunks. */
  available = 0;
  /** Offset of `position` from the start of the stream. */
  offset: number;
  readonly #waiting: Uint8Array[] = [];
  #next = 0;
  #gather: Uint8Array | null = null;
  #gatherUsed = 0;

  constructor(offset = 0) {
    this.offset = offset;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.available += chunk.length;
    if (this.available === chunk.length) {
      this.current = chunk;
      this.position = 0;
      this.#gather = null;
    } else if (chunk.length < smallChunkBytes) this.#gatherSmall(chunk);
    else {
      this.#waiting.push(chunk);
      this.#gather = null;
    }
  }

  /** After a push and what could be used of it: the rest is copied, and the memory of the chunk is its writer's again. */
  letGo(chunk: Uint8Array): void {
    if (this.available === 0) {
      this.current = nothing;
      this.position = 0;
      return;
    }
    if (this.current.buffer === chunk.buffer) {
      this.current = new Uint8Array(this.current.subarray(this.position));
      this.position = 0;
    }
    const last = this.#waiting.length - 1;
    const waiting = this.#waiting[last];
    if (last >= this.#next && waiting?.buffer === chunk.buffer) this.#waiting[last] = new Uint8Array(waiting);
  }

  /** True when n bytes lie in one piece at `current[position]`. */
  ensure(n: number): boolean {
    if (this.available < n) return false;
    if (this.current.length - this.position >= n) return true;
    const joined = new Uint8Array(n);
    const head = this.current.subarray(this.position);
    joined.set(head);
    let used = head.length;
    while (used < n) {
      const chunk = this.#waiting[this.#next];
      if (chunk === undefined) return false;
      const part = chunk.subarray(0, n - used);
      joined.set(part, used);
      used += part.length;
      if (part.length === chunk.length) this.#dropWaiting();
      else this.#waiting[this.#next] = chunk.subarray(part.length);
    }
    this.current = joined;
    this.position = 0;
    return true;
  }

  /** Moves over at most n bytes and answers how many. */
  skip(n: number): number {
    const total = Math.min(n, this.available);
    let left = total;
    for (;;) {
      const here = Math.min(left, this.current.length - this.position);
      this.position += here;
      left -= here;
      // An exhausted piece is left at once, so `current[position]` is the next byte whenever there is one.
      if (this.position < this.current.length) break;
      const chunk = this.#waiting[this.#next];
      if (chunk === undefined) break;
      this.current = chunk;
      this.position = 0;
      this.#dropWaiting();
    }
    this.available -= total;
    this.offset += total;
    if (this.available === 0) {
      this.current = nothing; // the last chunk is not held until somebody asks again
      this.position = 0;
    }
    return total;
  }

  #dropWaiting(): void {
    if (this.#next === this.#waiting.length - 1) this.#gather = null;
    this.#next++;
    if (this.#next === this.#waiting.length || this.#next > 1024) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
  }

  #gatherSmall(chunk: Uint8Array): void {
    const last = this.#waiting.length - 1;
    if (this.#gather === null || last < this.#next || this.#gatherUsed + chunk.length > this.#gather.length) {
      this.#gather = new Uint8Array(gatherBytes);
      this.#gather.set(chunk);
      this.#gatherUsed = chunk.length;
      this.#waiting.push(this.#gather.subarray(0, chunk.length));
      return;
    }
    const start = this.#gatherUsed - (this.#waiting[last]?.length ?? 0);
    this.#gather.set(chunk, this.#gatherUsed);
    this.#gatherUsed += chunk.length;
    this.#waiting[last] = this.#gather.subarray(start, this.#gatherUsed);
  }
}
