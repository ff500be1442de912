// Strokes and clicks that make and change measurements: drag from end to end, or click each point; drag a handle, the
// whole or its text. Works in image pixels; the viewport converts. One draft at a time, and each gesture is one step
// of undo.
import type { Point } from '../geometry/affine.ts';
import { dragHandle, ellipseIn, findGrip, findLine, shift, simplify } from '../geometry/measure-shape.ts';
import type { Measurement, MeasurementKind } from '../geometry/measurement.ts';
import type { Measurements } from './measurements.ts';

export type StrokeFrame = { sopInstanceUid: string; frameNumber: number };

export type Grab = {
  frame: StrokeFrame;
  toCanvas(point: Point): Point;
  toImage(point: Point): Point;
  /** Canvas pixels, as are the reaches. */
  at: Point;
  reach: number;
  /** The text that lies there. */
  labelAt: { id: string; place: Point } | null;
  /** Only handles and what was chosen before: fingers that scroll and strokes that draw pass over the rest. */
  onlyChosen: boolean;
};

type Draft = {
  id: string;
  kind: MeasurementKind;
  start: Point;
  point: number;
  isNew: boolean;
  /** The second line of a Cobb angle was begun by dragging: both its ends come from one stroke. */
  isJump: boolean;
};
type Held = { original: Measurement; part: 'handle' | 'whole' | 'label'; handle: number; from: Point };

const leastOutline = 3;
const mostOutline = 4000;

export class MeasureStrokes {
  readonly #measurements: Measurements;
  #draft: Draft | null = null;
  #held: Held | null = null;
  /** The measurement chosen last; Delete removes it. */
  selected: string | null = null;

  constructor(measurements: Measurements) {
    this.#measurements = measurements;
  }

  get isBusy(): boolean {
    return this.#draft !== null || this.#held !== null;
  }

  /** A handle, a text or a line near the place: true when the stroke belongs to it. */
  grab(grab: Grab): boolean {
    if (this.#draft !== null) return false;
    const { frame, toCanvas, at, reach } = grab;
    const items = this.#measurements.of(frame.sopInstanceUid, frame.frameNumber);
    const before = this.selected;
    const grip = findGrip(items, toCanvas, at, reach);
    const isFree = (id: string) => !grab.onlyChosen || id === before;
    const label = grip === null && grab.labelAt !== null && isFree(grab.labelAt.id) ? grab.labelAt : null;
    const line = grip === null && label === null ? findLine(items, toCanvas, at, reach / 2) : null;
    const id = grip?.id ?? label?.id ?? line;
    this.selected = id ?? null;
    const original = id == null ? undefined : this.#measurements.get(id);
    // What lies in the archive is chosen, and not moved.
    if (original === undefined || original.origin === 'stored') return false;
    if (grip !== null) this.#held = { original, part: 'handle', handle: grip.handle, from: at };
    else if (label !== null) {
      const place = original.label ?? grab.toImage(label.place);
      const pressed = grab.toImage(at);
      const from = { x: pressed.x - place.x, y: pressed.y - place.y };
      this.#held = { original, part: original.kind === 'text' ? 'whole' : 'label', handle: 0, from };
      if (original.kind === 'text') this.#held.from = pressed;
    } else if (isFree(original.id)) {
      this.#held = { original, part: 'whole', handle: 0, from: grab.toImage(at) };
    }
    return this.#held !== null;
  }

  begin(kind: MeasurementKind, frame: StrokeFrame, at: Point): void {
    const draft = this.#draft;
    if (draft !== null) {
      draft.isJump = draft.kind === 'cobb' && draft.point === 2;
      this.#place(at);
      return;
    }
    const id = this.#measurements.add(kind, frame.sopInstanceUid, frame.frameNumber, at);
    this.selected = id;
    const point = kind === 'probe' || kind === 'text' ? 0 : 1;
    this.#draft = { id, kind, start: at, point, isNew: true, isJump: false };
  }

  move(at: Point): void {
    const held = this.#held;
    if (held !== null) {
      this.#drag(held, at);
      return;
    }
    const draft = this.#draft;
    if (draft === null) return;
    if (draft.isJump && draft.point === 2) draft.point = 3;
    this.#place(at);
  }

  /** The pointer moved without being pressed: a clicked draft follows it. */
  hover(at: Point): void {
    if (this.#draft !== null && this.#draft.kind !== 'freehand') this.#place(at);
  }

  /** The measurement that is now complete; null while it is not, or when an older one was changed. */
  end(at: Point, wasTap: boolean): Measurement | null {
    if (this.#held !== null) {
      this.#held = null;
      this.#measurements.commit();
      return null;
    }
    const draft = this.#draft;
    if (draft === null) return null;
    if (draft.kind === 'freehand') return this.#closeOutline(draft);
    if (draft.kind === 'probe' || draft.kind === 'text') {
      this.#place(at);
      return this.#finish(draft);
    }
    // The first click only sets the first point: the next click or stroke sets the second.
    if (draft.isNew && wasTap) {
      draft.isNew = false;
      return null;
    }
    if (draft.isJump && wasTap) draft.point = 2;
    draft.isJump = false;
    this.#place(at);
    draft.isNew = false;
    if (draft.point + 1 >= lastPoint(draft.kind)) return this.#finish(draft);
    draft.point += 1;
    return null;
  }

  /** Gives up what is being drawn or moved. */
  cancel(): void {
    if (this.#draft !== null) this.#measurements.remove(this.#draft.id);
    if (this.#held !== null) this.#measurements.put(this.#held.original);
    this.#draft = null;
    this.#held = null;
  }

  /** A stroke became something else: what its begin did goes, points set by earlier strokes stay. */
  interrupt(): void {
    if (this.#held !== null || this.#draft?.isNew === true) this.cancel();
  }

  removeSelected(): boolean {
    if (this.selected === null) return false;
    if (this.#draft?.id === this.selected) this.#draft = null;
    this.#measurements.remove(this.selected);
    this.#measurements.commit();
    this.selected = null;
    return true;
  }

  #drag({ original, part, handle, from }: Held, at: Point): void {
    const { id } = original;
    if (part === 'handle') {
      this.#measurements.setPoints(id, dragHandle(original, handle, at));
      return;
    }
    if (part === 'label') {
      this.#measurements.moveLabel(id, { x: at.x - from.x, y: at.y - from.y });
      return;
    }
    const by = { x: at.x - from.x, y: at.y - from.y };
    this.#measurements.setPoints(
      id,
      original.points.map((point) => shift(point, by)),
    );
    if (original.label !== undefined) this.#measurements.moveLabel(id, shift(original.label, by));
  }

  #place(at: Point): void {
    const draft = this.#draft;
    const points = draft === null ? undefined : this.#measurements.get(draft.id)?.points;
    if (draft === null || points === undefined) return;
    if (draft.kind === 'ellipse') this.#measurements.setPoints(draft.id, ellipseIn(draft.start, at));
    else if (draft.kind === 'freehand') {
      if (points.length < mostOutline) this.#measurements.setPoints(draft.id, [...points, { ...at }]);
    } else {
      // Points still to come lie on the one that moves, so the draft has no loose arm.
      const moved = points.map((point, index) => (index < draft.point ? point : { ...at }));
      this.#measurements.setPoints(draft.id, moved);
    }
  }

  #closeOutline(draft: Draft): Measurement | null {
    const points = simplify(this.#measurements.get(draft.id)?.points ?? [], 0.35);
    if (points.length < leastOutline) {
      this.cancel();
      return null;
    }
    this.#measurements.setPoints(draft.id, points);
    return this.#finish(draft);
  }

  #finish({ id }: Draft): Measurement | null {
    this.#draft = null;
    this.#measurements.commit();
    return this.#measurements.get(id) ?? null;
  }
}

/** The number of places that are set one after the other. */
function lastPoint(kind: MeasurementKind): number {
  if (kind === 'angle') return 3;
  return kind === 'cobb' ? 4 : 2;
}
