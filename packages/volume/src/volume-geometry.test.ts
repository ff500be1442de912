import { describe, expect, it } from 'vitest';
import { apply } from './vector.ts';
import { type SlicePlace, volumeGeometry } from './volume-geometry.ts';

type Shape = { count: number; step?: number; tilt?: number; skip?: number[] };

function axial({ count, step = 2, tilt = 0, skip = [] }: Shape): SlicePlace[] {
  const shift = Math.tan((tilt * Math.PI) / 180) * step;
  return Array.from({ length: count }, (_, k) => k)
    .filter((k) => !skip.includes(k))
    .map((k) => slice([-100, -80 + shift * k, 10 + step * k]));
}

function slice(position: number[]): SlicePlace {
  return { rows: 64, columns: 48, position, orientation: [1, 0, 0, 0, 1, 0], pixelSpacing: [0.7, 0.5] };
}

function geometryOf(frames: SlicePlace[], phase?: number) {
  const result = volumeGeometry(frames, phase === undefined ? {} : { phase });
  if (!result.ok) throw new Error(result.reason);
  return result.geometry;
}

describe('volume geometry', () => {
  it('sorts shuffled slices along the normal and maps voxels to the patient and back', () => {
    const frames = axial({ count: 5 });
    const shuffled = [3, 0, 4, 1, 2].flatMap((at) => frames[at] ?? []);
    const geometry = geometryOf(shuffled);
    expect(geometry.layers.map((layer) => layer.a)).toEqual([1, 3, 4, 0, 2]);
    expect(geometry.spacing).toEqual([0.5, 0.7, 2]);
    expect(apply(geometry.toPatient, [10, 20, 3])).toEqual([-95, -66, 16]);
    const back = apply(geometry.toVoxel, [-95, -66, 16]);
    expect(back.map((one) => Math.round(one * 1e6) / 1e6)).toEqual([10, 20, 3]);
  });

  it('keeps the tilt of a gantry as shear, with the spacing along the normal', () => {
    const geometry = geometryOf(axial({ count: 20, step: 5, tilt: 17 }));
    expect(geometry.tiltDegrees).toBeCloseTo(17, 6);
    expect(geometry.spacing[2]).toBeCloseTo(5, 9);
    const [, y, z] = apply(geometry.toPatient, [0, 0, 19]);
    expect(y).toBeCloseTo(-80 + 19 * 5 * Math.tan((17 * Math.PI) / 180), 6);
    expect(z).toBeCloseTo(105, 6);
  });

  it('takes rounding of positions for neither tilt nor uneven spacing', () => {
    const frames = axial({ count: 100, step: 1.25 }).map((_frame, k) =>
      slice([-100.003 + (k % 3) * 0.002, -80, Math.round((10 + 1.25 * k) * 100) / 100]),
    );
    const geometry = geometryOf(frames);
    expect(geometry.tiltDegrees).toBe(0);
    expect(geometry.uneven).toBe(false);
    expect(geometry.slices).toBe(100);
  });

  it('fills one missing slice from its neighbours and says so', () => {
    const geometry = geometryOf(axial({ count: 10, skip: [4] }));
    expect(geometry).toMatchObject({ slices: 10, missing: 1, uneven: false });
    expect(geometry.layers[4]).toEqual({ a: 3, b: 4, t: 0.5 });
  });

  it('refuses a hole over which anatomy would be invented', () => {
    expect(volumeGeometry(axial({ count: 20, skip: [5, 6, 7, 8] }))).toEqual({
      ok: false,
      reason: 'large-gap',
    });
  });

  it('lays an even grid over unevenly spaced slices', () => {
    const frames = [0, 2, 4, 7, 10, 13, 15].map((z) => slice([0, 0, z]));
    const geometry = geometryOf(frames);
    expect(geometry.uneven).toBe(true);
    for (const [k, { a, b, t }] of geometry.layers.entries()) {
      const z = (at: number) => frames[at]?.position?.[2] ?? Number.NaN;
      expect(z(a) + (z(b) - z(a)) * t).toBeCloseTo(k * geometry.spacing[2], 5);
    }
    expect(geometry.layers.at(-1)).toEqual({ a: 6, b: 6, t: 0 });
  });

  it('leaves a scout out and counts it', () => {
    const scout: SlicePlace = { ...slice([0, 0, 0]), orientation: [0, 1, 0, 0, 0, -1] };
    expect(geometryOf([scout, ...axial({ count: 6 })])).toMatchObject({ slices: 6, leftOut: 1 });
  });

  it('tells the phases of a dynamic series apart', () => {
    const frames = [...axial({ count: 4 }), ...axial({ count: 4 })];
    expect(geometryOf(frames, 1)).toMatchObject({ phases: 2, phase: 1 });
    expect(geometryOf(frames, 1).layers.map((layer) => layer.a)).toEqual([4, 5, 6, 7]);
  });

  it('refuses with the reason what is no volume', () => {
    const reasons = [
      axial({ count: 2 }),
      axial({ count: 5 }).map((one) => ({ ...one, position: null })),
      axial({ count: 5 }).map((one) => ({ ...one, pixelSpacing: null })),
      [...axial({ count: 4 }), ...axial({ count: 2 })],
      axial({ count: 6 }).map((one, k) => ({ ...one, orientation: [1, 0, 0, 0, Math.cos(k), Math.sin(k)] })),
      axial({ count: 6 }).map((_one, k) => slice([k % 2 === 0 ? 0 : 9, 0, k * 2])),
      axial({ count: 6 }).map((one, k) => ({ ...one, rows: 60 + k })),
    ].map((frames) => {
      const result = volumeGeometry(frames);
      return result.ok ? 'ok' : result.reason;
    });
    expect(reasons).toEqual([
      'too-few-slices',
      'no-positions',
      'no-spacing',
      'same-positions',
      'not-parallel',
      'scattered',
      'mixed-sizes',
    ]);
  });
});
