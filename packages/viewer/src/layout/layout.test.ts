import { describe, expect, it } from 'vitest';
import { anchorOf, sliceBeside } from './follow-slice.ts';
import { fitLayout, gridOf, layoutOf, mostPanes, neighbourPane, nextLayout } from './grid.ts';
import { crossing, nearestSlice, planeOf, type SlicePlane, toPatient, toPixel } from './planes.ts';

const noSpacing = {
  modality: 'CT',
  imagerPixelSpacing: null,
  nominalScannedPixelSpacing: null,
  pixelSpacingCalibrationType: null,
  estimatedMagnification: null,
  pixelAspectRatio: null,
  regions: [],
};

function plane(
  origin: number[],
  orientation: number[],
  frame: string | null = '1.2',
  size = 101,
): SlicePlane {
  const made = planeOf({
    frameOfReferenceUid: frame,
    imageOrientation: orientation,
    imagePosition: origin,
    spacing: { ...noSpacing, pixelSpacing: [2, 1] },
    rows: size,
    columns: size,
  });
  if (made === null) throw new Error('no plane');
  return made;
}

const axial = [1, 0, 0, 0, 1, 0];
const sagittal = [0, 1, 0, 0, 0, -1];
const axialAt = (z: number, frame: string | null = '1.2') => plane([0, 0, z], axial, frame);
const stackAt = (positions: number[], frame: string | null = '1.2') =>
  positions.map((z) => axialAt(z, frame));

describe('slices as planes', () => {
  it('map a pixel into the body by column spacing across and row spacing down, and back', () => {
    const at = toPatient(axialAt(7), { x: 10, y: 20 });
    expect(at).toEqual([10, 40, 7]);
    expect(toPixel(axialAt(7), at)).toEqual({ x: 10, y: 20 });
  });

  it('give the reference line of a sagittal slice in an axial one where it lies', () => {
    const line = crossing(axialAt(0), plane([30, 0, 100], sagittal));
    expect(line?.map(({ x }) => x)).toEqual([30, 30]);
    expect(line?.map(({ y }) => y).sort((a, b) => a - b)).toEqual([-0.25, 50.25]);
  });

  it('give no line for parallel slices, other frames of reference, and pictures that do not reach', () => {
    expect(crossing(axialAt(0), axialAt(5))).toBeNull();
    expect(crossing(axialAt(0), plane([30, 0, 100], sagittal, '9.9'))).toBeNull();
    expect(crossing(axialAt(500), plane([30, 0, 100], sagittal))).toBeNull();
  });

  it('are nothing without position, orientation or spacing', () => {
    const bare = {
      frameOfReferenceUid: '1',
      imageOrientation: axial,
      imagePosition: null,
      rows: 1,
      columns: 1,
    };
    expect(planeOf({ ...bare, spacing: { ...noSpacing, pixelSpacing: [1, 1] } })).toBeNull();
    expect(
      planeOf({ ...bare, imagePosition: [0, 0, 0], spacing: { ...noSpacing, pixelSpacing: null } }),
    ).toBeNull();
  });

  it('find the slice nearest to a point', () => {
    expect(nearestSlice(stackAt([0, 5, 10]), [3, 3, 6.9])).toBe(1);
    expect(nearestSlice([null, null], [0, 0, 0])).toBeNull();
  });
});

describe('linked scrolling', () => {
  it('goes by position within one frame of reference, whatever the spacing and direction', () => {
    const thin = stackAt([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const thick = stackAt([10, 5, 0]);
    expect(sliceBeside({ index: 6, planes: thin }, { index: 0, planes: thick }, null)).toBe(1);
    expect(sliceBeside({ index: 2, planes: thick }, { index: 9, planes: thin }, null)).toBe(0);
  });

  it('keeps the hand-set distance between two studies', () => {
    const now = { index: 2, planes: stackAt([100, 105, 110, 115], 'a') };
    const then = { index: 1, planes: stackAt([-40, -30, -20, -10], 'b') };
    const anchors = { from: anchorOf(now), to: anchorOf(then) };
    expect(sliceBeside({ ...now, index: 0 }, then, anchors)).toBe(0);
    expect(sliceBeside({ ...now, index: 2 }, then, anchors)).toBe(1);
  });

  it('goes by the relative place without a common frame, turned round where the stacks run against each other', () => {
    const up = { index: 0, planes: stackAt([0, 1, 2, 3, 4], 'a') };
    const down = { index: 0, planes: stackAt([40, 30, 20, 10, 0], 'b') };
    expect(sliceBeside({ ...up, index: 1 }, down, null)).toBe(3);
    const bare = { index: 0, planes: Array.from({ length: 9 }, () => null) };
    expect(sliceBeside({ ...up, index: 2 }, bare, null)).toBe(4);
  });

  it('does not scroll slices together that stand upright on each other', () => {
    const other = { index: 0, planes: [plane([0, 0, 0], sagittal)] };
    expect(sliceBeside({ index: 0, planes: stackAt([0, 1]) }, other, null)).toBeNull();
  });
});

describe('layouts', () => {
  it('go up to 4×4 and have names by rows and columns', () => {
    expect(gridOf('2x3')).toEqual({ rows: 2, columns: 3 });
    expect(layoutOf({ rows: 9, columns: 2 })).toBe('4x2');
  });

  it('keep to one viewport on a phone and two on an upright tablet', () => {
    expect(fitLayout('3x3', mostPanes('phone', 390))).toBe('1x1');
    expect(fitLayout('2x1', mostPanes('desktop', 820))).toBe('2x1');
    expect(fitLayout('2x2', mostPanes('desktop', 820))).toBe('2x1');
    expect(fitLayout('4x4', mostPanes('desktop', 1440))).toBe('4x4');
    expect(nextLayout('2x1', 2)).toBe('1x1');
  });

  it('know the viewport beside another', () => {
    const grid = gridOf('2x3');
    expect(neighbourPane(0, grid, 1, 0)).toBe(1);
    expect(neighbourPane(1, grid, 0, 1)).toBe(4);
    expect(neighbourPane(2, grid, 1, 0)).toBeNull();
  });
});
