// Strokes and clicks that make and change measurements: drag from end to end, or click each point. Works in image
// pixels; the viewport converts. One draft at a time.
import type { Point } from '../geometry/affine.ts';
import { findGrip, findLine, type Grip } from '../geometry/measure.ts';
import type { Measurements } from './measurements.ts';

export type StrokeFrame = { sopInstanceUid: string; frameNumber: number };

type Draft = { id: string; point: number; isNew: boolean; placed: boolean };

export class MeasureStrokes {
  readonly #measurements: Measurements;
  #draft: Draft | null = null;
  #grip: Grip | null = null;
  /** The measurement chosen last; Delete removes it. */
  selected: string | null = null;

  constructor(measurements: Measurements) {
    this.#measurements = measurements;
  }

  get isBusy(): boolean {
    return this.#draft !== null || this.#grip !== null;
  }

  /** The point under the finger, for the loupe. */
  get active(): { id: string; point: number } | null {
    return this.#grip ?? this.#draft;
  }

  /** A grip or a line near `at` (canvas): true when the stroke belongs to it. */
  grab(frame: StrokeFrame, toCanvas: (point: Point) => Point, at: Point, reach: number): boolean {
    if (this.#draft !== null) return false;
    const items = this.#measurements.of(frame.sopInstanceUid, frame.frameNumber);
    this.#grip = findGrip(items, toCanvas, at, reach);
    this.selected = this.#grip?.id ?? findLine(items, toCanvas, at, reach / 2);
    return this.#grip !== null;
  }

  begin(kind: 'length' | 'angle', frame: StrokeFrame, at: Point): void {
    if (this.#draft !== null) {
      this.#place(at);
      return;
    }
    const id = this.#measurements.add(kind, frame.sopInstanceUid, frame.frameNumber, at);
    this.selected = id;
    this.#draft = { id, point: 1, isNew: true, placed: false };
  }

  move(at: Point): void {
    if (this.#grip !== null) this.#measurements.movePoint(this.#grip.id, this.#grip.point, at);
    else if (this.#draft !== null) this.#place(at);
  }

  /** The pointer moved without being pressed: a clicked draft follows it. */
  hover(at: Point): void {
    if (this.#draft !== null) this.#place(at);
  }

  end(at: Point, wasTap: boolean): void {
    if (this.#grip !== null) {
      this.#grip = null;
      return;
    }
    const draft = this.#draft;
    if (draft === null) return;
    // The first click only sets the first point: the next click or stroke sets the second.
    if (draft.isNew && wasTap) {
      draft.isNew = false;
      return;
    }
    this.#place(at);
    draft.isNew = false;
    const points = this.#measurements.get(draft.id)?.points.length ?? 0;
    if (draft.point + 1 < points) draft.point += 1;
    else this.#draft = null;
  }

  /** Gives up what is being drawn. */
  cancel(): void {
    if (this.#draft !== null) this.#measurements.remove(this.#draft.id);
    this.#draft = null;
    this.#grip = null;
  }

  removeSelected(): boolean {
    if (this.selected === null) return false;
    if (this.#draft?.id === this.selected) this.#draft = null;
    this.#measurements.remove(this.selected);
    this.selected = null;
    return true;
  }

  #place(at: Point): void {
    const draft = this.#draft;
    if (draft === null) return;
    this.#measurements.movePoint(draft.id, draft.point, at);
    // Points still to come lie on the one that moves, so the draft has no loose arm.
    const points = this.#measurements.get(draft.id)?.points.length ?? 0;
    for (let next = draft.point + 1; next < points; next += 1)
      this.#measurements.movePoint(draft.id, next, at);
  }
}
