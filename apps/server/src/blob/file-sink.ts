// How the bytes of one object reach its open file: through the page cache, or directly from an aligned block. Both hash
// what they write while the thread pool writes it.
import type { Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../errors.ts';
import { alignment } from './direct-blocks.ts';

export interface FileSink {
  /** The chunk is not looked at any more when add() resolves. */
  readonly copies: boolean;
  add(chunk: Uint8Array): Promise<void>;
  /** The last bytes; the file then has its exact length. */
  end(): Promise<void>;
}

const batchBytes = 1024 * 1024;
const mostChunks = 512;
const writev = promisify(fs.writev);
const write = promisify(fs.write);
const ftruncate = promisify(fs.ftruncate);

export class CachedSink implements FileSink {
  readonly copies = false;
  readonly #file: number;
  readonly #hash: Hash;
  #batch: Uint8Array[] = [];
  #batched = 0;

  constructor(file: number, hash: Hash) {
    this.#file = file;
    this.#hash = hash;
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#batch.push(chunk);
    this.#batched += chunk.byteLength;
    if (this.#batched >= batchBytes || this.#batch.length >= mostChunks) await this.end();
  }

  async end(): Promise<void> {
    const chunks = this.#batch;
    this.#batch = [];
    this.#batched = 0;
    const writing = writeAll(this.#file, chunks);
    writing.catch(() => {});
    for (const chunk of chunks) this.#hash.update(chunk);
    await writing;
  }
}

/** The file was opened with O_DIRECT; `block` is the caller's again when add() and end() have settled. */
export class DirectSink implements FileSink {
  readonly copies = true;
  readonly #file: number;
  readonly #hash: Hash;
  readonly #block: Buffer;
  #filled = 0;
  #position = 0;

  constructor(file: number, hash: Hash, block: Buffer) {
    this.#file = file;
    this.#hash = hash;
    this.#block = block;
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let taken = 0; taken < chunk.byteLength; ) {
      const piece = chunk.subarray(taken, taken + this.#block.byteLength - this.#filled);
      this.#block.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      taken += piece.byteLength;
      if (this.#filled === this.#block.byteLength) await this.#flush(this.#filled);
    }
  }

  async end(): Promise<void> {
    if (this.#filled === 0) return;
    const size = this.#position + this.#filled;
    const padded = Math.ceil(this.#filled / alignment) * alignment;
    this.#block.fill(0, this.#filled, padded);
    await this.#flush(padded);
    // In the thread pool: it may wait for the journal of the file system.
    if (size < this.#position) await ftruncate(this.#file, size);
  }

  async #flush(bytes: number): Promise<void> {
    const writing = this.#write(bytes);
    writing.catch(() => {});
    this.#hash.update(this.#block.subarray(0, this.#filled));
    await writing;
    this.#filled = 0;
  }

  async #write(bytes: number): Promise<void> {
    for (let done = 0; done < bytes; ) {
      const { bytesWritten } = await write(this.#file, this.#block, done, bytes - done, this.#position);
      // A short direct write ends on a sector; one that does not cannot be continued.
      if (bytesWritten === 0 || (bytesWritten % alignment !== 0 && done + bytesWritten < bytes))
        throw new AppError('storage.full');
      done += bytesWritten;
      this.#position += bytesWritten;
    }
  }
}

/** writev may write less than asked (signals, full disk): the rest is written again from where it stopped. */
export async function writeAll(file: number, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.byteLength > 0);
  while (rest.length > 0) {
    let { bytesWritten } = await writev(file, rest);
    if (bytesWritten === 0) throw new AppError('storage.full');
    const left: Uint8Array[] = [];
    for (const chunk of rest) {
      if (bytesWritten >= chunk.byteLength) bytesWritten -= chunk.byteLength;
      else {
        left.push(bytesWritten === 0 ? chunk : chunk.subarray(bytesWritten));
        bytesWritten = 0;
      }
    }
    rest = left;
  }
}
