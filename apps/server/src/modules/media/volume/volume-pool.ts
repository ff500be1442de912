// Threads that draw volumes, apart from those of the codec: a person who turns a volume must not wait behind the frames
// of a study that is being prepared, nor hold those up.
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { AppError } from '../../../errors.ts';
import type { PlaneTask, ViewTask, VolumeTasks } from './volume-worker.ts';

const mostWaiting = 24;

export class VolumePool {
  readonly #piscina = new Piscina({
    filename: new URL('./volume-worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: Math.max(1, Math.min(4, availableParallelism() - 1)),
    idleTimeout: 60_000,
    concurrentTasksPerWorker: 1,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  #running = 0;

  constructor() {
    this.#piscina.on('error', () => undefined); // told to the call it was serving
  }

  prepare(grid: VolumeTasks['prepare']['request']): Promise<VolumeTasks['prepare']['result']> {
    return this.#run('prepare', grid);
  }

  /** null: `signal` was aborted while it was drawn. */
  drawPlane(task: Omit<PlaneTask, 'giveUp'>, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.#draw(signal, (giveUp) => this.#run('drawPlane', { ...task, giveUp }));
  }

  drawView(task: Omit<ViewTask, 'giveUp'>, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.#draw(signal, (giveUp) => this.#run('drawView', { ...task, giveUp }));
  }

  async close(): Promise<void> {
    await this.#piscina.destroy();
  }

  async #draw(
    signal: AbortSignal,
    run: (giveUp: Int32Array) => Promise<Uint8Array | null>,
  ): Promise<Uint8Array | null> {
    const giveUp = new Int32Array(new SharedArrayBuffer(4));
    const leave = () => void Atomics.store(giveUp, 0, 1);
    if (signal.aborted) return null;
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await run(giveUp);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async #run<K extends keyof VolumeTasks>(
    name: K,
    request: VolumeTasks[K]['request'],
  ): Promise<VolumeTasks[K]['result']> {
    if (this.#running >= mostWaiting) throw new AppError('media.busy');
    this.#running += 1;
    try {
      return await this.#piscina.run(request, { name });
    } finally {
      this.#running -= 1;
    }
  }
}
