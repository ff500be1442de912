// The way from the reading room into reconstruction and back. In the browser where the series fits; drawn by the server
// where it does not, or where nothing can be decoded here. The code of either is fetched when it is asked for.
import { graphicsFacts } from '../device/graphics-probe.ts';
import { element } from '../dom.ts';
import type { Decoder } from '../frames/decoder.ts';
import type { OpenSeries, SeriesBudget } from '../pane/open-series.ts';
import type { Language } from '../types.ts';

export type DoorHost = {
  root: HTMLElement;
  screen: 'phone' | 'desktop';
  language: Language;
  budget: SeriesBudget;
  /** The reading room's frames wait meanwhile. */
  rest(isResting: boolean): void;
  tell(message: string): void;
  failed(): string;
};

export class VolumeDoor {
  readonly #host: DoorHost;
  #open: { close(): void } | null = null;
  #closed = false;

  constructor(host: DoorHost) {
    this.#host = host;
  }

  async enter(opened: OpenSeries, decoder: Decoder | null): Promise<void> {
    const { root, screen, language, budget } = this.#host;
    if (root.dataset.volume !== undefined) return;
    root.dataset.volume = 'open';
    this.#host.rest(true);
    const onClose = (message: string | null, isTooBig: boolean) => {
      this.#leave(message);
      if (isTooBig) void this.#enterServer(opened);
    };
    try {
      // A phone without WebGL 2 has planes, but nothing to turn: the server has both.
      const isFlat = screen === 'phone' && !graphicsFacts().hasWebGl2;
      if (decoder === null || isFlat) return await this.#enterServer(opened);
      const { openVolume } = await import('./open-volume.ts');
      if (this.#closed) return;
      this.#open = openVolume(root, { opened, decoder, budget, screen, language, onClose });
    } catch {
      this.#leave(this.#host.failed());
    }
  }

  close(): void {
    this.#closed = true;
    this.#open?.close();
    this.#open = null;
  }

  #leave(message: string | null): void {
    const { root } = this.#host;
    this.#open = null;
    if (this.#closed) return;
    delete root.dataset.volume;
    this.#host.rest(false);
    if (message !== null) this.#host.tell(message);
    root.focus({ preventScroll: true });
  }

  async #enterServer({ manifest, series }: OpenSeries): Promise<void> {
    const { root, language } = this.#host;
    root.dataset.volume = 'server';
    this.#host.rest(true);
    const layer = element('div', { class: 'yv-volume-server' });
    try {
      const { openServerVolume } = await import('../server-volume/index.ts');
      if (this.#closed) return;
      const under = [...root.children].flatMap((child) =>
        child instanceof HTMLElement && !child.inert ? [child] : [],
      );
      for (const child of under) child.inert = true;
      root.append(layer);
      const view = openServerVolume(layer, {
        studyInstanceUid: manifest.studyInstanceUid,
        seriesInstanceUid: series.seriesInstanceUid,
        language,
        title: manifest.title,
        notForDiagnosis: manifest.notForDiagnosis,
        onExit: () => leave(),
      });
      const shut = () => {
        for (const child of under) child.inert = false;
        view.close();
        layer.remove();
      };
      const leave = () => {
        shut();
        this.#leave(null);
      };
      this.#open = { close: shut };
    } catch {
      layer.remove();
      this.#leave(this.#host.failed());
    }
  }
}
