// The few volumes this process holds: built when first asked for, shared by all who look, put away by age when the
// bytes run out, and when nobody has looked for a while. A build nobody waits for any more is given up.
import { volumeGeometry } from '@yunying/volume';
import { AppError } from '../../../errors.ts';
import { type BuildContext, buildGrid, bytesPerVoxel } from './build-volume.ts';
import { readSlices } from './read-slices.ts';
import { cacheBytes, chooseFactors } from './volume-budget.ts';
import type { VolumePool } from './volume-pool.ts';
import type { Volume } from './volume-types.ts';

export type VolumeKey = {
  studyId: string;
  seriesId: string;
  phase: number /** Of the objects it is made of. */;
  tag: string;
};

export type Progress = { state: 'ready' | 'building'; done: number; total: number };

type Kept = {
  volume: Promise<Volume>;
  progress: Progress;
  abort: AbortController;
  sizeBytes: number;
  usedAt: number;
  waiting: number;
};

const idleMs = 5 * 60_000;
const leftMs = 15_000;
const beatMs = 5_000;
const mostBuilds = 2;

export class VolumeShelf {
  readonly #ctx: BuildContext;
  readonly #pool: VolumePool;
  readonly #mostBytes = cacheBytes();
  readonly #kept = new Map<string, Kept>();
  readonly #beat: NodeJS.Timeout;

  constructor(ctx: BuildContext, pool: VolumePool) {
    this.#ctx = ctx;
    this.#pool = pool;
    this.#beat = setInterval(() => this.#tidy(), beatMs);
    this.#beat.unref();
  }

  /** Begins to build it if need be, and says how far it is. Throws why there is none. */
  async look(key: VolumeKey): Promise<{ progress: Progress; volume: Volume | null }> {
    const kept = this.#open(key);
    if (kept.progress.state === 'ready') return { progress: kept.progress, volume: await kept.volume };
    // What is refused is refused soon: the first answer shall say so.
    const soon = new Promise<null>((resolve) => setTimeout(resolve, 250, null));
    const volume = await Promise.race([kept.volume, soon]);
    return { progress: { ...kept.progress }, volume };
  }

  async take(key: VolumeKey): Promise<Volume> {
    const kept = this.#open(key);
    kept.waiting += 1;
    try {
      return await kept.volume;
    } finally {
      kept.waiting -= 1;
      kept.usedAt = performance.now();
    }
  }

  close(): void {
    clearInterval(this.#beat);
    for (const kept of this.#kept.values()) kept.abort.abort();
    this.#kept.clear();
  }

  #open(key: VolumeKey): Kept {
    const name = `${key.seriesId} ${key.phase} ${key.tag}`;
    const known = this.#kept.get(name);
    if (known !== undefined) {
      known.usedAt = performance.now();
      this.#kept.delete(name);
      this.#kept.set(name, known); // to the end: the map is ordered by use
      return known;
    }
    const building = [...this.#kept.values()].filter((one) => one.progress.state === 'building');
    if (building.length >= mostBuilds) throw new AppError('media.busy');
    const abort = new AbortController();
    const progress: Progress = { state: 'building', done: 0, total: 0 };
    const made: Kept = {
      volume: Promise.reject(new Error('not begun')),
      progress,
      abort,
      sizeBytes: 0,
      usedAt: performance.now(),
      waiting: 0,
    };
    made.volume.catch(() => undefined);
    made.volume = this.#build(key, made).catch((error: unknown) => {
      this.#kept.delete(name);
      throw abort.signal.aborted ? new AppError('media.busy') : error;
    });
    made.volume.catch(() => undefined); // told to whoever waits
    this.#kept.set(name, made);
    return made;
  }

  async #build(key: VolumeKey, kept: Kept): Promise<Volume> {
    const { progress, abort } = kept;
    const series = await readSlices(this.#ctx, key);
    if (series.refusal !== null) throw notReconstructable(series.refusal);
    const result = volumeGeometry(series.slices, { phase: key.phase });
    if (!result.ok) throw notReconstructable(result.reason);
    const { geometry } = result;
    const factors = chooseFactors(geometry, bytesPerVoxel);
    if (factors === null) throw notReconstructable('too-large');
    const [x, y, z] = factors;
    kept.sizeBytes = (geometry.columns * geometry.rows * geometry.slices * bytesPerVoxel) / (x * y * z);
    this.#makeRoom(kept);
    progress.total = geometry.slices;
    const grid = await buildGrid(this.#ctx, {
      series,
      geometry,
      factors,
      seriesId: key.seriesId,
      signal: abort.signal,
      onLayer: (done) => {
        progress.done = Math.min(done, progress.total);
      },
    });
    const { bricks, range } = await this.#pool.prepare(grid);
    progress.state = 'ready';
    progress.done = progress.total;
    const own = series.modality === 'PT' ? null : series.window;
    return {
      grid,
      bricks,
      range,
      geometry,
      reduced: factors,
      modality: series.modality,
      unit: series.unit,
      suvFactor: series.suvFactor,
      isInverted: series.isInverted || series.modality === 'PT',
      window: own ?? { center: (range.low + range.high) / 2, width: Math.max(1, range.high - range.low) },
      tag: key.tag,
      sizeBytes: kept.sizeBytes,
    };
  }

  /** The least recently used give way; who still draws them keeps them alive until the picture is done. */
  #makeRoom(wanted: Kept): void {
    let held = [...this.#kept.values()].reduce((sum, one) => sum + one.sizeBytes, 0);
    for (const [name, one] of this.#kept) {
      if (held <= this.#mostBytes) return;
      if (one === wanted || one.progress.state === 'building') continue;
      this.#kept.delete(name);
      held -= one.sizeBytes;
    }
  }

  #tidy(): void {
    const now = performance.now();
    for (const [name, one] of this.#kept) {
      const isLeft = one.progress.state === 'building' && one.waiting === 0 && now - one.usedAt > leftMs;
      if (isLeft) one.abort.abort();
      else if (one.progress.state === 'ready' && now - one.usedAt > idleMs) this.#kept.delete(name);
    }
  }
}

function notReconstructable(reason: string): AppError {
  return new AppError('media.not_reconstructable', { reason });
}
