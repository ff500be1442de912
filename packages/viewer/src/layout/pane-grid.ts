// The viewports of a room in rows and columns: how many, where, which one is active, which one is alone for a while.
// It opens and closes them; what they do together is RoomLayout's.
import { acceptSeries } from '../chrome/thumbnails.ts';
import { element } from '../dom.ts';
import { Pane, type PaneHost } from '../pane/pane.ts';
import type { RoomSeries } from '../room-series.ts';
import type { Say } from '../text.ts';
import type { LayoutName, PaneState, ToolName } from '../types.ts';
import { fitLayout, gridOf, mostPanes, paneCount } from './grid.ts';
import { addGrip } from './pane-grip.ts';

export type GridRoom = {
  screen: 'phone' | 'desktop';
  say: Say;
  series: RoomSeries;
  /** What a new viewport is given. */
  paneHost(): PaneHost;
  tool(): ToolName;
  /** The reader chose: no hanging after this. */
  chosen(): void;
  changed(): void;
};

export class PaneGrid {
  readonly root = element('div', { class: 'yv-grid' });
  readonly panes: Pane[] = [];
  readonly #room: GridRoom;
  #layout: LayoutName = '1x1';
  #beforeEnlarging: LayoutName = '1x1';
  #active = 0;

  constructor(room: GridRoom) {
    this.#room = room;
  }

  get layout(): LayoutName {
    return this.#layout;
  }
  get active(): number {
    return this.#active;
  }
  get pane(): Pane | undefined {
    return this.panes[this.#active];
  }
  /** Viewports this screen has room for. */
  get most(): number {
    const room = this.root.closest('.yv-room');
    return mostPanes(this.#room.screen, room?.clientWidth || room?.parentElement?.clientWidth || 0);
  }

  /** Whether it was another one before. */
  activate(at: number): boolean {
    if (at < 0 || at >= this.panes.length || at === this.#active) return false;
    this.#active = at;
    return true;
  }

  lay(layout: LayoutName): void {
    this.#layout = fitLayout(layout, this.most);
    const wanted = paneCount(this.#layout);
    const { rows, columns } = gridOf(this.#layout);
    this.root.dataset.layout = this.#layout;
    this.root.style.setProperty('--yv-rows', String(rows));
    this.root.style.setProperty('--yv-columns', String(columns));
    while (this.panes.length > wanted) this.panes.pop()?.close();
    while (this.panes.length < wanted) this.#add();
    this.#active = Math.min(this.#active, wanted - 1);
    this.#letGo();
  }

  pick(layout: LayoutName): void {
    this.#room.chosen();
    this.lay(layout);
    this.#fillEmpty();
  }

  openState(at: number, state: PaneState): void {
    const opened = this.#room.series.open(state.seriesInstanceUid, state.studyInstanceUid);
    if (opened !== null) this.panes[at]?.open(opened, state);
  }

  openStates(states: readonly (PaneState | null)[]): void {
    for (const [at, state] of states.slice(0, this.panes.length).entries())
      if (state !== null) this.openState(at, state);
    this.#letGo();
  }

  setSeries(seriesInstanceUid: string, studyInstanceUid: string | undefined, at: number): void {
    this.#room.chosen();
    const pane = this.panes[at];
    const opened = this.#room.series.open(seriesInstanceUid, studyInstanceUid);
    if (pane === undefined || opened === null) return;
    if (pane.opened === opened) return;
    pane.open(opened);
    this.#letGo();
  }

  /** Double click: this viewport alone, and back. */
  enlarge(pane: Pane): void {
    if (this.#room.screen === 'phone') return;
    if (this.#layout === '1x1') {
      if (this.#beforeEnlarging !== '1x1') this.pick(this.#beforeEnlarging);
      return;
    }
    this.#beforeEnlarging = this.#layout;
    const state = pane.state();
    const { opened } = pane;
    this.#active = 0;
    if (state !== null && opened !== null && this.panes[0] !== pane) this.panes[0]?.open(opened, state);
    this.lay('1x1');
  }

  close(): void {
    for (const pane of this.panes.splice(0)) pane.close();
  }

  #add(): void {
    const pane = new Pane(this.#room.paneHost());
    this.panes.push(pane);
    this.root.append(pane.root);
    pane.stage.dataset.tool = this.#room.tool();
    acceptSeries(pane.root, (study, series) => this.setSeries(series, study, this.panes.indexOf(pane)));
    addGrip(
      pane.root,
      this.#room.say,
      () => this.panes.indexOf(pane),
      (from, to) => this.#swap(from, to),
    );
  }

  /** Two viewports change places. */
  #swap(from: number, to: number): void {
    const [one, other] = [this.panes[from], this.panes[to]];
    if (one === undefined || other === undefined || one === other) return;
    this.panes[from] = other;
    this.panes[to] = one;
    this.root.append(...this.panes.map((pane) => pane.root));
    this.#active = to;
    this.#room.changed();
  }

  /** New viewports take the series that follow; the reader drags others in. */
  #fillEmpty(): void {
    const { series } = this.#room;
    let last = this.pane?.opened?.series.seriesInstanceUid ?? '';
    for (const [at, pane] of this.panes.entries()) {
      if (pane.opened !== null) continue;
      const shown = this.panes.map((one) => one.opened?.series.seriesInstanceUid);
      let next = series.neighbour(last, 1);
      while (next !== null && shown.includes(next.series)) next = series.neighbour(next.series, 1);
      if (next === null) return;
      last = next.series;
      this.setSeries(next.series, next.study, at);
    }
  }

  /** Series that no viewport shows any more are closed. */
  #letGo(): void {
    const shown = this.panes.map((pane) => pane.opened).filter((opened) => opened !== null);
    this.#room.series.keepOnly(shown);
    this.#room.changed();
  }
}
