// The compressed bytes of one series: prefixes from the pack or asked for singly, whole codestreams put together from
// a prefix and its rest so that no byte comes twice.
import { type ByteWish, fetchBytes } from './fetch-bytes.ts';
import { type Prefix, wholeLength } from './prefix.ts';

export type CodestreamFrame = { url: string; lengths: readonly number[] | undefined };

export type CodestreamOptions = {
  frames: readonly CodestreamFrame[];
  prefixes: readonly (Prefix | null)[];
  accept: string;
  /** For prefixes that wait to become whole; beyond it the farthest are forgotten. */
  headBudgetBytes: number;
  distance(index: number): number;
  fetcher: typeof fetch | undefined;
};

export class Codestreams {
  bytes = 0;
  readonly #options: CodestreamOptions;
  readonly #heads = new Map<number, Uint8Array>();
  readonly #coming = new Map<number, Promise<Uint8Array>>();
  #headBytes = 0;

  constructor(options: CodestreamOptions) {
    this.#options = options;
  }

  hasHead(index: number): boolean {
    return this.#heads.has(index);
  }

  putHead(index: number, bytes: Uint8Array): void {
    if (this.#heads.has(index)) return;
    this.#heads.set(index, bytes);
    this.#headBytes += bytes.length;
    const { headBudgetBytes, distance } = this.#options;
    while (this.#headBytes > headBudgetBytes && this.#heads.size > 1) {
      let farthest = index;
      for (const other of this.#heads.keys()) if (distance(other) > distance(farthest)) farthest = other;
      this.dropHead(farthest);
    }
  }

  dropHead(index: number): void {
    this.#headBytes -= this.#heads.get(index)?.length ?? 0;
    this.#heads.delete(index);
  }

  async head(index: number, { bytes: wanted }: Prefix, signal: AbortSignal): Promise<Uint8Array> {
    const known = this.#heads.get(index);
    if (known !== undefined) return known;
    const coming = this.#fetch(index, 0, wanted, signal).then(({ bytes }) => bytes.subarray(0, wanted));
    this.#coming.set(index, coming);
    try {
      const head = await coming;
      this.putHead(index, head);
      return head;
    } finally {
      this.#coming.delete(index);
    }
  }

  /** Only what is missing is fetched: the rest beside a prefix that is here or on its way. */
  async whole(index: number, signal: AbortSignal): Promise<Uint8Array> {
    const whole = await this.#assemble(index, signal);
    const expected = wholeLength(this.#options.frames[index]?.lengths);
    if (expected !== null && whole.length !== expected) {
      throw new Error(`the codestream has ${whole.length} bytes, the index says ${expected}`);
    }
    return whole;
  }

  clear(): void {
    this.#heads.clear();
    this.#headBytes = 0;
  }

  async #assemble(index: number, signal: AbortSignal): Promise<Uint8Array> {
    const prefix = this.#options.prefixes[index];
    const coming = this.#coming.get(index);
    const known = this.#heads.get(index);
    if (prefix == null || (known === undefined && coming === undefined)) {
      return (await this.#fetch(index, 0, null, signal)).bytes;
    }
    const head = known ?? coming?.catch(() => null) ?? null;
    const [start, rest] = await Promise.all([head, this.#fetch(index, prefix.bytes, null, signal)]);
    if (!rest.isPart) return rest.bytes;
    const first = start ?? (await this.#fetch(index, 0, prefix.bytes, signal)).bytes;
    const whole = new Uint8Array(prefix.bytes + rest.bytes.length);
    whole.set(first.subarray(0, prefix.bytes));
    whole.set(rest.bytes, prefix.bytes);
    return whole;
  }

  async #fetch(index: number, from: number, to: number | null, signal: AbortSignal) {
    const frame = this.#options.frames[index];
    if (frame === undefined) throw new Error(`no frame ${index}`);
    const wish: ByteWish = { url: frame.url, accept: this.#options.accept, from, to };
    const answer = await fetchBytes(wish, signal, this.#options.fetcher);
    this.bytes += answer.bytes.length;
    return answer;
  }
}
