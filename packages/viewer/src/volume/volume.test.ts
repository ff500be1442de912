// The sums under the reconstruction views, on a made volume whose every value is known: value = x + 2y + 3z in mm.
import { volumeGeometry } from '@yunying/volume';
import { describe, expect, it } from 'vitest';
import { colourTable } from '../colour/colour-maps.ts';
import { curvedSheet, pathLength, samplePath } from './curve.ts';
import { loadingOrder } from './load-voxels.ts';
import { paintOver, paintPlane } from './paint.ts';
import { directionsOf, lensOf, planeOf, straightAxes, turnAxes } from './planes.ts';
import { reslice, sampleAt } from './reslice.ts';
import { polygonBitmap, Removed } from './solid-cut.ts';
import { opacityTable, presetRange, presetsFor, visibleBytes } from './solid-presets.ts';
import { chooseDecimation, volumeBudget } from './volume-budget.ts';
import { type Decimation, Voxels } from './voxels.ts';

const side = 24;

/** Slices 2 mm apart, pixels of 1 mm; `lean` mm per slice sideways is a tilted gantry. */
function made(options: { lean?: number; decimation?: Decimation; leftOut?: number } = {}): Voxels {
  const { lean = 0, decimation = [1, 1, 1], leftOut } = options;
  const positions = Array.from({ length: 12 }, (_, at) => [10, -20 + lean * at, 5 + 2 * at] as const).filter(
    (_, at) => at !== leftOut,
  );
  const result = volumeGeometry(
    positions.map((position) => ({
      rows: side,
      columns: side,
      position,
      orientation: [1, 0, 0, 0, 1, 0],
      pixelSpacing: [1, 1],
    })),
  );
  if (!result.ok) throw new Error(result.reason);
  const voxels = new Voxels(result.geometry, decimation, (length) => new Int16Array(length));
  for (const [frame, [x0, y0, z]] of positions.entries()) {
    const samples = new Int16Array(side * side);
    for (let at = 0; at < samples.length; at += 1) {
      samples[at] = x0 + (at % side) + 2 * (y0 + Math.floor(at / side)) + 3 * z;
    }
    const size = { columns: side, rows: side, step: 1, offset: 0, components: 1 as const };
    voxels.put(frame, { samples, ...size, min: -40, max: 200 }, 'full');
  }
  return voxels;
}

const truth = ([x, y, z]: readonly [number, number, number]) => x + 2 * y + 3 * z;

describe('cutting planes', () => {
  it.each([
    ['straight', made()],
    ['under a tilted gantry', made({ lean: 0.5 })],
    ['over a missing slice', made({ leftOut: 5 })],
    ['reduced', made({ decimation: [2, 2, 2] })],
  ])('gives the true value everywhere on an oblique plane: %s', (_, voxels) => {
    expect(voxels.isComplete).toBe(true);
    const axes = turnAxes(turnAxes(straightAxes, [1, 0, 0], 0.4), [0, 0, 1], -0.7);
    const size = { width: 30, height: 20 };
    const lens = lensOf(
      directionsOf(axes, 'coronal'),
      { centre: voxels.centre, mmPerPixel: 0.8 },
      voxels.centre,
      size,
    );
    const plane = planeOf(lens, size, 1);
    const out = new Float32Array(600);
    reslice(voxels, plane, { mode: 'mip', thicknessMm: 0 }, out);
    let seen = 0;
    for (let at = 0; at < out.length; at += 1) {
      const point = lens.toPatient({ x: (at % 30) + 0.5, y: Math.floor(at / 30) + 0.5 });
      if (Number.isNaN(out[at])) continue;
      seen += 1;
      expect(out[at]).toBeCloseTo(truth(point), 3);
      expect(sampleAt(voxels, point)).toBeCloseTo(truth(point), 3);
    }
    expect(seen).toBeGreaterThan(200);
  });

  it('projects the greatest, least and mean value of a slab', () => {
    const voxels = made();
    const size = { width: 4, height: 4 };
    const lens = lensOf(
      directionsOf(straightAxes, 'axial'),
      { centre: voxels.centre, mmPerPixel: 1 },
      voxels.centre,
      size,
    );
    const plane = planeOf(lens, size, 1);
    const at = truth(lens.toPatient({ x: 0.5, y: 0.5 }));
    const first = (mode: 'mip' | 'minip' | 'average') => {
      const out = new Float32Array(16);
      reslice(voxels, plane, { mode, thicknessMm: 8 }, out);
      return out[0];
    };
    expect(first('mip')).toBeCloseTo(at + 12, 3);
    expect(first('minip')).toBeCloseTo(at - 12, 3);
    expect(first('average')).toBeCloseTo(at, 3);
  });

  it('turns the other planes and leaves the picture of the one that is turned in', () => {
    const axes = turnAxes(straightAxes, directionsOf(straightAxes, 'axial').normal, 0.5);
    expect(directionsOf(axes, 'axial').right[0]).toBeCloseTo(1, 12);
    expect(directionsOf(axes, 'coronal').normal[0]).toBeCloseTo(-Math.sin(0.5), 12);
  });

  it('loads every fourth slice first, each once', () => {
    const order = loadingOrder(
      { layers: Array.from({ length: 40 }, (_, a) => ({ a, b: a, t: 0 })) },
      [1, 1, 1],
    );
    expect(order.slice(0, 10).every((frame) => frame % 4 === 0)).toBe(true);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });
});

describe('the curve', () => {
  it('is cut at even steps of its length and goes through its points', () => {
    const points = [
      [0, 0, 0],
      [10, 0, 0],
      [20, 10, 0],
      [20, 30, 0],
    ] as const;
    const curve = samplePath(points, 0.5);
    expect(pathLength(curve)).toBeGreaterThan(43);
    for (let at = 1; at < curve.length; at += 1) {
      const [a, b] = [curve[at - 1]?.at ?? [0, 0, 0], curve[at]?.at ?? [0, 0, 0]];
      expect(Math.hypot(b[0] - a[0], b[1] - a[1])).toBeCloseTo(0.5, 1);
    }
    for (const [x, y] of points) {
      expect(Math.min(...curve.map(({ at }) => Math.hypot(at[0] - x, at[1] - y)))).toBeLessThan(0.3);
    }
  });

  it('makes a sheet with the true values on it', () => {
    const voxels = made();
    const z = voxels.centre[2];
    const path = [
      [13, -16, z],
      [20, -8, z],
      [30, -2, z],
    ] as const;
    const sheet = curvedSheet(voxels, path, [0, 0, -1], {
      stepMm: 0.5,
      slab: { mode: 'average', thicknessMm: 0 },
    });
    expect(sheet).not.toBeNull();
    if (sheet === null) return;
    const column = Math.floor(sheet.width / 2);
    const at = sheet.points[column]?.at ?? [0, 0, 0];
    expect(sheet.values[column]).toBeCloseTo(truth([at[0], at[1], 27]), 2);
    expect(samplePath([[1, 1, 1]], 1)).toEqual([]);
  });
});

describe('the scalpel', () => {
  const loop = [
    { x: 2, y: 2 },
    { x: 8, y: 2 },
    { x: 8, y: 8 },
    { x: 2, y: 8 },
  ];

  it('fills the loop', () => {
    const bitmap = polygonBitmap(loop, { width: 10, height: 10 });
    expect(bitmap.reduce((sum, one) => sum + one, 0)).toBe(36);
    expect([bitmap[22], bitmap[77], bitmap[11], bitmap[88]]).toEqual([1, 1, 0, 0]);
  });

  it('takes away what is seen inside or outside, through the whole depth, and gives it back', () => {
    const removed = new Removed([10, 10, 3]);
    const projection = { x: [1, 0, 0, 0.5], y: [0, 1, 0, 0.5] } as const;
    const size = { width: 10, height: 10 };
    expect(removed.cut(loop, size, projection, 'inside')).toBe(36 * 3);
    expect(removed.has(22)).toBe(true);
    expect(removed.has(222)).toBe(true);
    expect(removed.has(0)).toBe(false);
    expect(removed.cut(loop, size, projection, 'outside')).toBe(64 * 3);
    expect(removed.has(0)).toBe(true);
    removed.undo();
    expect(removed.has(0)).toBe(false);
    removed.undo();
    expect(removed.has(22)).toBe(false);
    expect(removed.canUndo).toBe(false);
  });
});

describe('presets and tables', () => {
  it.each(['CT', 'MR', 'PT'].flatMap(presetsFor))(
    '$name runs upwards, begins unseen and leaves the first entry to what was cut',
    (preset) => {
      const values = preset.stops.map(([value]) => value);
      expect([...values].sort((a, b) => a - b)).toEqual(values);
      expect(preset.stops[0]?.[4]).toBe(0);
      const table = opacityTable(preset);
      expect(table[3]).toBe(0);
      const { low, high } = visibleBytes(table);
      expect(low).toBeLessThan(high);
      const range = presetRange(preset, { lower: 0, upper: 100 });
      expect(range.upper).toBeGreaterThan(range.lower);
    },
  );

  it('has colours from dark to light', () => {
    const iron = colourTable('hot-iron');
    expect([iron[0], iron[255]]).toEqual([0xff000000, 0xffffffff]);
  });
});

describe('the budget', () => {
  it('takes the finest volume that fits, and none where none does', () => {
    const { voxelBytes } = volumeBudget('phone', null);
    expect(chooseDecimation([256, 256, 160], 2, voxelBytes)).toEqual([1, 1, 1]);
    expect(chooseDecimation([512, 512, 140], 2, voxelBytes)).toEqual([2, 2, 1]);
    expect(chooseDecimation([512, 512, 800], 2, voxelBytes)).toEqual([2, 2, 2]);
    expect(chooseDecimation([512, 512, 1600], 2, voxelBytes)).toEqual([4, 4, 2]);
    expect(chooseDecimation([2048, 2048, 2000], 2, voxelBytes)).toBeNull();
  });
});

describe('fusion', () => {
  const grey = colourTable('grey');
  const layer = (value: number, table = grey) => ({
    values: Float32Array.of(value, Number.NaN),
    range: { lower: 0, upper: 255 },
    table,
  });

  it('lets the base through where the overlay is low, and blends where it is high', () => {
    const rgba = new Uint32Array(2);
    paintPlane(layer(100), rgba);
    expect((rgba[0] ?? 0) & 255).toBe(100);
    paintOver(layer(0), 0.5, rgba);
    expect((rgba[0] ?? 0) & 255).toBe(100);
    paintOver(layer(200), 0.5, rgba);
    expect((rgba[0] ?? 0) & 255).toBe(150);
    paintOver(layer(200), 1, rgba);
    expect((rgba[0] ?? 0) & 255).toBe(200);
    expect(rgba[1]).toBe(0xff000000);
  });
});
