// Lengths and angles of a phantom whose truth is known, measured as a reader does: on a plane cut from the voxels, at
// places on the screen. The phantom's value is the signed distance to a plate (1 HU is 0.02 mm), so its edges are where
// the picture crosses zero, to a fraction of a pixel.
import { dot, scale, subtract, type Vec3, volumeGeometry } from '@yunying/volume';
import { describe, expect, it } from 'vitest';
import { markText } from '../geometry/space-mark.ts';
import { directionsOf, fitLook, lensOf, type PlaneName, planeOf, straightAxes, turnAxes } from './planes.ts';
import { reslice } from './reslice.ts';
import { unit } from './space.ts';
import { type Decimation, Voxels } from './voxels.ts';

const perMm = 50;
const middle: Vec3 = [16, 18, 30];

type Shape = { columnMm: number; rowMm: number; places: number[]; tilt: number; decimation?: Decimation };
const even = (count: number, step: number) => Array.from({ length: count }, (_, at) => at * step);
const shapes: [string, Shape][] = [
  ['equal spacing', { columnMm: 0.8, rowMm: 0.8, places: even(41, 1.5), tilt: 0 }],
  [
    'pixels that are not square and thick slices',
    { columnMm: 0.5, rowMm: 0.9, places: even(21, 3), tilt: 0 },
  ],
  ['a gantry tilted by 18°', { columnMm: 0.7, rowMm: 0.7, places: even(31, 2), tilt: 18 }],
  ['a missing slice', { columnMm: 0.8, rowMm: 0.8, places: even(31, 2).filter((z) => z !== 20), tilt: 0 }],
  [
    'uneven slices',
    { columnMm: 0.8, rowMm: 0.8, places: [...even(16, 2), ...even(10, 3).map((z) => z + 33)], tilt: 0 },
  ],
  ['a reduced volume', { columnMm: 0.4, rowMm: 0.4, places: even(41, 1.5), tilt: 0, decimation: [2, 2, 2] }],
];

/** A volume of `field` (mm), as slices as a scanner writes them. */
function scanned({ columnMm, rowMm, places, tilt, decimation }: Shape, field: (at: Vec3) => number): Voxels {
  const [columns, rows] = [Math.round(32 / columnMm), Math.round(36 / rowMm)];
  const lean = (tilt * Math.PI) / 180;
  const downwards: Vec3 = [0, Math.cos(lean), Math.sin(lean)];
  const positions = places.map((z): Vec3 => [0, 0, z - 18 * Math.sin(lean)]);
  const result = volumeGeometry(
    positions.map((position) => ({
      rows,
      columns,
      position,
      orientation: [1, 0, 0, ...downwards],
      pixelSpacing: [rowMm, columnMm],
    })),
  );
  if (!result.ok) throw new Error(result.reason);
  const voxels = new Voxels(result.geometry, decimation ?? [1, 1, 1], (count) => new Int16Array(count));
  for (const [frame, origin] of positions.entries()) {
    const samples = new Int16Array(columns * rows);
    for (let at = 0; at < samples.length; at += 1) {
      const [x, y] = [(at % columns) * columnMm, Math.floor(at / columns) * rowMm];
      samples[at] = Math.round(
        field([origin[0] + x, origin[1] + y * downwards[1], origin[2] + y * downwards[2]]) * perMm,
      );
    }
    const size = { columns, rows, step: 1, offset: 0, components: 1 as const };
    voxels.put(frame, { samples, ...size, min: -2000, max: 2000 }, 'full');
  }
  return voxels;
}

/** Where a row or a column of the shown plane crosses zero, in the patient. */
function crossings(voxels: Voxels, name: PlaneName, turned: number) {
  const axes = turnAxes(straightAxes, directionsOf(straightAxes, name).normal, turned);
  const directions = directionsOf(turnAxes(axes, [0.3, 0.4, 0.2], turned / 2), name);
  const canvas = { width: 240, height: 200 };
  const lens = lensOf(directions, fitLook(voxels.corners, voxels.centre, directions, canvas), middle, canvas);
  const plane = planeOf(lens, canvas, 2);
  const values = new Float32Array(plane.width * plane.height);
  reslice(voxels, plane, { mode: 'mip', thicknessMm: 0 }, values);
  const find = (isRow: boolean, line: number): Vec3[] => {
    const count = isRow ? plane.width : plane.height;
    const value = (at: number) =>
      values[isRow ? line * plane.width + at : at * plane.width + line] ?? Number.NaN;
    const found: Vec3[] = [];
    for (let at = 1; at < count; at += 1) {
      const [before, now] = [value(at - 1), value(at)];
      if (!Number.isFinite(before + now) || before < 0 === now < 0) continue;
      const along = (at - 1 + before / (before - now) + 0.5) / 2;
      const across = (line + 0.5) / 2;
      found.push(lens.toPatient(isRow ? { x: along, y: across } : { x: across, y: along }));
    }
    return found;
  };
  return { find, normal: directions.normal, plane };
}

describe.each(shapes)('a phantom measured on its planes, with %s', (_name, shape) => {
  const across = unit([0.5, 0.6, 0.45]);
  const halfMm = 6.25;
  const halfSpace = scanned(shape, (at) => dot(subtract(at, middle), across));
  const plate = scanned(shape, (at) => halfMm - Math.abs(dot(subtract(at, middle), across)));

  it.each([
    ['axial', 0],
    ['coronal', 0],
    ['sagittal', 0],
    ['axial', 0.35],
    ['coronal', -0.5],
  ] as const)('has its length to 0.1 mm: %s, turned by %f', (name, turned) => {
    const { find, normal, plane } = crossings(plate, name, turned);
    // In the plane, straight across the plate.
    const inPlane = unit(subtract(across, scale(normal, dot(across, normal))));
    const points = find(true, Math.floor(plane.height / 2));
    const [from, to] = points;
    if (points.length < 2 || from === undefined || to === undefined) throw new Error('no edges');
    const foot: Vec3 = [0, 1, 2].map(
      (axis) => (from[axis] ?? 0) + dot(subtract(to, from), inPlane) * (inPlane[axis] ?? 0),
    ) as unknown as Vec3;
    const truth = (2 * halfMm) / Math.abs(dot(across, inPlane));
    expect(Math.abs(Number.parseFloat(markText([from, foot], 0)) - truth)).toBeLessThanOrEqual(0.1);
  });

  it.each(['axial', 'coronal', 'sagittal'] as const)('has its angle to 0.1°: %s', (name) => {
    const { find, normal, plane } = crossings(halfSpace, name, 0.2);
    const third = Math.floor(plane.height / 3);
    const [a] = find(true, third);
    const [b] = find(true, plane.height - third);
    if (a === undefined || b === undefined) throw new Error('no edge');
    // Between the edge and the rows of the picture.
    const edge = unit([
      normal[1] * across[2] - normal[2] * across[1],
      normal[2] * across[0] - normal[0] * across[2],
      normal[0] * across[1] - normal[1] * across[0],
    ]);
    const right = unit(plane.right);
    const truth = (Math.acos(Math.min(1, Math.abs(dot(edge, right)))) * 180) / Math.PI;
    const reach: Vec3 = [0, 1, 2].map((axis) => (a[axis] ?? 0) + 20 * (right[axis] ?? 0)) as unknown as Vec3;
    const seen = Number.parseFloat(markText([reach, a, b], 0));
    expect(Math.abs(Math.min(seen, 180 - seen) - truth)).toBeLessThanOrEqual(0.1);
  });
});

describe('what is said beside a value', () => {
  it('is the size of a voxel where the volume is reduced, and nothing where it is whole', () => {
    const points: Vec3[] = [
      [10, 0, 0],
      [0, 0, 0],
      [0, 20, 0],
    ];
    expect(markText(points.slice(0, 2), 0)).toBe('10.0\u2009mm');
    expect(markText(points.slice(0, 2), 1.4)).toBe('10.0 ±1.4\u2009mm');
    expect(markText(points, 0)).toBe('90.0°');
    expect(markText(points, 1)).toBe('90.0 ±5.7°');
    expect(markText([], 0)).toBe('');
  });
});
