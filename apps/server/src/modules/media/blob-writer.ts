// Writes a blob piece by piece while its pieces are still being made: `write` waits when the disk is slower than the
// codec, so that memory stays constant whatever the number of frames. Nothing is stored when nothing was written.
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { BlobAbout, BlobStore, StoredBytes } from '../../blob/index.ts';

export class BlobWriter {
  readonly #blobs: BlobStore;
  readonly #about: BlobAbout;
  #stream: PassThrough | null = null;
  #stored: Promise<StoredBytes> | null = null;
  #failure: unknown = null;
  #offset = 0;

  constructor(blobs: BlobStore, about: BlobAbout) {
    this.#blobs = blobs;
    this.#about = about;
  }

  /** Answers where the piece begins in the blob. */
  async write(piece: Uint8Array): Promise<number> {
    const stream = this.#open();
    if (this.#failure !== null) throw this.#failure;
    const at = this.#offset;
    this.#offset += piece.length;
    if (!stream.write(piece)) {
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
      if (this.#failure !== null) throw this.#failure;
    }
    return at;
  }

  /** Durable, or null when there was nothing to write. */
  async finish(): Promise<StoredBytes | null> {
    this.#stream?.end();
    return this.#stored;
  }

  /** Leaves nothing behind: the unfinished file is removed by the store, a finished one is given back. */
  async abandon(): Promise<void> {
    if (this.#stored === null) return;
    this.#stream?.destroy(new Error('abandoned'));
    const stored = await this.#stored.catch(() => null);
    if (stored !== null) await this.#blobs.discard(stored).catch(() => undefined); // else the sweep finds it
  }

  #open(): PassThrough {
    if (this.#stream !== null) return this.#stream;
    const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
    this.#stream = stream;
    stream.on('error', () => undefined); // reported through the store's own promise
    this.#stored = this.#blobs.put(stream, this.#about);
    this.#stored.catch((error: unknown) => {
      this.#failure = error;
      stream.destroy();
    });
    return stream;
  }
}
