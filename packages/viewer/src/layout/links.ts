// What the viewports of a room do together: scroll, zoom, pan, window, play, each switched on its own. A change in one
// viewport is carried to the others at once; what a viewport takes over does not start a new round.
import type { Pane } from '../pane/pane.ts';
import type { Anchor, LinkName, LinkState, Presentation } from '../types.ts';
import { anchorOf, sliceBeside } from './follow-slice.ts';
import { stackOf } from './pane-stack.ts';

export const linkNames: readonly LinkName[] = ['slice', 'zoom', 'pan', 'voi', 'cine'];

type Seen = { series: string; index: number; presentation: Presentation };

export class Links {
  readonly #on = new Set<LinkName>();
  readonly #anchors = new Map<string, Anchor>();
  readonly #seen = new WeakMap<Pane, Seen>();
  #isCarrying = false;

  has(name: LinkName): boolean {
    return this.#on.has(name);
  }

  set(name: LinkName, isOn: boolean): void {
    if (isOn) this.#on.add(name);
    else this.#on.delete(name);
  }

  get isAligned(): boolean {
    return this.#anchors.size > 0;
  }

  /** The slices on screen now belong together, until it is asked again. */
  align(panes: readonly Pane[]): void {
    if (this.isAligned) {
      this.#anchors.clear();
      return;
    }
    for (const pane of panes) {
      const stack = stackOf(pane);
      if (stack !== null && pane.opened !== null) {
        this.#anchors.set(pane.opened.series.seriesInstanceUid, anchorOf(stack));
      }
    }
    this.set('slice', true);
  }

  state(): LinkState {
    return { on: [...this.#on], anchors: Object.fromEntries(this.#anchors) };
  }

  restore(state: LinkState): void {
    this.#on.clear();
    this.#anchors.clear();
    for (const name of linkNames) if (state.on.includes(name)) this.#on.add(name);
    for (const [series, anchor] of Object.entries(state.anchors)) this.#anchors.set(series, anchor);
  }

  /** Carries what changed in `from` to the others. */
  carry(from: Pane, panes: readonly Pane[]): void {
    const series = from.opened?.series.seriesInstanceUid ?? '';
    const before = this.#seen.get(from);
    const now = { series, index: from.index, presentation: from.presentation };
    this.#seen.set(from, now);
    if (this.#isCarrying || before === undefined || before.series !== series || series === '') return;
    if (before.index === now.index && before.presentation === now.presentation) return;
    this.#isCarrying = true;
    try {
      for (const pane of panes) {
        if (pane === from || pane.opened === null || pane.count === 0) continue;
        if (before.index !== now.index && this.has('slice')) this.#scroll(from, pane);
        if (before.presentation !== now.presentation) this.#present(from, pane, before.presentation);
      }
    } finally {
      this.#isCarrying = false;
    }
  }

  #scroll(from: Pane, to: Pane): void {
    const here = stackOf(from);
    const there = stackOf(to);
    if (here === null || there === null || from.opened === to.opened) return;
    const anchors = {
      from: this.#anchors.get(from.opened?.series.seriesInstanceUid ?? ''),
      to: this.#anchors.get(to.opened?.series.seriesInstanceUid ?? ''),
    };
    const both =
      anchors.from === undefined || anchors.to === undefined ? null : { from: anchors.from, to: anchors.to };
    const index = sliceBeside(here, there, both);
    if (index !== null) to.show(index);
  }

  #present(from: Pane, to: Pane, before: Presentation): void {
    const now = from.presentation;
    const change: Partial<Presentation> = {};
    if (this.has('zoom') && now.zoom !== before.zoom) change.zoom = zoomLike(from, to);
    if (this.has('pan') && (now.panX !== before.panX || now.panY !== before.panY)) {
      change.panX = to.presentation.panX + now.panX - before.panX;
      change.panY = to.presentation.panY + now.panY - before.panY;
    }
    const isTone = now.voi !== before.voi || now.invert !== before.invert;
    if (this.has('voi') && isTone && from.facts?.modality === to.facts?.modality) {
      change.voi = now.voi;
      change.invert = now.invert;
    }
    if (Object.keys(change).length > 0) to.set(change);
  }
}

/** The zoom at which `to` shows a millimetre as long as `from` does; without millimetres the same step. */
export function zoomLike(from: Pane, to: Pane): number {
  if (!from.isMetric || !to.isMetric) return from.presentation.zoom;
  return (to.presentation.zoom * from.transform().scale) / to.transform().scale;
}
