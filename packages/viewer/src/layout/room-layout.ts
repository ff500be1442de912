// What the viewports of a room have to do with each other: links, reference lines, the crosshair's point, places. The
// room owns the viewports and tells of every change; here it is carried on.
import type { Point } from '../geometry/affine.ts';
import type { Pane } from '../pane/pane.ts';
import type { LinkName, LinkState } from '../types.ts';
import { drawCrossLines, type Mark } from './cross-lines.ts';
import { type Stack, sliceBeside } from './follow-slice.ts';
import { HungPanes } from './hung.ts';
import { Links } from './links.ts';
import { planeShown, planesOf, stackOf } from './pane-stack.ts';
import { nearestSlice, type SlicePlane, sharesFrame, toPatient, type Vector } from './planes.ts';

export type LayoutRoom = {
  panes(): readonly Pane[];
  active(): Pane | null;
  /** The chrome shows other facts now. */
  changed(): void;
  /** The active stack was scrolled while stacks scroll together. */
  scrolled?(series: string, stack: Stack): void;
  /** The crosshair marked a point. */
  marked?(series: string, plane: SlicePlane, point: Vector): void;
};

export class RoomLayout {
  readonly links = new Links();
  readonly hung = new HungPanes();
  readonly #room: LayoutRoom;
  #hasLines = true;
  #mark: Mark | null = null;
  #cineFrom: Pane | null = null;
  #told = '';

  constructor(room: LayoutRoom) {
    this.#room = room;
  }

  get hasLines(): boolean {
    return this.#hasLines;
  }

  paneChanged(pane: Pane): void {
    this.links.carry(pane, this.#room.panes());
    this.#tellSlice(pane);
    this.#carryCine(pane);
  }

  /** Another window of the room went to a slice: stacks here go to theirs beside it. */
  follow(series: string, far: Stack): void {
    if (!this.links.has('slice')) return;
    for (const pane of this.#room.panes()) {
      const { opened } = pane;
      const go = (): void => {
        const here = stackOf(pane);
        if (here === null || pane.opened !== opened) return;
        const isSame = opened?.series.seriesInstanceUid === series;
        const index = isSame ? far.index : sliceBeside(far, here, null);
        if (index !== null) pane.show(index);
      };
      // Where slices lie is known with the metadata only.
      if (opened === null || opened.metadataState === 'ready') go();
      else void opened.whenMetadata().then(go);
    }
  }

  /** Another window came: it hears where the reader is. */
  tellPlace(): void {
    this.#told = '';
    const active = this.#room.active();
    if (active !== null) this.#tellSlice(active);
  }

  #tellSlice(pane: Pane): void {
    const series = pane.opened?.series.seriesInstanceUid;
    if (pane !== this.#room.active() || series === undefined || !this.links.has('slice')) return;
    const place = `${series}/${pane.index}`;
    if (place === this.#told) return;
    this.#told = place;
    const stack = stackOf(pane);
    if (stack !== null) this.#room.scrolled?.(series, stack);
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
    this.goTo(series, plane, point);
    this.#room.marked?.(series, plane, point);
  }

  /** The point, found here or in another window of the room. */
  goTo(series: string, plane: SlicePlane, point: Vector): void {
    this.#mark = { frameOfReferenceUid: plane.frameOfReferenceUid, series, point };
    for (const pane of this.#room.panes()) {
      if (pane.opened === null || pane.opened.series.seriesInstanceUid === series) continue;
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
