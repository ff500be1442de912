// The voxels of one series as one array, where they lie in the patient, and which slices have come. Slices may come
// coarse first: a preview or a neighbour stands in until the real one is there. A slice of the grid may lie between two
// frames (a missing or uneven slice): it is their weighted mean.
import {
  type Affine,
  apply,
  type CutGrid,
  invert,
  length,
  type Vec3,
  type VolumeGeometry,
} from '@yunying/volume';
import type { Pixels } from '../frames/pixels.ts';
import { coarser, stepsOf } from './space.ts';

export type VoxelArray = Int16Array | Uint16Array | Uint8Array | Int8Array | Float32Array;

/** How many voxels of the series become one here: columns, rows, slices. */
export type Decimation = readonly [number, number, number];

/** empty: nothing; lent: a neighbour's pixels; preview: its own, coarse; full: all there is at this decimation. */
export type SliceState = 'empty' | 'lent' | 'preview' | 'full' | 'failed';

export type Rescale = { slope: number; intercept: number };
const asStored: Rescale = { slope: 1, intercept: 0 };

type Shape = Pick<VolumeGeometry, 'columns' | 'rows' | 'slices' | 'layers' | 'toPatient'>;

export class Voxels {
  readonly dims: Vec3;
  readonly affine: Affine;
  readonly toIndex: Affine;
  readonly decimation: Decimation;
  readonly layers: VolumeGeometry['layers'];
  readonly states: SliceState[];
  readonly array: VoxelArray;
  /** The same, as packages/volume reads it. */
  readonly grid: CutGrid;
  /** From stored values to the object's own: HU, Bq/ml. */
  rescale: Rescale = asStored;
  /** Least and most stored value so far. */
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  version = 0;
  readonly #waiting = new Map<number, { frame: number; pixels: Pixels; rescale: Rescale }>();

  constructor(shape: Shape, decimation: Decimation, make: (length: number) => VoxelArray) {
    this.decimation = decimation;
    this.dims = decimatedDims([shape.columns, shape.rows, shape.slices], decimation);
    this.layers = shape.layers.filter((_, at) => at % decimation[2] === 0);
    this.affine = coarser(shape.toPatient, decimation);
    this.toIndex = invert(this.affine);
    this.states = this.layers.map(() => 'empty');
    const [columns, rows, slices] = this.dims;
    this.array = make(columns * rows * slices);
    this.grid = { columns, rows, slices, samples: this.array, toVoxel: this.toIndex };
  }

  get isReduced(): boolean {
    return this.decimation.some((step) => step > 1);
  }
  get isComplete(): boolean {
    return this.states.every((state) => state === 'full' || state === 'failed');
  }
  get hasAll(): boolean {
    return this.states.every((state) => state !== 'empty');
  }
  get doneCount(): number {
    return this.states.filter((state) => state === 'full' || state === 'failed').length;
  }
  get failedCount(): number {
    return this.states.filter((state) => state === 'failed').length;
  }
  /** mm between voxels along the three grid directions. */
  get spacing(): Vec3 {
    const { x, y, z } = stepsOf(this.affine);
    return [length(x), length(y), length(z)];
  }
  get centre(): Vec3 {
    const [nx, ny, nz] = this.dims;
    return apply(this.affine, [(nx - 1) / 2, (ny - 1) / 2, (nz - 1) / 2]);
  }
  /** The eight corners of the grid in the patient. */
  get corners(): Vec3[] {
    const [nx, ny, nz] = this.dims;
    return [0, 1, 2, 3, 4, 5, 6, 7].map((at) =>
      apply(this.affine, [at & 1 ? nx - 1 : 0, at & 2 ? ny - 1 : 0, at & 4 ? nz - 1 : 0]),
    );
  }

  valueOf(stored: number): number {
    return stored * this.rescale.slope + this.rescale.intercept;
  }

  /** Value of the voxel nearest to a point; null outside and where only a preview is. */
  valueAt(point: Vec3): number | null {
    const [i, j, k] = apply(this.toIndex, point);
    const [nx, ny] = this.dims;
    const [x, y, z] = [Math.round(i), Math.round(j), Math.round(k)];
    if (x < 0 || y < 0 || x >= nx || y >= ny || this.states[z] !== 'full') return null;
    return this.valueOf(this.array[(z * ny + y) * nx + x] ?? 0);
  }

  /** `rescale` turns stored values of this frame into the volume's own, where frames differ (PET). */
  put(frame: number, pixels: Pixels, state: 'preview' | 'full', rescale: Rescale = asStored): void {
    for (const [slice, { a, b, t }] of this.layers.entries()) {
      if (a !== frame && b !== frame) continue;
      if (a === b || state === 'preview') this.#write(slice, pixels, state, rescale);
      else this.#mix(slice, { frame, pixels, rescale }, a, t);
    }
    const low = pixels.min * rescale.slope + rescale.intercept;
    const high = pixels.max * rescale.slope + rescale.intercept;
    this.min = Math.min(this.min, low, high);
    this.max = Math.max(this.max, low, high);
    this.version += 1;
  }

  fail(frame: number): void {
    for (const [slice, { a, b }] of this.layers.entries()) {
      if (a !== frame && b !== frame) continue;
      this.states[slice] = 'failed';
      this.#plane(slice).fill(Number.isFinite(this.min) ? this.min : 0);
    }
    this.version += 1;
  }

  #plane(slice: number): VoxelArray {
    const plane = this.dims[0] * this.dims[1];
    return this.array.subarray(slice * plane, (slice + 1) * plane);
  }

  #write(slice: number, pixels: Pixels, state: 'preview' | 'full', rescale: Rescale): void {
    if (this.states[slice] === 'failed' || (state === 'preview' && this.states[slice] === 'full')) return;
    const [nx, ny] = this.dims;
    fit(pixels, this.#plane(slice), nx, ny, this.decimation[0] / pixels.step, rescale);
    this.states[slice] = state;
    this.#lend(slice);
  }

  #mix(slice: number, part: { frame: number; pixels: Pixels; rescale: Rescale }, a: number, t: number): void {
    const other = this.#waiting.get(slice);
    if (other === undefined || other.frame === part.frame) {
      this.#waiting.set(slice, part);
      return;
    }
    this.#waiting.delete(slice);
    if (this.states[slice] === 'failed') return;
    const [nx, ny] = this.dims;
    const sides = [other, part].map(({ frame, pixels, rescale }) => {
      const side = new Float32Array(nx * ny);
      fit(pixels, side, nx, ny, this.decimation[0] / pixels.step, rescale);
      return { side, weight: frame === a ? 1 - t : t };
    });
    const target = this.#plane(slice);
    for (let at = 0; at < target.length; at += 1) {
      let sum = 0;
      for (const { side, weight } of sides) sum += (side[at] ?? 0) * weight;
      target[at] = target instanceof Float32Array ? sum : Math.round(sum);
    }
    this.states[slice] = 'full';
  }

  /** Empty neighbours show this slice until their own comes. */
  #lend(slice: number): void {
    const source = this.#plane(slice);
    for (let at = Math.max(0, slice - 2); at <= Math.min(this.dims[2] - 1, slice + 2); at += 1) {
      if (this.states[at] !== 'empty') continue;
      this.#plane(at).set(source);
      this.states[at] = 'lent';
    }
  }
}

export function decimatedDims(dims: Vec3, [dx, dy, dz]: Decimation): Vec3 {
  return [Math.ceil(dims[0] / dx), Math.ceil(dims[1] / dy), Math.ceil(dims[2] / dz)];
}

/** `step` source pixels per target pixel: below 1 a preview is stretched (bilinear), above 1 pixels are left out. */
function fit(
  { samples, columns, rows }: Pixels,
  target: VoxelArray,
  nx: number,
  ny: number,
  step: number,
  { slope, intercept }: Rescale,
): void {
  if (step === 1 && columns === nx && rows === ny && slope === 1 && intercept === 0) {
    target.set(samples);
    return;
  }
  for (let j = 0; j < ny; j += 1) {
    const y = Math.min(rows - 1, j * step);
    const y0 = Math.floor(y);
    const y1 = Math.min(rows - 1, y0 + 1);
    const fy = y - y0;
    for (let i = 0; i < nx; i += 1) {
      const x = Math.min(columns - 1, i * step);
      const x0 = Math.floor(x);
      const x1 = Math.min(columns - 1, x0 + 1);
      const fx = x - x0;
      const top = (samples[y0 * columns + x0] ?? 0) * (1 - fx) + (samples[y0 * columns + x1] ?? 0) * fx;
      const low = (samples[y1 * columns + x0] ?? 0) * (1 - fx) + (samples[y1 * columns + x1] ?? 0) * fx;
      target[j * nx + i] = (top * (1 - fy) + low * fy) * slope + intercept;
    }
  }
}
