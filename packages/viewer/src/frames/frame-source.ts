// The frames of one series, fetched and decoded in the order in which a reader needs them (viewer spec §4): previews
// from codestream prefixes, then every bit of what is looked at, upgraded in place. Each change of focus plans anew;
// work that no longer matters is aborted. A frame whose pixels cannot be had falls back to its film picture.
import type { Quality } from '../types.ts';
import { Codestreams } from './codestreams.ts';
import type { DecodeJob } from './decoder.ts';
import { FrameHttpError, isNetworkError } from './fetch-bytes.ts';
import { FrameCache, previewShare } from './frame-cache.ts';
import { isSame, planFrames, type Wish } from './frame-plan.ts';
import { readPackStream } from './pack-stream.ts';
import type { Pixels } from './pixels.ts';
import { type Prefix, packLevel, previewPrefix, wantedSide } from './prefix.ts';

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
  /** The line is gone, or back. */
  onAway?(isAway: boolean): void;
  /** Address of the pack of previews, where there is one. */
  packUrl?(level: number): string;
  fetcher?: typeof fetch;
};

type Task = { wish: Wish; abort: AbortController; isLocal: boolean };
type Focus = { index: number; direction: -1 | 0 | 1 };

export type SourceStats = { bytes: number; decodes: number; cancelled: number; memoryBytes: number };

/** Slots that only the focused frames may use. */
const keptSlots = 2;
/** Previews whose bytes are here take no slot of the line, only of the decoder: enough that it never waits. */
const mostLocal = 24;
/** Slices that pass faster than this are only seen as previews; full ones are asked for where the reader comes to rest. */
const rushMs = 120;
const restMs = 70;
/** A leap to another place is a choice, not a rush. */
const longestStep = 8;
const longPackBytes = 8 * 2 ** 20;
const knockEveryMs = 3000;
const headShare = 0.15;

export class FrameSource {
  readonly #options: FrameSourceOptions;
  readonly #cache: FrameCache;
  readonly #films = new Map<number, Pixels>();
  readonly #failed = new Set<number>();
  readonly #prefixes: (Prefix | null)[];
  readonly #codestreams: Codestreams;
  readonly #foci = new Map<string, Focus>();
  readonly #tasks = new Set<Task>();
  readonly #mostFull: number;
  readonly #mostPreviews: number;
  readonly #packAbort = new AbortController();
  #pack: 'none' | 'streaming' | 'streaming-long' = 'none';
  #prefersFilm = false;
  #isPaused = false;
  #isAway = false;
  readonly #broken = new Set<number>();
  #packStarted = false;
  #knock: ReturnType<typeof setTimeout> | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #focusedAt = Number.NEGATIVE_INFINITY;
  #lastOwner = '';
  #closed = false;
  #packBytes = 0;
  #decodes = 0;
  #cancelled = 0;

  constructor(options: FrameSourceOptions) {
    this.#options = options;
    const { frames, budgetBytes } = options;
    this.#cache = new FrameCache(budgetBytes);
    const side = wantedSide(options.modality, frames.length);
    this.#prefixes = frames.map(({ lengths, columns, rows }) =>
      previewPrefix(lengths, Math.max(columns ?? 0, rows ?? 0), side),
    );
    this.#codestreams = new Codestreams({
      frames,
      prefixes: this.#prefixes,
      accept: options.accept,
      headBudgetBytes: budgetBytes * headShare,
      distance: (index) => this.#distance(index),
      fetcher: options.fetcher,
    });
    let largest = 1;
    let largestPreview = 1;
    for (const [index, { columns, rows }] of frames.entries()) {
      const bytes = (columns ?? 512) * (rows ?? 512) * 2;
      largest = Math.max(largest, bytes);
      largestPreview = Math.max(largestPreview, bytes / 4 ** (this.#prefixes[index]?.level ?? 0));
    }
    this.#mostPreviews = Math.max(3, Math.floor((budgetBytes * previewShare) / largestPreview));
    this.#mostFull = Math.max(3, Math.floor((budgetBytes * (1 - previewShare)) / largest));
    this.#planPack();
  }

  get count(): number {
    return this.#options.frames.length;
  }

  qualityOf(index: number): Quality {
    if (this.#prefersFilm && this.#films.has(index)) return 'film';
    if (this.#cache.hasFull(index)) return 'full';
    if (this.#films.has(index) && !this.#mayBeFull(index)) return 'film';
    if (this.#failed.has(index)) return 'failed';
    if (this.#cache.preview(index) !== undefined) return 'preview';
    return this.#films.has(index) ? 'film' : 'none';
  }

  /** The best there is of a frame, or its film picture while that is preferred. */
  get(index: number): Pixels | null {
    const film = this.#films.get(index);
    switch (this.qualityOf(index)) {
      case 'full':
        return this.#cache.full(index) ?? null;
      case 'film':
        return film ?? null;
      case 'preview':
        return this.#cache.preview(index) ?? null;
      default:
        return null;
    }
  }

  /** `owner` is who looks: each viewport has its own focus. */
  focus(owner: string, index: number, direction: -1 | 0 | 1): void {
    const before = this.#foci.get(owner)?.index ?? index;
    this.#foci.set(owner, { index, direction });
    this.#lastOwner = owner;
    if (Math.abs(index - before) <= longestStep) this.#noteRush();
    this.#pump();
  }

  #noteRush(): void {
    const now = performance.now();
    const isRush = now - this.#focusedAt < rushMs;
    this.#focusedAt = now;
    if (!isRush) return;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#pump();
    }, restMs);
  }

  blur(owner: string): void {
    this.#foci.delete(owner);
  }

  /** A failed frame is tried once more when somebody asks for it. */
  retry(index: number): void {
    this.#failed.delete(index);
    this.#pump();
  }

  /** The reader's own choice: film pictures (lossy, few bytes) instead of the pixels. */
  preferFilm(isPreferred: boolean): void {
    if (this.#prefersFilm === isPreferred) return;
    this.#prefersFilm = isPreferred;
    for (const { index } of this.#foci.values()) this.#options.onFrame(index, this.qualityOf(index));
    this.#pump();
  }

  /** A page that nobody sees fetches no more than what is in focus; `isTight`: it gives back memory, too. */
  pause(isPaused: boolean, isTight = false): void {
    this.#isPaused = isPaused;
    if (isPaused && isTight) this.#cache.keepOnly((index) => this.#isFocus(index));
    this.#pump();
  }

  stats(): SourceStats {
    return {
      bytes: this.#codestreams.bytes + this.#packBytes,
      decodes: this.#decodes,
      cancelled: this.#cancelled,
      memoryBytes: this.#cache.bytes,
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#knock);
    clearTimeout(this.#rest);
    this.#packAbort.abort();
    for (const task of this.#tasks) task.abort.abort();
    this.#tasks.clear();
    this.#cache.clear();
    this.#films.clear();
    this.#codestreams.clear();
  }

  /** The line may be back: asks at once. */
  knock(): void {
    if (!this.#isAway) return;
    clearTimeout(this.#knock);
    this.#knock = undefined;
    this.#pump();
  }

  #mayBeFull(index: number): boolean {
    return this.#options.decode !== null && !this.#broken.has(index);
  }

  #distance(index: number): number {
    let least = Number.MAX_SAFE_INTEGER;
    for (const focus of this.#foci.values()) least = Math.min(least, Math.abs(focus.index - index));
    return least;
  }

  #plan(): Wish[] {
    const last = this.#foci.get(this.#lastOwner) ?? [...this.#foci.values()][0];
    if (last === undefined) return [];
    if (this.#prefersFilm) return this.#planFilms(last);
    const planned = (index: number): Quality => {
      const quality = this.qualityOf(index);
      return quality === 'film' && this.#mayBeFull(index) ? 'none' : quality;
    };
    const wishes = planFrames({
      count: this.count,
      focus: last.index,
      direction: last.direction,
      qualityOf: planned,
      hasPreview: (index) => this.#prefixes[index] != null && this.#options.decode !== null,
      hasHead: (index) => this.#codestreams.hasHead(index),
      pack: this.#pack,
      thrifty: this.#options.thrifty,
      mostFull: this.#mostFull,
      mostPreviews: this.#mostPreviews,
    });
    for (const { index } of this.#foci.values()) {
      const quality = planned(index);
      if (index !== last.index && (quality === 'none' || quality === 'preview')) {
        wishes.unshift({ index, quality: 'full' });
      }
    }
    if (this.#rest !== undefined)
      return wishes.filter(
        ({ index, quality }) =>
          quality !== 'full' || (this.#isFocus(index) && this.qualityOf(index) === 'none'),
      );
    if (!this.#isPaused && !this.#isAway) return wishes;
    return wishes.filter(({ index }) => this.#isFocus(index));
  }

  #planFilms({ index, direction }: Focus): Wish[] {
    const step = direction === 0 ? 1 : direction;
    const near = [0, 1, -1, 2, 3, 4].map((distance) => index + distance * step);
    return [...new Set([...[...this.#foci.values()].map((focus) => focus.index), ...near])]
      .filter((at) => this.#options.frames[at]?.hasFilm === true && !this.#films.has(at))
      .filter((at) => !this.#failed.has(at))
      .map((at) => ({ index: at, quality: 'film' }));
  }

  #isFocus(index: number): boolean {
    for (const focus of this.#foci.values()) if (focus.index === index) return true;
    return false;
  }

  #pump(): void {
    if (this.#closed || this.#knock !== undefined) return;
    const wishes = this.#plan();
    const { concurrency } = this.#options;
    const isLocal = ({ index, quality }: Wish) => quality === 'preview' && this.#codestreams.hasHead(index);
    const near = wishes.filter((wish) => !isLocal(wish)).slice(0, concurrency * 2);
    let local = 0;
    for (const task of this.#tasks) {
      if (task.isLocal) local += 1;
      if (task.isLocal || near.some((wish) => isSame(wish, task.wish))) continue;
      const isCheap = task.wish.quality === 'preview' && wishes.some((wish) => isSame(wish, task.wish));
      // What is on its way while slices rush past may be where the reader comes to rest.
      if (isCheap || (this.#rest !== undefined && task.wish.quality === 'full')) continue;
      this.#cancelled += 1;
      this.#tasks.delete(task);
      task.abort.abort();
    }
    let onLine = this.#tasks.size - local;
    for (const wish of wishes) {
      const isFocus = this.#isFocus(wish.index);
      const needsNoLine = isLocal(wish);
      if (needsNoLine && local >= mostLocal && !isFocus) continue;
      if (!needsNoLine && concurrency - onLine <= (isFocus ? 0 : keptSlots)) break;
      if ([...this.#tasks].some((task) => isSame(task.wish, wish))) continue;
      if (needsNoLine) local += 1;
      else onLine += 1;
      void this.#run(wish, needsNoLine);
    }
    this.#startPack();
  }

  async #run(wish: Wish, isLocal: boolean): Promise<void> {
    const task: Task = { wish, abort: new AbortController(), isLocal };
    this.#tasks.add(task);
    const { signal } = task.abort;
    try {
      const pixels = await this.#load(wish, signal);
      if (signal.aborted) return;
      this.#keep(wish, pixels);
      if (!isLocal) this.#turnAway(false);
    } catch (error) {
      if (signal.aborted || this.#closed) return;
      if (isNetworkError(error)) this.#turnAway(true);
      else if (wish.quality === 'preview') this.#prefixes[wish.index] = null;
      else if (wish.quality === 'film') this.#fail(wish.index, error);
      else await this.#fallBack(wish.index, error, signal);
    } finally {
      // One that was given up has left already: planning anew for it could go round for ever. Of previews that only need
      // decoding half a load is let go before the next is planned.
      if (this.#tasks.delete(task) && !(isLocal && this.#localTasks() > mostLocal / 2)) this.#pump();
    }
  }

  #localTasks(): number {
    let count = 0;
    for (const { isLocal } of this.#tasks) if (isLocal) count += 1;
    return count;
  }

  #turnAway(isAway: boolean): void {
    if (isAway && this.#knock === undefined) {
      this.#knock = setTimeout(() => this.knock(), knockEveryMs);
      for (const task of this.#tasks) if (!task.isLocal) task.abort.abort();
    }
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#options.onAway?.(isAway);
  }

  #keep(wish: Wish, pixels: Pixels): void {
    if (wish.quality === 'film') this.#films.set(wish.index, pixels);
    else if (wish.quality === 'preview')
      this.#cache.putPreview(wish.index, pixels, (index) => this.#distance(index));
    else {
      this.#codestreams.dropHead(wish.index);
      if (!this.#prefersFilm) this.#films.delete(wish.index);
      this.#cache.putFull(wish.index, pixels, (index) => this.#isFocus(index));
    }
    this.#options.onFrame(wish.index, this.qualityOf(wish.index));
  }

  async #load({ index, quality }: Wish, signal: AbortSignal): Promise<Pixels> {
    if (quality === 'film') return this.#options.loadFilm(index, signal);
    if (this.#options.decode === null) throw new Error('no decoder');
    if (quality === 'preview') {
      const prefix = this.#prefixes[index];
      if (prefix == null) throw new Error('no preview');
      return this.#decode(index, await this.#codestreams.head(index, prefix, signal), prefix.level, signal);
    }
    const whole = await this.#codestreams.whole(index, signal);
    try {
      return await this.#decode(index, whole, 0, signal);
    } catch (error) {
      // Another try must not begin with the same bytes.
      this.#codestreams.dropHead(index);
      throw error;
    }
  }

  async #decode(index: number, bytes: Uint8Array, level: number, signal: AbortSignal): Promise<Pixels> {
    const { decode, frames, finish } = this.#options;
    const frame = frames[index];
    if (decode === null || frame === undefined) throw new Error('no decoder');
    this.#decodes += 1;
    const { columns, rows, padding } = frame;
    const urgent = this.#isFocus(index);
    const pixels = await decode({ bytes, level, columns, rows, padding, urgent, signal });
    return finish(index, pixels);
  }

  #planPack(): void {
    const { packUrl, decode } = this.#options;
    if (packUrl === undefined || decode === null || packLevel(this.#prefixes) === null) return;
    const prefixBytes = this.#prefixes.reduce((sum, prefix) => sum + (prefix?.bytes ?? 0), 0);
    this.#pack = prefixBytes > longPackBytes ? 'streaming-long' : 'streaming';
  }

  /** Once, when the focused frame can be seen: the rest of it comes beside the pack. */
  #startPack(): void {
    const { packUrl, frames, fetcher } = this.#options;
    const level = packLevel(this.#prefixes);
    if (this.#pack === 'none' || this.#packStarted || packUrl === undefined || level === null) return;
    if (this.#prefersFilm || this.#isPaused || this.#foci.size === 0) return;
    const settled = ({ index }: Focus) => this.qualityOf(index) !== 'none';
    if (![...this.#foci.values()].every(settled)) return;
    this.#packStarted = true;
    const lengthOf = (index: number) => {
      const prefix = this.#prefixes[index];
      return prefix == null || prefix.level !== level || frames[index] === undefined ? null : prefix.bytes;
    };
    const onRecord = (index: number, bytes: Uint8Array) => {
      if (!this.#cache.hasFull(index)) this.#codestreams.putHead(index, bytes);
    };
    const onChunk = (bytes: number) => {
      this.#packBytes += bytes;
      this.#pump();
    };
    const wish = { url: packUrl(level), lengthOf, onRecord, onChunk };
    void readPackStream(wish, this.#packAbort.signal, fetcher)
      .catch(() => undefined) // what it did not bring is asked for singly
      .finally(() => {
        this.#pack = 'none';
        this.#pump();
      });
  }

  #fail(index: number, error: unknown): void {
    this.#failed.add(index);
    this.#options.onFrame(index, 'failed');
    this.#options.onError(index, error);
  }

  /** A refusal or a broken codestream never leaves a black viewport where there is a picture to show. */
  async #fallBack(index: number, error: unknown, signal: AbortSignal): Promise<void> {
    const mayRetry = error instanceof FrameHttpError && error.status >= 500;
    this.#broken.add(index);
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
