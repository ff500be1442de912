// What a viewport shows beside or instead of its one picture: the bar of its colours and the mosaic of all frames. The
// viewport owns the state (its presentation) and says when to draw.
import { makeColourBar } from '../colour/colour-bar.ts';
import { element } from '../dom.ts';
import type { Pane, PaneHost } from '../pane/pane.ts';
import { toneOf, voiOf } from '../pane/tone-of.ts';
import type { Voi } from '../types.ts';
import { dragWindow } from '../voi/window.ts';
import { frameLabels } from './frame-vectors.ts';
import { makeMosaic } from './mosaic.ts';

export class PaneLayers {
  readonly root: HTMLElement;
  readonly #pane: Pane;
  readonly #host: Pick<PaneHost, 'language' | 'say' | 'tool'>;
  readonly #bar;
  readonly #mosaic;
  readonly #owner: string;
  #drag: { x: number; y: number; voi: Voi } | null = null;
  #wasDragged = false;

  constructor(pane: Pane, owner: string, host: PaneHost) {
    this.#pane = pane;
    this.#host = host;
    this.#owner = owner;
    this.#bar = makeColourBar(host.say('colourBar'));
    this.#mosaic = makeMosaic({
      name: host.say('mosaic'),
      want: (index) => pane.opened?.source.focus(this.#ownerOf(index), index, 0),
      drop: (index) => pane.opened?.source.blur(this.#ownerOf(index)),
      pick: (index, isSure) => this.#pick(index, isSure),
    });
    this.root = element('div', { class: 'yv-layers' }, this.#mosaic.root, this.#bar.root);
    this.#listen(this.#mosaic.root);
  }

  get #columns(): number {
    const { mosaic = 0 } = this.#pane.presentation;
    return this.#pane.count > 1 ? mosaic : 0;
  }

  /** One picture is on screen, not many. */
  get isSingle(): boolean {
    return this.#columns === 0;
  }

  draw(): void {
    const { opened, presentation, facts, voi } = this.#pane;
    const { palette } = presentation;
    const hasBar = palette !== undefined && palette !== 'grey' && voi !== null;
    const isLightFirst = facts?.photometricInterpretation === 'MONOCHROME1';
    const isInverted = presentation.invert !== isLightFirst;
    this.#bar.draw(hasBar ? { palette, voi, unit: facts?.unit ?? '', isInverted } : null);
    if (this.isSingle || opened === null) {
      if (!this.#mosaic.root.hidden) this.#mosaic.clear();
      return;
    }
    const { columns, rows } = opened.size(this.#pane.index);
    const { x, y } = this.#pane.spacing;
    this.#mosaic.draw({
      count: opened.count,
      index: this.#pane.index,
      columns: this.#columns,
      ratio: ((rows ?? 1) * y) / ((columns ?? 1) * x),
      pixels: (index) => opened.source.get(index),
      tone: (index, pixels) => {
        const own = opened.facts(index);
        return toneOf(voiOf(presentation.voi, own, opened.series, pixels), presentation, own, pixels);
      },
      label: (index) => this.#label(index),
    });
  }

  onFrame(index: number): void {
    if (!this.isSingle) this.#mosaic.refresh(index);
  }

  /** The series goes: nothing of it stays. */
  leave(): void {
    this.#mosaic.clear();
    this.#bar.draw(null);
  }

  #ownerOf(index: number): string {
    return `${this.#owner}-tile-${index}`;
  }

  #label(index: number): string {
    const { opened } = this.#pane;
    const number = opened?.series.frames[index]?.frameNumber ?? 1;
    const said = frameLabels(opened?.instance(index) ?? null, number, this.#host.language);
    // What changes fastest is said first: tiles are narrow.
    return [String(index + 1), ...said.reverse().slice(0, 2)].join(' · ');
  }

  #pick(index: number, isSure: boolean): void {
    if (this.#wasDragged) return;
    this.#pane.show(index);
    if (isSure) this.#pane.set({ mosaic: 0 });
  }

  /** The window is dragged over the mosaic as over one picture. */
  #listen(target: HTMLElement): void {
    target.addEventListener('pointerdown', (event) => {
      this.#wasDragged = false;
      const { voi } = this.#pane;
      const isWanted = event.button === 2 || (event.button === 0 && this.#host.tool() === 'window');
      this.#drag = voi !== null && isWanted ? { x: event.clientX, y: event.clientY, voi } : null;
    });
    target.addEventListener('pointermove', (event) => {
      if (this.#drag === null || event.buttons === 0) return;
      const [dx, dy] = [event.clientX - this.#drag.x, event.clientY - this.#drag.y];
      if (!this.#wasDragged && Math.hypot(dx, dy) < 6) return;
      this.#wasDragged = true;
      this.#pane.set({ voi: dragWindow(this.#drag.voi, dx, dy, this.#pane.span, 400) });
    });
    for (const name of ['pointerup', 'pointercancel'])
      target.addEventListener(name, () => {
        this.#drag = null;
      });
    target.addEventListener('contextmenu', (event) => event.preventDefault());
    target.addEventListener('wheel', (event) => event.stopPropagation());
  }
}
