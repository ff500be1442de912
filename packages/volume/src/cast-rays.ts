// Volume rendering by rays on the CPU, parallel projection: front to back with an early stop, bricks without anything
// visible skipped, surfaces shaded by the gradient; and the maximum along each ray (MIP rotation). One call makes one
// picture, or some rows of it; nothing is allocated but the picture and a table.
import { type Bricks, brickSide } from './bricks.ts';
import { cornersOf } from './plane.ts';
import { isVisible, type TransferFunction, type TransferTable, tabulate } from './transfer.ts';
import { add, apply, applyDirection, cross, rotateAround, scale, type Vec3 } from './vector.ts';
import { border, sampleAt, type VoxelGrid } from './voxel-grid.ts';

export type Camera = {
  /** Where the middle of the picture looks through. */
  centre: Vec3;
  /** Unit vectors: along a row, down a column, into the picture. */
  right: Vec3;
  down: Vec3;
  forward: Vec3;
  spacingMm: number;
  width: number;
  height: number;
};

/** What is left of the volume, in parts of its columns, rows and slices. */
export type ClipBox = { low: Vec3; high: Vec3 };
export const wholeBox: ClipBox = { low: [0, 0, 0], high: [1, 1, 1] };

/** Seen from the front (yaw 0, pitch 0); yaw turns the patient about the long axis, pitch tips towards the viewer. */
export function cameraAround(
  grid: Pick<VoxelGrid, 'columns' | 'rows' | 'slices' | 'toPatient'>,
  view: { yawDegrees: number; pitchDegrees: number; zoom: number },
  size: { width: number; height: number },
): Camera {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const middle: Vec3 = [(grid.columns - 1) / 2, (grid.rows - 1) / 2, (grid.slices - 1) / 2];
  const centre = apply(grid.toPatient, middle);
  const yaw = (axis: Vec3) => rotateAround(axis, [0, 0, 1], radians(view.yawDegrees));
  const right = yaw([1, 0, 0]);
  const pitch = (axis: Vec3) => rotateAround(axis, right, radians(view.pitchDegrees));
  const down = pitch(yaw([0, 0, -1]));
  const reach = Math.max(
    ...cornersOf(grid).map(([x, y, z]) => Math.hypot(x - centre[0], y - centre[1], z - centre[2])),
  );
  // A turn never pushes a corner out of sight by much, and the body fills the picture.
  const spacingMm = (1.45 * reach) / Math.max(1, Math.min(size.width, size.height)) / view.zoom;
  return { centre, right, down, forward: cross(right, down), spacingMm, ...size };
}

type Ray = { x: number; y: number; z: number; from: number; to: number };

/** Steps of a ray in voxel coordinates, and the part of the ray inside the box. */
class Rays {
  readonly step: Vec3;
  readonly stepMm: number;
  readonly #start: Vec3;
  readonly #across: Vec3;
  readonly #down: Vec3;
  readonly #low: Vec3;
  readonly #high: Vec3;

  constructor(grid: VoxelGrid, camera: Camera, stepMm: number, clip: ClipBox) {
    this.stepMm = stepMm;
    this.step = applyDirection(grid.toVoxel, scale(camera.forward, stepMm));
    this.#across = applyDirection(grid.toVoxel, scale(camera.right, camera.spacingMm));
    this.#down = applyDirection(grid.toVoxel, scale(camera.down, camera.spacingMm));
    const [left, top] = [-(camera.width - 1) / 2, -(camera.height - 1) / 2];
    this.#start = add(
      apply(grid.toVoxel, camera.centre),
      add(scale(this.#across, left), scale(this.#down, top)),
    );
    const size: Vec3 = [grid.columns, grid.rows, grid.slices];
    const edge = (at: 0 | 1 | 2, part: number) => -border + part * (size[at] - 1 + 2 * border);
    this.#low = [edge(0, clip.low[0]), edge(1, clip.low[1]), edge(2, clip.low[2])];
    this.#high = [edge(0, clip.high[0]), edge(1, clip.high[1]), edge(2, clip.high[2])];
  }

  /** False when the ray misses. `ray` is filled: a new object for each pixel would cost more than the pixel. */
  aim(ray: Ray, column: number, row: number): boolean {
    ray.x = this.#start[0] + this.#across[0] * column + this.#down[0] * row;
    ray.y = this.#start[1] + this.#across[1] * column + this.#down[1] * row;
    ray.z = this.#start[2] + this.#across[2] * column + this.#down[2] * row;
    ray.from = Number.NEGATIVE_INFINITY;
    ray.to = Number.POSITIVE_INFINITY;
    return (
      this.#narrow(ray, ray.x, this.step[0], this.#low[0], this.#high[0]) &&
      this.#narrow(ray, ray.y, this.step[1], this.#low[1], this.#high[1]) &&
      this.#narrow(ray, ray.z, this.step[2], this.#low[2], this.#high[2])
    );
  }

  #narrow(ray: Ray, at: number, step: number, low: number, high: number): boolean {
    if (Math.abs(step) < 1e-12) return at >= low && at <= high;
    const [a, b] = [(low - at) / step, (high - at) / step];
    ray.from = Math.max(ray.from, Math.min(a, b));
    ray.to = Math.min(ray.to, Math.max(a, b));
    return ray.from < ray.to;
  }
}

/** Steps from `t` to where the ray leaves the brick that holds (x, y, z). */
function stepsToLeave(x: number, y: number, z: number, step: Vec3): number {
  const axis = (at: number, by: number): number => {
    if (Math.abs(by) < 1e-9) return 1e9;
    const brick = Math.floor(at / brickSide);
    const wall = (by > 0 ? brick + 1 : brick) * brickSide;
    return (wall - at) / by;
  };
  return Math.max(1, Math.ceil(Math.min(axis(x, step[0]), axis(y, step[1]), axis(z, step[2])) + 1e-6));
}

function brickAt(bricks: Bricks, x: number, y: number, z: number): number {
  const limit = (at: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(at / brickSide)));
  return (
    (limit(z, bricks.deep) * bricks.down + limit(y, bricks.down)) * bricks.across + limit(x, bricks.across)
  );
}

const enough = 0.98;
/** Below this opacity a sample is not worth a gradient. */
const shadeFrom = 0.02;

export type CastOptions = { clip?: ClipBox; rows?: { from: number; to: number }; stepMm?: number };

/** Red, green, blue on black, row by row. */
export function castRays(
  grid: VoxelGrid,
  bricks: Bricks,
  camera: Camera,
  transfer: TransferFunction,
  options: CastOptions = {},
): Uint8Array {
  const stepMm = options.stepMm ?? finestStep(grid);
  const rays = new Rays(grid, camera, stepMm, options.clip ?? wholeBox);
  const table = tabulate(transfer, grid, stepMm);
  const shown = Uint8Array.from(bricks.least, (least, at) =>
    isVisible(table, least, bricks.greatest[at] ?? least) ? 1 : 0,
  );
  const { from, to } = options.rows ?? { from: 0, to: camera.height };
  const out = new Uint8Array((to - from) * camera.width * 3);
  const ray: Ray = { x: 0, y: 0, z: 0, from: 0, to: 0 };
  const colour = new Float32Array(3);
  const shade = transfer.shaded ? new Shade(grid, camera.forward) : null;
  for (let row = from; row < to; row += 1) {
    for (let column = 0; column < camera.width; column += 1) {
      if (!rays.aim(ray, column, row)) continue;
      // Rays that all begin in one plane show its traces as rings.
      ray.from += noise(column, row);
      colour.fill(0);
      march(grid, bricks, rays.step, ray, { table, shown, shade, colour });
      const at = ((row - from) * camera.width + column) * 3;
      for (let channel = 0; channel < 3; channel += 1)
        out[at + channel] = Math.min(255, Math.round(colour[channel] ?? 0));
    }
  }
  return out;
}

type Scene = { table: TransferTable; shown: Uint8Array; shade: Shade | null; colour: Float32Array };

function march(grid: VoxelGrid, bricks: Bricks, step: Vec3, ray: Ray, scene: Scene): void {
  const { table, shown, shade, colour } = scene;
  const { rgba, low, perUnit } = table;
  const last = table.entries - 1;
  let left = 1;
  let t = ray.from;
  while (t < ray.to) {
    const x = ray.x + step[0] * t;
    const y = ray.y + step[1] * t;
    const z = ray.z + step[2] * t;
    if (shown[brickAt(bricks, x, y, z)] === 0) {
      t += stepsToLeave(x, y, z, step);
      continue;
    }
    t += 1;
    const entry = Math.round((sampleAt(grid, x, y, z) - low) * perUnit);
    const at = (entry < 0 ? 0 : entry > last ? last : entry) * 4;
    const opacity = rgba[at + 3] ?? 0;
    if (opacity <= 0.001) continue;
    const light = shade !== null && opacity > shadeFrom ? shade.at(x, y, z) : 0.8;
    const weight = left * opacity * light;
    const gloss = shade === null ? 0 : left * opacity * shade.gloss(light);
    colour[0] = (colour[0] ?? 0) + weight * (rgba[at] ?? 0) + gloss;
    colour[1] = (colour[1] ?? 0) + weight * (rgba[at + 1] ?? 0) + gloss;
    colour[2] = (colour[2] ?? 0) + weight * (rgba[at + 2] ?? 0) + gloss;
    left *= 1 - opacity;
    if (left < 1 - enough) return;
  }
}

/** A lamp at the viewer's shoulder, and the gradient of the volume as the surface it falls on. */
class Shade {
  readonly #grid: VoxelGrid;
  readonly #light: Vec3;

  constructor(grid: VoxelGrid, forward: Vec3) {
    this.#grid = grid;
    // A gradient in voxels goes to the patient by the transposed map; taking that to the lamp once saves it per sample.
    this.#light = scale(forward, -1);
  }

  at(x: number, y: number, z: number): number {
    const grid = this.#grid;
    const gx = sampleAt(grid, x + 1, y, z) - sampleAt(grid, x - 1, y, z);
    const gy = sampleAt(grid, x, y + 1, z) - sampleAt(grid, x, y - 1, z);
    const gz = sampleAt(grid, x, y, z + 1) - sampleAt(grid, x, y, z - 1);
    const [a, b, c] = grid.toVoxel;
    const nx = a[0] * gx + b[0] * gy + c[0] * gz;
    const ny = a[1] * gx + b[1] * gy + c[1] * gz;
    const nz = a[2] * gx + b[2] * gy + c[2] * gz;
    const size = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (size < 1e-9) return 0.55;
    const facing = Math.abs(nx * this.#light[0] + ny * this.#light[1] + nz * this.#light[2]) / size;
    return 0.22 + 0.78 * facing;
  }

  /** Light that a surface facing the lamp throws back white. */
  gloss(light: number): number {
    return light > 0.93 ? (light - 0.93) * 420 : 0;
  }
}

/** The greatest real value along each ray; NaN where the ray misses. */
export function projectMaximum(
  grid: VoxelGrid,
  bricks: Bricks,
  camera: Camera,
  options: CastOptions = {},
): Float32Array {
  const rays = new Rays(grid, camera, options.stepMm ?? finestStep(grid), options.clip ?? wholeBox);
  const { from, to } = options.rows ?? { from: 0, to: camera.height };
  const out = new Float32Array((to - from) * camera.width).fill(Number.NaN);
  const ray: Ray = { x: 0, y: 0, z: 0, from: 0, to: 0 };
  const { step } = rays;
  for (let row = from; row < to; row += 1) {
    for (let column = 0; column < camera.width; column += 1) {
      if (!rays.aim(ray, column, row)) continue;
      let most = Number.NEGATIVE_INFINITY;
      for (let t = ray.from; t < ray.to; ) {
        const x = ray.x + step[0] * t;
        const y = ray.y + step[1] * t;
        const z = ray.z + step[2] * t;
        if ((bricks.greatest[brickAt(bricks, x, y, z)] ?? 0) <= most) {
          t += stepsToLeave(x, y, z, step);
          continue;
        }
        t += 1;
        const sample = sampleAt(grid, x, y, z);
        if (sample > most) most = sample;
      }
      if (most > Number.NEGATIVE_INFINITY)
        out[(row - from) * camera.width + column] = most * grid.slope + grid.intercept;
    }
  }
  return out;
}

/** One sample per voxel along the finest axis: finer shows no more. */
function finestStep(grid: VoxelGrid): number {
  const sides = ([0, 1, 2] as const).map((at) =>
    Math.hypot(grid.toPatient[0][at], grid.toPatient[1][at], grid.toPatient[2][at]),
  );
  return Math.min(...sides);
}

/** Between 0 and 1, the same for the same pixel, without a pattern (interleaved gradient noise). */
function noise(column: number, row: number): number {
  const f = 0.06711056 * column + 0.00583715 * row;
  return (52.9829189 * (f - Math.floor(f))) % 1;
}
