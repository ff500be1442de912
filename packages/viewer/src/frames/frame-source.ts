// The frames of one series, fetched and decoded in the order in which a reader needs them (viewer spec §4): previews
// from codestream prefixes, then every bit of what is looked at, upgraded in place. Each change of focus plans anew;
// work that no longer matters is aborted. A frame whose pixels cannot be had falls back to its film picture.
import type { Quality } from '../types.ts';
import type { DecodeJob } from './decoder.ts';
import { type ByteWish, FrameHttpError, fetchBytes } from './fetch-bytes.ts';
import { FrameCache } from './frame-cache.ts';
import { isSame, planFrames, type Wish } from './frame-plan.ts';
import type { Pixels } from './pixels.ts';
import { type Prefix, previewPrefix, wantedSide, wholeLength } from './prefix.ts';

export type SourceFrame = {
  url: string;
  lengths: readonly number[] | undefined;
  columns: number | null;
  rows: number | null;
  padding: number | null;
  hasFilm: boolean;
};

export type FrameSourceOptions = {
  frames: readonly SourceFrame[];
  modality: string | null;
  accept: string;
  concurrency: number;
  budgetBytes: number;
  thrifty: boolean;
  /** Null where there is no decoder: film pictures only. */
  decode: ((job: DecodeJob) => Promise<Pixels>) | null;
  loadFilm(index: number, signal: AbortSignal): Promise<Pixels>;
  /** Palette colours and the like, after decoding. */
  finish(index: number, pixels: Pixels): Promise<Pixels>;
  onFrame(index: number, quality: Quality): void;
  onError(index: number, error: unknown): void;
  fetcher?: typeof fetch;
};

type Task = { wish: Wish; abort: AbortController; head?: Promise<Uint8Array> };
type Focus = { index: number; direction: -1 | 0 | 1 };

export type SourceStats = { bytes: number; decodes: number; cancelled: number; memoryBytes: number };

/** Slots that only the focused frames may use. */
const keptSlots = 2;

export class FrameSource {
  readonly #options: FrameSourceOptions;
  readonly #cache: FrameCache;
  readonly #films = new Map<number, Pixels>();
  readonly #failed = new Set<number>();
  readonly #heads = new Map<number, Uint8Array>();
  readonly #prefixes: (Prefix | null)[];
  readonly #foci = new Map<string, Focus>();
  readonly #tasks = new Set<Task>();
  readonly #mostFull: number;
  #lastOwner = '';
  #closed = false;
  #bytes = 0;
  #decodes = 0;
  #cancelled = 0;

  constructor(options: FrameSourceOptions) {
    this.#options = options;
    this.#cache = new FrameCache(options.budgetBytes);
    const side = wantedSide(options.modality, options.frames.length);
    this.#prefixes = options.frames.map(({ lengths, columns, rows }) =>
      previewPrefix(lengths, Math.max(columns ?? 0, rows ?? 0), side),
    );
    const largest = Math.max(
      1,
      ...options.frames.map((frame) => (frame.columns ?? 512) * (frame.rows ?? 512) * 2),
    );
    this.#mostFull = Math.max(3, Math.floor(options.budgetBytes / largest));
  }

  get count(): number {
    return this.#options.frames.length;
  }

  qualityOf(index: number): Quality {
    if (this.#cache.hasFull(index)) return 'full';
    if (this.#films.has(index)) return 'film';
    if (this.#failed.has(index)) return 'failed';
    return this.#cache.preview(index) === undefined ? 'none' : 'preview';
  }

  /** The best there is of a frame. */
  get(index: number): Pixels | null {
    return this.#cache.full(index) ?? this.#films.get(index) ?? this.#cache.preview(index) ?? null;
  }

  /** `owner` is who looks: each viewport has its own focus. */
  focus(owner: string, index: number, direction: -1 | 0 | 1): void {
    this.#foci.set(owner, { index, direction });
    this.#lastOwner = owner;
    this.#pump();
  }

  blur(owner: string): void {
    this.#foci.delete(owner);
  }

  /** A failed frame is tried once more when somebody asks for it. */
  retry(index: number): void {
    this.#failed.delete(index);
    this.#pump();
  }

  stats(): SourceStats {
    return {
      bytes: this.#bytes,
      decodes: this.#decodes,
      cancelled: this.#cancelled,
      memoryBytes: this.#cache.bytes,
    };
  }

  close(): void {
    this.#closed = true;
    for (const task of this.#tasks) task.abort.abort();
    this.#tasks.clear();
    this.#cache.clear();
    this.#films.clear();
    this.#heads.clear();
  }

  #plan(): Wish[] {
    const last = this.#foci.get(this.#lastOwner) ?? [...this.#foci.values()][0];
    if (last === undefined) return [];
    const wishes = planFrames({
      count: this.count,
      focus: last.index,
      direction: last.direction,
      qualityOf: (index) => this.qualityOf(index),
      hasPreview: (index) => this.#prefixes[index] != null && this.#options.decode !== null,
      thrifty: this.#options.thrifty,
      mostFull: this.#mostFull,
    });
    for (const { index } of this.#foci.values()) {
      const quality = this.qualityOf(index);
      if (index !== last.index && (quality === 'none' || quality === 'preview')) {
        wishes.unshift({ index, quality: 'full' });
      }
    }
    return wishes;
  }

  #isFocus(index: number): boolean {
    for (const focus of this.#foci.values()) if (focus.index === index) return true;
    return false;
  }

  #pump(): void {
    if (this.#closed) return;
    const wishes = this.#plan();
    const { concurrency } = this.#options;
    const near = wishes.slice(0, concurrency * 2);
    for (const task of this.#tasks) {
      if (near.some((wish) => isSame(wish, task.wish))) continue;
      const isCheap = task.wish.quality === 'preview' && wishes.some((wish) => isSame(wish, task.wish));
      if (isCheap) continue;
      this.#cancelled += 1;
      this.#tasks.delete(task);
      task.abort.abort();
    }
    for (const wish of wishes) {
      const room = concurrency - this.#tasks.size;
      if (room <= (this.#isFocus(wish.index) ? 0 : keptSlots)) return;
      if ([...this.#tasks].some((task) => isSame(task.wish, wish))) continue;
      void this.#run(wish);
    }
  }

  async #run(wish: Wish): Promise<void> {
    const task: Task = { wish, abort: new AbortController() };
    this.#tasks.add(task);
    const { signal } = task.abort;
    try {
      const pixels =
        wish.quality === 'preview' ? await this.#loadPreview(task) : await this.#loadFull(wish.index, signal);
      if (signal.aborted) return;
      this.#keep(wish, pixels);
    } catch (error) {
      if (signal.aborted || this.#closed) return;
      if (wish.quality === 'full') await this.#fallBack(wish.index, error, signal);
      else this.#prefixes[wish.index] = null;
    } finally {
      this.#tasks.delete(task);
      this.#pump();
    }
  }

  #keep(wish: Wish, pixels: Pixels): void {
    if (wish.quality === 'preview') this.#cache.putPreview(wish.index, pixels);
    else {
      this.#heads.delete(wish.index);
      this.#cache.putFull(wish.index, pixels, (index) => this.#isFocus(index));
    }
    this.#options.onFrame(wish.index, this.qualityOf(wish.index));
  }

  async #loadPreview(task: Task): Promise<Pixels> {
    const { index } = task.wish;
    const prefix = this.#prefixes[index];
    if (prefix == null) throw new Error('no preview');
    task.head = this.#fetch(index, 0, prefix.bytes, task.abort.signal).then(({ bytes }) => bytes);
    const head = await task.head;
    this.#heads.set(index, head.subarray(0, prefix.bytes));
    return this.#decode(index, head.subarray(0, prefix.bytes), prefix.level, task.abort.signal);
  }

  async #loadFull(index: number, signal: AbortSignal): Promise<Pixels> {
    if (this.#options.decode === null) throw new Error('no decoder');
    const bytes = await this.#wholeCodestream(index, signal);
    const expected = wholeLength(this.#options.frames[index]?.lengths);
    if (expected !== null && bytes.length !== expected) {
      throw new Error(`the codestream has ${bytes.length} bytes, the index says ${expected}`);
    }
    return this.#decode(index, bytes, 0, signal);
  }

  /** Only what is missing is fetched: the rest beside a preview that is here or on its way. */
  async #wholeCodestream(index: number, signal: AbortSignal): Promise<Uint8Array> {
    const prefix = this.#prefixes[index];
    const underWay = [...this.#tasks].find(
      ({ wish }) => wish.index === index && wish.quality === 'preview',
    )?.head;
    const known = this.#heads.get(index);
    if (prefix == null || (known === undefined && underWay === undefined)) {
      return (await this.#fetch(index, 0, null, signal)).bytes;
    }
    const head = known ?? underWay?.catch(() => null) ?? null;
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
    this.#bytes += answer.bytes.length;
    return answer;
  }

  async #decode(index: number, bytes: Uint8Array, level: number, signal: AbortSignal): Promise<Pixels> {
    const { decode, frames, finish } = this.#options;
    const frame = frames[index];
    if (decode === null || frame === undefined) throw new Error('no decoder');
    this.#decodes += 1;
    const { columns, rows, padding } = frame;
    const pixels = await decode({
      bytes,
      level,
      columns,
      rows,
      padding,
      urgent: this.#isFocus(index),
      signal,
    });
    return finish(index, pixels);
  }

  /** A refusal or a broken codestream never leaves a black viewport where there is a picture to show. */
  async #fallBack(index: number, error: unknown, signal: AbortSignal): Promise<void> {
    const mayRetry = error instanceof FrameHttpError && error.status >= 500;
    try {
      if (this.#options.frames[index]?.hasFilm !== true) throw error;
      const film = await this.#options.loadFilm(index, signal);
      if (signal.aborted) return;
      this.#films.set(index, film);
      this.#options.onFrame(index, 'film');
    } catch {
      if (signal.aborted) return;
      this.#failed.add(index);
      this.#options.onFrame(index, 'failed');
    }
    if (!mayRetry || this.#isFocus(index)) this.#options.onError(index, error);
  }
}
