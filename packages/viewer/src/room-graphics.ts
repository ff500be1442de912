// How the viewports of a room are drawn: with WebGL as long as the device gives it, else on canvas. The first time the
// graphics context is lost everything is built anew; after that it is not trusted any more (viewer spec §6).
import { hasWebGl, onContextLost } from './cornerstone/engine.ts';
import { openGpuSurface } from './cornerstone/gpu-surface.ts';
import { openCanvasSurface } from './pane/canvas-surface.ts';
import type { Surface } from './pane/surface.ts';

export type DrawnAgain = { closeSurface(): void; changeSurface(): void };
export type GraphicsHost = {
  contexts: number;
  panes(): readonly DrawnAgain[];
  gaveUp(reason: 'no-webgl' | 'context-lost'): void;
};

const mostLosses = 2;

export class RoomGraphics {
  readonly #host: GraphicsHost;
  readonly #stop: () => void;
  #isGpu = hasWebGl();
  #losses = 0;
  #isRebuilding = false;
  #closed = false;

  constructor(host: GraphicsHost) {
    this.#host = host;
    this.#stop = onContextLost(() => this.#lost());
  }

  get isGpu(): boolean {
    return this.#isGpu;
  }

  open(stage: HTMLDivElement, onDrawn: (id: string) => void): Surface {
    if (this.#isGpu) {
      try {
        return openGpuSurface(stage, this.#host.contexts, onDrawn);
      } catch {
        this.#isGpu = false;
        this.#host.gaveUp('no-webgl');
      }
    }
    return openCanvasSurface(stage, onDrawn);
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #lost(): void {
    if (!this.#isGpu || this.#isRebuilding) return;
    this.#isRebuilding = true;
    this.#losses += 1;
    // Not within the event: what tells of the loss is about to be closed.
    setTimeout(() => {
      this.#isRebuilding = false;
      if (this.#closed) return;
      for (const pane of this.#host.panes()) pane.closeSurface();
      this.#isGpu = this.#losses < mostLosses && hasWebGl();
      for (const pane of this.#host.panes()) pane.changeSurface();
      if (!this.#isGpu) this.#host.gaveUp('context-lost');
    }, 0);
  }
}
