// Drawing a length or an angle on a plane of a reconstruction. A length is one drag; an angle is a drag to its corner
// and then a drag or a tap to the end of the other arm, which may wait as long as the plane stays where it is.
import { length, subtract, type Vec3 } from '@yunying/volume';
import type { Point } from '../geometry/affine.ts';

export type MarkHost = {
  /** Where the plane is in the patient; null beside the picture. */
  toPatient(at: Point): Vec3 | null;
  draft(points: readonly Vec3[] | null): void;
  add(points: readonly Vec3[]): void;
};

/** mm below which a drag is a slip. */
const slipMm = 0.1;

export class MarkStroke {
  readonly #host: MarkHost;
  #points: readonly Vec3[] = [];
  #isAngle = false;

  constructor(host: MarkHost) {
    this.#host = host;
  }

  begin(kind: 'length' | 'angle', at: Point): void {
    const point = this.#host.toPatient(at);
    if (point === null) return;
    this.#isAngle = kind === 'angle';
    const [a, b] = this.#points;
    const isSecondArm = this.#isAngle && a !== undefined && b !== undefined;
    this.#points = isSecondArm ? [a, b, point] : [point, point];
    this.#host.draft(this.#points);
  }

  move(at: Point): void {
    const point = this.#host.toPatient(at);
    if (this.#points.length === 0 || point === null) return;
    this.#points = [...this.#points.slice(0, -1), point];
    this.#host.draft(this.#points);
  }

  end(at: Point, wasTap: boolean): void {
    this.move(at);
    const [a, b, c] = this.#points;
    if (a === undefined || b === undefined) return;
    const isSlip = c === undefined ? wasTap || far(a, b) < slipMm : far(b, c) < slipMm;
    // The first arm of an angle stays and waits for the second.
    if (!isSlip && this.#isAngle && c === undefined) return;
    const points = this.#points;
    this.cancel();
    if (!isSlip) this.#host.add(points);
  }

  cancel(): void {
    if (this.#points.length === 0) return;
    this.#points = [];
    this.#host.draft(null);
  }
}

const far = (a: Vec3, b: Vec3): number => length(subtract(a, b));
