// Reads the pack of a series (viewer spec §3) as it comes: records of index, length and the prefix of a frame's
// codestream. A transfer that breaks goes on from the byte where it stopped, provided the pack is still the same.
import { FrameHttpError, pause, retryWaitsMs } from './fetch-bytes.ts';

export type PackWish = {
  url: string;
  /** Bytes that record may have; what does not fit is left out. */
  lengthOf(index: number): number | null;
  onRecord(index: number, bytes: Uint8Array): void;
  /** After each chunk of the network. */
  onChunk(bytes: number): void;
};

const headBytes = 8;
const mostRecordBytes = 64 * 2 ** 20;

/** Throws what stopped it for good: a refusal, a broken pack, a network that does not come back. */
export async function readPackStream(
  wish: PackWish,
  signal: AbortSignal,
  fetcher: typeof fetch = fetch,
): Promise<void> {
  const records = new PackRecords(wish);
  let etag: string | null = null;
  for (let attempt = 0; ; ) {
    const before = records.received;
    try {
      const headers: Record<string, string> = {};
      if (records.received > 0) headers.range = `bytes=${records.received}-`;
      if (records.received > 0 && etag !== null) headers['if-range'] = etag;
      const response = await fetcher(wish.url, { headers, credentials: 'same-origin', signal });
      if (!response.ok) throw new FrameHttpError(response.status);
      // The whole pack instead of its rest: it is another one now.
      if (records.received > 0 && response.status !== 206) records.restart();
      etag = response.headers.get('etag');
      await drain(response, records, wish);
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      if (records.received > before) attempt = 0;
      const wait = retryWaitsMs[attempt];
      const isFinal = error instanceof FrameHttpError ? error.status < 500 : error instanceof BrokenPack;
      if (wait === undefined || isFinal) throw error;
      attempt += 1;
      await pause(wait, signal);
    }
  }
}

async function drain(response: Response, records: PackRecords, wish: PackWish): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    records.take(bytes);
    wish.onChunk(bytes.length);
    return;
  }
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    records.take(value);
    wish.onChunk(value.length);
  }
  if (!records.isAtEnd) throw new TypeError('the pack ended within a record');
}

class BrokenPack extends Error {}

/** Cuts the stream into records, whatever the network's chunks are. */
class PackRecords {
  received = 0;
  readonly #wish: PackWish;
  readonly #head = new Uint8Array(headBytes);
  #headFilled = 0;
  #body: Uint8Array | null = null;
  #bodyFilled = 0;

  constructor(wish: PackWish) {
    this.#wish = wish;
  }

  get isAtEnd(): boolean {
    return this.#headFilled === 0 && this.#body === null;
  }

  restart(): void {
    this.received = 0;
    this.#headFilled = 0;
    this.#body = null;
  }

  take(chunk: Uint8Array): void {
    this.received += chunk.length;
    let at = 0;
    while (at < chunk.length)
      at = this.#body === null ? this.#takeHead(chunk, at) : this.#takeBody(chunk, at);
  }

  #takeHead(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + headBytes - this.#headFilled);
    this.#head.set(part, this.#headFilled);
    this.#headFilled += part.length;
    if (this.#headFilled < headBytes) return at + part.length;
    const length = new DataView(this.#head.buffer).getUint32(4);
    if (length > mostRecordBytes) throw new BrokenPack(`a record of ${length} bytes in the pack`);
    this.#body = new Uint8Array(length);
    this.#bodyFilled = 0;
    if (length === 0) this.#finish();
    return at + part.length;
  }

  #takeBody(chunk: Uint8Array, at: number): number {
    const body = this.#body;
    if (body === null) return at;
    const part = chunk.subarray(at, at + body.length - this.#bodyFilled);
    body.set(part, this.#bodyFilled);
    this.#bodyFilled += part.length;
    if (this.#bodyFilled === body.length) this.#finish();
    return at + part.length;
  }

  #finish(): void {
    const index = new DataView(this.#head.buffer).getUint32(0);
    const body = this.#body;
    this.#headFilled = 0;
    this.#body = null;
    if (body === null || body.length === 0 || this.#wish.lengthOf(index) !== body.length) return;
    this.#wish.onRecord(index, body);
  }
}
