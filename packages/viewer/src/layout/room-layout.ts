// What the viewports of a room have to do with each other: links, reference lines, the crosshair's point, places. The
// room owns the viewports and tells of every change; here it is carried on.
import type { Point } from '../geometry/affine.ts';
import type { Pane } from '../pane/pane.ts';
import type { LinkName, LinkState } from '../types.ts';
import { drawCrossLines, type Mark } from './cross-lines.ts';
import { HungPanes } from './hung.ts';
import { Links } from './links.ts';
import { planeShown, planesOf } from './pane-stack.ts';
import { nearestSlice, sharesFrame, toPatient } from './planes.ts';

export type LayoutRoom = {
  panes(): readonly Pane[];
  active(): Pane | null;
  /** The chrome shows other facts now. */
  changed(): void;
};

export class RoomLayout {
  readonly links = new Links();
  readonly hung = new HungPanes();
  readonly #room: LayoutRoom;
  #hasLines = true;
  #mark: Mark | null = null;
  #cineFrom: Pane | null = null;

  constructor(room: LayoutRoom) {
    this.#room = room;
  }

  get hasLines(): boolean {
    return this.#hasLines;
  }

  paneChanged(pane: Pane): void {
    this.links.carry(pane, this.#room.panes());
    this.#carryCine(pane);
  }

  /** After a viewport drew itself: its lines, and those it throws on the others. */
  paneDrawn(pane: Pane): void {
    this.hung.settle();
    const active = this.#room.active();
    if (pane === active) this.drawLines();
    else drawCrossLines(pane, active, this.#hasLines, this.#mark);
  }

  drawLines(): void {
    const active = this.#room.active();
    for (const pane of this.#room.panes()) drawCrossLines(pane, active, this.#hasLines, this.#mark);
  }

  toggleLines(): void {
    this.#hasLines = !this.#hasLines;
    this.drawLines();
    this.#room.changed();
  }

  toggleLink(name: LinkName): void {
    this.links.set(name, !this.links.has(name));
    this.#room.changed();
  }

  align(): void {
    this.links.align(this.#room.panes());
    this.#room.changed();
  }

  /** The crosshair: every viewport of the same frame of reference goes to the slice nearest to the point. */
  locate(from: Pane, at: Point): void {
    const plane = planeShown(from);
    const series = from.opened?.series.seriesInstanceUid;
    if (plane === null || series === undefined) return;
    const point = toPatient(plane, from.transform().toImage(at));
    this.#mark = { frameOfReferenceUid: plane.frameOfReferenceUid, series, point };
    for (const pane of this.#room.panes()) {
      if (pane === from || pane.opened === null || pane.opened === from.opened) continue;
      const planes = planesOf(pane.opened);
      const first = planes.find((one) => one !== null) ?? null;
      if (first === null || !sharesFrame(first, plane)) continue;
      const index = nearestSlice(planes, point);
      if (index !== null) pane.show(index);
    }
    this.drawLines();
  }

  forgetMark(): void {
    if (this.#mark === null) return;
    this.#mark = null;
    this.drawLines();
  }

  state(): LinkState & { lines: boolean } {
    return { ...this.links.state(), lines: this.#hasLines };
  }

  restore(state: LinkState & { lines: boolean }): void {
    this.links.restore(state);
    this.#hasLines = state.lines;
  }

  /** Playing starts and stops everywhere; stacks that scroll together are driven by the first alone. */
  #carryCine(pane: Pane): void {
    if (!this.links.has('cine') || this.links.has('slice') || this.#cineFrom !== null) return;
    this.#cineFrom = pane;
    for (const other of this.#room.panes()) {
      if (other === pane || other.count < 2) continue;
      if (pane.isPlaying && other.cineMode !== pane.cineMode) other.playAs(pane.cineMode);
      if (pane.isPlaying && (!other.isPlaying || other.speed !== pane.speed)) other.play(pane.speed);
      if (!pane.isPlaying && other.isPlaying) other.stop();
    }
    this.#cineFrom = null;
  }
}
