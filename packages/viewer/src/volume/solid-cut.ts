// The scalpel: a polygon drawn on the 3D view takes away all voxels that are seen inside it (or outside), however deep.
// What is gone is a bit per voxel of the texture, so that cuts add up and can be taken back.
import type { Point, Size } from '../geometry/affine.ts';

/** Screen place of voxel (i,j,k): parallel projection is affine. */
export type Projection = {
  x: readonly [i: number, j: number, k: number, one: number];
  y: readonly [i: number, j: number, k: number, one: number];
};

/** 1 for every pixel whose middle is inside (even-odd rule). */
export function polygonBitmap(points: readonly Point[], { width, height }: Size): Uint8Array {
  const bitmap = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const y = row + 0.5;
    const edges: number[] = [];
    for (const [at, a] of points.entries()) {
      const b = points[(at + 1) % points.length];
      if (b === undefined || a.y > y === b.y > y) continue;
      edges.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
    }
    edges.sort((a, b) => a - b);
    for (let at = 0; at + 1 < edges.length; at += 2) {
      const from = Math.max(0, Math.ceil((edges[at] ?? 0) - 0.5));
      const to = Math.min(width - 1, Math.ceil((edges[at + 1] ?? 0) - 0.5) - 1);
      if (to >= from) bitmap.fill(1, row * width + from, row * width + to + 1);
    }
  }
  return bitmap;
}

export class Removed {
  readonly #dims: readonly [number, number, number];
  #bits: Uint8Array | null = null;
  readonly #before: (Uint8Array | null)[] = [];

  constructor(dims: readonly [number, number, number]) {
    this.#dims = dims;
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }
  get isEmpty(): boolean {
    return this.#bits === null;
  }

  has(at: number): boolean {
    return this.#bits !== null && ((this.#bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  /** Returns how many voxels went. */
  cut(points: readonly Point[], size: Size, { x, y }: Projection, side: 'inside' | 'outside'): number {
    const bitmap = polygonBitmap(points, size);
    const [nx, ny, nz] = this.#dims;
    const bits = this.#bits?.slice() ?? new Uint8Array(Math.ceil((nx * ny * nz) / 8));
    const takes = side === 'inside' ? 1 : 0;
    let gone = 0;
    let at = 0;
    for (let k = 0; k < nz; k += 1) {
      for (let j = 0; j < ny; j += 1) {
        const fromX = x[1] * j + x[2] * k + x[3];
        const fromY = y[1] * j + y[2] * k + y[3];
        for (let i = 0; i < nx; i += 1, at += 1) {
          const px = Math.floor(fromX + x[0] * i);
          const py = Math.floor(fromY + y[0] * i);
          const isOn = px >= 0 && py >= 0 && px < size.width && py < size.height;
          const inside = isOn ? (bitmap[py * size.width + px] ?? 0) : 0;
          if (inside !== takes) continue;
          bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
          gone += 1;
        }
      }
    }
    this.#before.push(this.#bits);
    if (this.#before.length > 8) this.#before.shift();
    this.#bits = bits;
    return gone;
  }

  undo(): void {
    const before = this.#before.pop();
    if (before !== undefined) this.#bits = before;
  }

  clear(): void {
    this.#bits = null;
    this.#before.length = 0;
  }
}
