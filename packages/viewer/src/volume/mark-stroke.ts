// Drawing a length or an angle on a plane. A length is one drag; an angle is a drag to its corner and then a drag or a
// tap to the end of the other arm, which may wait as long as the plane stays where it is.
import type { Vec3 } from '@yunying/volume';
import type { Point } from '../geometry/affine.ts';
import type { PlaneView } from './plane-view.ts';
import { distance } from './space.ts';

/** mm below which a drag is a slip. */
const slipMm = 0.1;

export class MarkStroke {
  readonly #view: PlaneView;
  #points: readonly Vec3[] = [];
  #isAngle = false;

  constructor(view: PlaneView) {
    this.#view = view;
    view.host.scene.watch((before) => {
      const { tool, cross, axes } = view.host.scene.state;
      // Half an angle does not follow to another plane or tool.
      if (tool !== before.tool || cross !== before.cross || axes !== before.axes) this.cancel();
    });
  }

  begin(kind: 'length' | 'angle', at: Point): void {
    const point = this.#view.lens.toPatient(at);
    this.#isAngle = kind === 'angle';
    const [a, b] = this.#points;
    const isSecondArm = this.#isAngle && a !== undefined && b !== undefined;
    this.#points = isSecondArm ? [a, b, point] : [point, point];
    this.#view.draft(this.#points);
  }

  move(at: Point): void {
    if (this.#points.length === 0) return;
    this.#points = [...this.#points.slice(0, -1), this.#view.lens.toPatient(at)];
    this.#view.draft(this.#points);
  }

  end(at: Point, wasTap: boolean): void {
    this.move(at);
    const [a, b, c] = this.#points;
    if (a === undefined || b === undefined) return;
    const isSlip = c === undefined ? wasTap || distance(a, b) < slipMm : distance(b, c) < slipMm;
    if (isSlip) {
      this.cancel();
      return;
    }
    // The first arm of an angle stays and waits for the second.
    if (this.#isAngle && c === undefined) return;
    const { scene } = this.#view.host;
    const id = Math.max(0, ...scene.state.marks.map((one) => one.id)) + 1;
    const mark = { id, points: this.#points, normal: this.#view.lens.directions.normal };
    this.cancel();
    scene.set({ marks: [...scene.state.marks, mark] });
  }

  cancel(): void {
    if (this.#points.length === 0) return;
    this.#points = [];
    this.#view.draft(null);
  }
}
