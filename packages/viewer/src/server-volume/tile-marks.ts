// Lengths and angles on a plane that the server drew: points are kept in the patient, so they stay where they are
// whatever is shown, and come back with their plane.
import { cross, type Vec3 } from '@yunying/volume';
import { svg } from '../dom.ts';
import type { Point } from '../geometry/affine.ts';
import { drawMark } from '../geometry/mark-drawing.ts';
import { isOnPlane, markText, type SpaceMark } from '../geometry/space-mark.ts';
import { MarkStroke } from '../input/mark-stroke.ts';
import type { PictureMap } from './picture-map.ts';

/** The marks of one volume, for all its views. */
export class MarkBook {
  readonly #onChange: () => void;
  #marks: readonly SpaceMark[] = [];
  /** mm that a voxel leaves open where the volume is reduced; else 0. */
  readonly errorMm: number;

  constructor(errorMm: number, onChange: () => void) {
    this.errorMm = errorMm;
    this.#onChange = onChange;
  }

  get all(): readonly SpaceMark[] {
    return this.#marks;
  }
  add(points: readonly Vec3[], normal: Vec3): void {
    const id = Math.max(0, ...this.#marks.map((one) => one.id)) + 1;
    this.#marks = [...this.#marks, { id, points, normal }];
    this.#onChange();
  }
  clear(): void {
    this.#marks = [];
    this.#onChange();
  }
}

export class TileMarks {
  readonly root = svg('svg', { class: 'yv-drawing', 'aria-hidden': 'true' });
  readonly stroke: MarkStroke;
  readonly #book: MarkBook;
  readonly #map: () => PictureMap | null;
  #draft: readonly Vec3[] | null = null;

  constructor(book: MarkBook, map: () => PictureMap | null) {
    this.#book = book;
    this.#map = map;
    this.stroke = new MarkStroke({
      toPatient: (at: Point) => map()?.toPatient(at) ?? null,
      draft: (points) => {
        this.#draft = points;
        this.draw();
      },
      add: (points) => {
        const now = map();
        if (now !== null) book.add(points, cross(now.right, now.down));
      },
    });
  }

  /** `halfSlabMm`: marks within the shown slab are shown too. */
  draw(halfSlabMm = 0): void {
    const map = this.#map();
    if (map === null) {
      this.root.replaceChildren();
      return;
    }
    const normal = cross(map.right, map.down);
    const here = this.#book.all
      .filter((mark) => isOnPlane(mark, normal, map.origin, halfSlabMm))
      .map(({ points }) => points);
    const shown = this.#draft === null ? here : [...here, this.#draft];
    this.root.replaceChildren(
      ...shown.flatMap((points) => drawMark(points.map(map.toStage), markText(points, this.#book.errorMm))),
    );
  }
}
