import { describe, expect, it } from 'vitest';
import { makeBricks } from './bricks.ts';
import { cameraAround, castRays, projectMaximum } from './cast-rays.ts';
import { planeStack, resamplePlane } from './plane.ts';
import { transferOf } from './transfer.ts';
import { apply, type Vec3 } from './vector.ts';
import { volumeGeometry } from './volume-geometry.ts';
import type { VoxelGrid } from './voxel-grid.ts';

/** Slices 2.5 mm apart of pixels 0.8 × 0.6 mm, by a gantry that leans; `truth` in patient millimetres. */
function phantom(tilt: number, truth: (at: Vec3) => number): VoxelGrid {
  const [columns, rows, count] = [60, 50, 30];
  const lean = (tilt * Math.PI) / 180;
  // The table moves along z; the slices lean about x.
  const frames = Array.from({ length: count }, (_, k) => ({
    rows,
    columns,
    position: [-18, -20, 2.5 * k],
    orientation: [1, 0, 0, 0, Math.cos(lean), Math.sin(lean)],
    pixelSpacing: [0.8, 0.6],
  }));
  const result = volumeGeometry(frames);
  if (!result.ok) throw new Error(result.reason);
  const { toPatient, toVoxel, slices } = result.geometry;
  const samples = new Int16Array(columns * rows * slices);
  for (let at = 0; at < samples.length; at += 1) {
    const place: Vec3 = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / columns / rows)];
    samples[at] = Math.round((truth(apply(toPatient, place)) + 1024) / 2);
  }
  return { columns, rows, slices, samples, slope: 2, intercept: -1024, toPatient, toVoxel };
}

const ramp = ([x, y, z]: Vec3) => 10 * x - 6 * y + 4 * z;
const ball = ([x, y, z]: Vec3) => (Math.hypot(x, y, z - 36) < 12 ? 1000 : -1000);

describe('planes of a phantom with known truth', () => {
  it.each([0, 12, -20])('have the true values with the gantry at %i°', (tilt) => {
    const grid = phantom(tilt, ramp);
    for (const name of ['axial', 'coronal', 'sagittal'] as const) {
      const stack = planeStack(grid, name, 512);
      const plane = stack.at(Math.floor(stack.planes / 2));
      const values = resamplePlane(grid, plane);
      let seen = 0;
      for (let row = 0; row < plane.height; row += 1) {
        for (let column = 0; column < plane.width; column += 1) {
          const value = values[row * plane.width + column] ?? Number.NaN;
          const at = [0, 1, 2].map(
            (axis) =>
              (plane.origin[axis] ?? 0) +
              plane.spacingMm * (column * (plane.right[axis] ?? 0) + row * (plane.down[axis] ?? 0)),
          ) as unknown as Vec3;
          const voxel = apply(grid.toVoxel, at);
          const sizes = [grid.columns, grid.rows, grid.slices];
          const within = voxel.every((one, axis) => one >= 0 && one <= (sizes[axis] ?? 0) - 1);
          if (!within) continue;
          seen += 1;
          // Rounding to stored values of slope 2 is all that may be lost.
          expect(Math.abs(value - ramp(at))).toBeLessThanOrEqual(1.01);
        }
      }
      expect(seen).toBeGreaterThan(1000);
    }
  });

  it('keep lengths: a ball of 24 mm is 24 mm wide in every plane, tilted or not', () => {
    for (const tilt of [0, 15]) {
      const grid = phantom(tilt, ball);
      for (const name of ['axial', 'coronal', 'sagittal'] as const) {
        const stack = planeStack(grid, name, 512);
        let widest = { across: 0, down: 0 };
        for (let index = 0; index < stack.planes; index += 1) {
          const plane = stack.at(index);
          const values = resamplePlane(grid, plane);
          const across = extent(values, plane.width, 'across') * plane.spacingMm;
          const down = extent(values, plane.width, 'down') * plane.spacingMm;
          widest = { across: Math.max(widest.across, across), down: Math.max(widest.down, down) };
        }
        // Half a voxel at each end: the phantom's edge lies between voxels.
        expect(Math.abs(widest.across - 24)).toBeLessThanOrEqual(2.6);
        expect(Math.abs(widest.down - 24)).toBeLessThanOrEqual(2.6);
      }
    }
  });

  it('combine a slab by maximum, minimum and average', () => {
    const grid = phantom(0, ([, , z]) => (z > 19 && z < 21 ? 500 : 100));
    const plane = planeStack(grid, 'axial', 64).at(8);
    const middle = (mode: 'mip' | 'minip' | 'average') =>
      resamplePlane(grid, plane, { thicknessMm: 10, mode })[plane.width * 20 + 20];
    expect(middle('mip')).toBe(500);
    expect(middle('minip')).toBe(100);
    expect(middle('average')).toBeCloseTo(180, 3);
  });

  it('say nothing outside the volume', () => {
    const grid = phantom(0, ramp);
    const plane = { ...planeStack(grid, 'axial', 64).at(0), origin: [500, 500, 500] as Vec3 };
    expect(resamplePlane(grid, plane).every(Number.isNaN)).toBe(true);
  });
});

function extent(values: Float32Array, width: number, along: 'across' | 'down'): number {
  const places = new Set<number>();
  for (const [at, value] of values.entries())
    if (value > 0) places.add(along === 'across' ? at % width : Math.floor(at / width));
  return places.size;
}

describe('rays through a phantom', () => {
  const grid = phantom(10, ball);
  const bricks = makeBricks(grid);
  const size = { width: 96, height: 96 };
  const camera = (yawDegrees: number) => cameraAround(grid, { yawDegrees, pitchDegrees: 20, zoom: 1 }, size);

  it('draw the ball as a disc of its size from every side', () => {
    for (const yaw of [0, 60, 90, 200]) {
      const view = camera(yaw);
      const picture = castRays(grid, bricks, view, transferOf('bone', { low: 0, high: 1 }));
      let lit = 0;
      for (let at = 0; at < picture.length; at += 3) if ((picture[at] ?? 0) > 60) lit += 1;
      const areaMm2 = lit * view.spacingMm ** 2;
      expect(areaMm2).toBeGreaterThan(Math.PI * 11.2 ** 2);
      expect(areaMm2).toBeLessThan(Math.PI * 13.6 ** 2);
      expect(picture.slice(0, 30).every((one) => one === 0)).toBe(true);
    }
  });

  it('skip empty bricks without changing the picture', () => {
    const blind = {
      ...bricks,
      least: bricks.least.map(() => -2000),
      greatest: bricks.greatest.map(() => 3000),
    };
    const transfer = transferOf('bone', { low: 0, high: 1 });
    const [a, b] = [
      castRays(grid, bricks, camera(30), transfer),
      castRays(grid, blind, camera(30), transfer),
    ];
    const far = a.filter((value, at) => Math.abs(value - (b[at] ?? 0)) > 40).length;
    expect(far / a.length).toBeLessThan(0.01);
    expect(projectMaximum(grid, bricks, camera(30))).toEqual(projectMaximum(grid, blind, camera(30)));
  });

  it('draw rows one by one as they draw the whole', () => {
    const transfer = transferOf('skin', { low: 0, high: 1 });
    const whole = castRays(grid, bricks, camera(0), transfer);
    const part = castRays(grid, bricks, camera(0), transfer, { rows: { from: 40, to: 44 } });
    expect(part).toEqual(whole.slice(40 * 96 * 3, 44 * 96 * 3));
  });

  it('leave out what the box clips', () => {
    const clip = { low: [0, 0, 0] as Vec3, high: [1, 1, 0.1] as Vec3 };
    const picture = castRays(grid, bricks, camera(0), transferOf('bone', { low: 0, high: 1 }), { clip });
    expect(picture.every((one) => one === 0)).toBe(true);
  });

  it('find the greatest value on every ray', () => {
    const values = projectMaximum(grid, bricks, camera(45));
    expect(values[48 * 96 + 48]).toBe(1000);
    expect(values[0]).toBeNaN();
  });
});
