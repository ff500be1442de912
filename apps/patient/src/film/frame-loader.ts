// Fetches the film pictures of one series: six at a time, the focused one first, outwards from there, retried twice
// on network failures and never on refusals. Compressed pictures are kept (a series is a few MB); decoded ones only
// around the focus. close() aborts everything, so that a change of series wastes next to nothing.
import { takeEarlyPicture } from '@yunying/ui/first-light';
import { furthestFrom, planFrames } from './plan-frames.ts';

export type FilmPicture = ImageBitmap | HTMLImageElement;
export type LoaderEvents = { onChange(): void; onAll(): void };

const concurrency = 6;
const retryDelaysMs = [500, 2000];
const mostDecoded = 48;
const longestWaitMs = 30_000;

export class FrameLoader {
  #urls: readonly (string | null)[];
  readonly #events: LoaderEvents;
  readonly #blobs = new Map<number, Blob>();
  /** In order of use: the first is the oldest. */
  readonly #pictures = new Map<number, FilmPicture>();
  readonly #decoding = new Set<number>();
  readonly #inFlight = new Map<number, AbortController>();
  readonly #failed = new Set<number>();
  #focus = 0;
  #direction: -1 | 0 | 1 = 0;
  #closed = false;
  #allTold = false;

  constructor(urls: readonly (string | null)[], events: LoaderEvents) {
    this.#urls = urls;
    this.#events = events;
  }

  get loadedCount(): number {
    return this.#blobs.size;
  }

  isLoaded(index: number): boolean {
    return this.#blobs.has(index);
  }

  hasFailed(index: number): boolean {
    return this.#failed.has(index);
  }

  bytesOf(index: number): number | null {
    return this.#blobs.get(index)?.size ?? null;
  }

  /** Decoded and ready to draw, or undefined: then it is being fetched or decoded. */
  picture(index: number): FilmPicture | undefined {
    const picture = this.#pictures.get(index);
    if (picture !== undefined) {
      this.#pictures.delete(index);
      this.#pictures.set(index, picture);
    }
    return picture;
  }

  /** More pictures have been made meanwhile; addresses never change, they only appear. */
  setUrls(urls: readonly (string | null)[]): void {
    this.#urls = urls;
    this.#fill();
  }

  focus(index: number, direction: -1 | 0 | 1): void {
    this.#focus = index;
    this.#direction = direction;
    const waits = this.#isWanted(index) && this.#inFlight.size >= concurrency;
    const victim = waits ? furthestFrom(index, [...this.#inFlight.keys()]) : null;
    if (victim !== null) {
      this.#inFlight.get(victim)?.abort();
      this.#inFlight.delete(victim);
    }
    this.#fill();
    for (const step of [0, 1, -1, 2, -2, 3]) this.#decode(index + step * (direction < 0 ? -1 : 1));
  }

  retryFailed(): void {
    this.#failed.clear();
    this.#fill();
  }

  close(): void {
    this.#closed = true;
    for (const transfer of this.#inFlight.values()) transfer.abort();
    this.#inFlight.clear();
    for (const picture of this.#pictures.values()) release(picture);
    this.#pictures.clear();
    this.#blobs.clear();
  }

  #isWanted(index: number): boolean {
    const hasUrl = typeof this.#urls[index] === 'string';
    return hasUrl && !this.#blobs.has(index) && !this.#inFlight.has(index) && !this.#failed.has(index);
  }

  #fill(): void {
    if (this.#closed) return;
    const free = concurrency - this.#inFlight.size;
    if (free <= 0) return;
    const next = planFrames(
      {
        focus: this.#focus,
        direction: this.#direction,
        count: this.#urls.length,
        isWanted: (index) => this.#isWanted(index),
      },
      free,
    );
    for (const index of next) void this.#load(index);
  }

  async #load(index: number): Promise<void> {
    const url = this.#urls[index];
    if (typeof url !== 'string') return;
    const transfer = new AbortController();
    this.#inFlight.set(index, transfer);
    try {
      const blob = await fetchPicture(url, transfer.signal);
      if (this.#closed || transfer.signal.aborted) return;
      this.#blobs.set(index, blob);
      if (Math.abs(index - this.#focus) <= 3) this.#decode(index);
    } catch {
      if (this.#closed || transfer.signal.aborted) return;
      this.#failed.add(index);
    } finally {
      if (this.#inFlight.get(index) === transfer) this.#inFlight.delete(index);
    }
    if (this.#closed) return;
    this.#events.onChange();
    this.#fill();
    if (!this.#allTold && this.#blobs.size === this.#urls.length) {
      this.#allTold = true;
      this.#events.onAll();
    }
  }

  #decode(index: number): void {
    const blob = this.#blobs.get(index);
    if (blob === undefined || this.#pictures.has(index) || this.#decoding.has(index)) return;
    this.#decoding.add(index);
    decodePicture(blob)
      .then((picture) => {
        if (this.#closed) return release(picture);
        this.#pictures.set(index, picture);
        this.#forgetOldest();
      })
      .catch(() => {
        this.#blobs.delete(index);
        this.#failed.add(index);
      })
      .finally(() => {
        this.#decoding.delete(index);
        if (!this.#closed) this.#events.onChange();
      });
  }

  #forgetOldest(): void {
    for (const [index, picture] of this.#pictures) {
      if (this.#pictures.size <= mostDecoded) return;
      if (Math.abs(index - this.#focus) <= 3) continue;
      this.#pictures.delete(index);
      release(picture);
    }
  }
}

async function fetchPicture(url: string, signal: AbortSignal): Promise<Blob> {
  const known = await takeEarlyPicture(url);
  if (known instanceof Blob) return known;
  for (let attempt = 0; ; attempt += 1) {
    const slow = new AbortController();
    const stop = () => slow.abort();
    const timer = setTimeout(stop, longestWaitMs);
    signal.addEventListener('abort', stop);
    let refused = false;
    try {
      const response = await fetch(url, { credentials: 'same-origin', signal: slow.signal });
      if (response.ok) return await response.blob();
      refused = response.status < 500 && response.status !== 429;
      throw new Error(`picture answered ${response.status}`);
    } catch (error) {
      const delay = retryDelaysMs[attempt];
      if (refused || signal.aborted || delay === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}

async function decodePicture(blob: Blob): Promise<FilmPicture> {
  if (typeof createImageBitmap === 'function') return createImageBitmap(blob);
  const url = URL.createObjectURL(blob);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function release(picture: FilmPicture): void {
  if ('close' in picture) picture.close();
}
