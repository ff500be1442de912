// How the viewports of a room are drawn: on a 2D canvas at once, so that the first real pixels wait for no engine; with
// WebGL as soon as the engine has been fetched behind them, where a graphics card makes it worth while (viewer spec §6).
// The first time the graphics context is lost everything is built anew; after that it is not trusted any more.
import { graphicsFacts, tierOf } from './device/graphics-probe.ts';
import { openCanvasSurface } from './pane/canvas-surface.ts';
import type { Surface } from './pane/surface.ts';

export type DrawnAgain = { closeSurface(): void; changeSurface(): void };
export type GraphicsHost = {
  contexts: number;
  panes(): readonly DrawnAgain[];
  /** The line or the decoder still works for what the reader sees. */
  isBusy(): boolean;
  gaveUp(reason: 'no-webgl' | 'context-lost'): void;
};

type Engine = typeof import('./cornerstone/index.ts');

const mostLosses = 2;
const lookEveryMs = 500;
const longestWaitMs = 15_000;
/** Who looks after a device may decide for it: "gpu" or "canvas". */
const wishKey = 'yunying.graphics';

export class RoomGraphics {
  readonly #host: GraphicsHost;
  readonly #begun = performance.now();
  #engine: Engine | null = null;
  #stopListening: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #losses = 0;
  #isRebuilding = false;
  #closed = false;

  constructor(host: GraphicsHost) {
    this.#host = host;
  }

  open(stage: HTMLDivElement, onDrawn: (id: string) => void): Surface {
    if (this.#engine !== null) {
      try {
        return this.#engine.openGpuSurface(stage, this.#host.contexts, onDrawn);
      } catch {
        this.#engine = null;
        this.#host.gaveUp('no-webgl');
      }
    }
    return openCanvasSurface(stage, (id) => {
      this.#startWaiting();
      onDrawn(id);
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  #startWaiting(): void {
    this.#timer ??= setTimeout(() => this.#look(), lookEveryMs);
  }

  #look(): void {
    if (this.#closed) return;
    if (this.#host.isBusy() && performance.now() - this.#begun < longestWaitMs) {
      this.#timer = setTimeout(() => this.#look(), lookEveryMs);
      return;
    }
    whenIdle(() => void this.#goOver());
  }

  async #goOver(): Promise<void> {
    const wish = graphicsWish();
    if (this.#closed || wish === 'canvas') return;
    const facts = graphicsFacts();
    if (!facts.hasWebGl2) this.#host.gaveUp('no-webgl');
    const isWorthIt = wish === 'gpu' ? facts.hasWebGl2 : tierOf(facts, true) < 'C';
    if (!isWorthIt) return;
    // Where the engine cannot be fetched the canvas goes on drawing: nothing is missing but speed.
    const engine = await import('./cornerstone/index.ts').catch(() => null);
    if (this.#closed || engine === null) return;
    this.#engine = engine;
    this.#stopListening = engine.onContextLost(() => this.#lost());
    for (const pane of this.#host.panes()) pane.changeSurface();
  }

  #lost(): void {
    if (this.#engine === null || this.#isRebuilding) return;
    this.#isRebuilding = true;
    this.#losses += 1;
    // Not within the event: what tells of the loss is about to be closed.
    setTimeout(() => {
      this.#isRebuilding = false;
      if (this.#closed) return;
      for (const pane of this.#host.panes()) pane.closeSurface();
      if (this.#losses >= mostLosses) this.#engine = null;
      for (const pane of this.#host.panes()) pane.changeSurface();
      if (this.#engine === null) this.#host.gaveUp('context-lost');
    }, 0);
  }
}

function graphicsWish(): string {
  try {
    return localStorage.getItem(wishKey) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function whenIdle(act: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(act, { timeout: 2000 });
  else setTimeout(act, 200);
}
