// What is written is read back the same.
import { describe, expect, it } from 'vitest';
import { viewTransform } from '../geometry/affine.ts';
import type { Rotation, View } from '../types.ts';
import { cielabToRgb } from './model/cielab.ts';
import { readPresentation } from './model/gsps-read.ts';
import { fromDicomTurns, toDicomTurns } from './model/gsps-turns.ts';
import { writePresentation } from './model/gsps-write.ts';
import { readKeyImages, writeKeyImages } from './model/key-images.ts';
import type { Mark, PlacedImage } from './model/saved-types.ts';
import { areaOf, viewOfArea } from './model/shown-area.ts';
import { readMeasurements } from './model/sr-read.ts';
import { writeMeasurements } from './model/sr-write.ts';
import { decimal, newUid } from './model/write-json.ts';

const image = (sopInstanceUid: string, numberOfFrames = 1): PlacedImage => ({
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid,
  seriesInstanceUid: '1.2.3.4',
  numberOfFrames,
});
const images = new Map(
  [image('1.2.3.4.1'), image('1.2.3.4.2'), image('1.2.3.4.9', 20)].map((one) => [one.sopInstanceUid, one]),
);
const find = (uid: string) => images.get(uid);
const blank = { id: '', values: [], text: '', color: null, trust: null, trackingUid: null };
const marks: Mark[] = [
  {
    ...blank,
    tool: 'length',
    shape: 'polyline',
    sopInstanceUid: '1.2.3.4.1',
    frameNumber: 1,
    points: [
      { x: 10.25, y: 20 },
      { x: 40, y: 60.5 },
    ],
    values: [{ concept: 'length', value: 12.345678901234567, unit: 'mm' }],
    trust: { spacing: 'manual', isLossy: true, lossyRatio: 12.5 },
    trackingUid: '2.25.77',
  },
  {
    ...blank,
    tool: 'ellipse',
    shape: 'ellipse',
    sopInstanceUid: '1.2.3.4.9',
    frameNumber: 7,
    points: [
      { x: 0, y: 5 },
      { x: 10, y: 5 },
      { x: 5, y: 0 },
      { x: 5, y: 10 },
    ],
    trackingUid: '2.25.78',
    values: [
      { concept: 'area', value: 78.5, unit: 'mm²' },
      { concept: 'mean', value: -119.5, unit: 'HU' },
      { concept: 'deviation', value: 3.25, unit: 'HU' },
    ],
    text: '结节',
  },
];

const withoutIds = (list: readonly Mark[]) => list.map(({ id, ...mark }) => mark);
const rounded = (list: readonly Mark[]) =>
  withoutIds(list).map((mark) => ({
    ...mark,
    values: mark.values.map((one) => ({ ...one, value: Number(one.value.toPrecision(12)) })),
  }));

describe('measurements', () => {
  it('come back from a structured report as they were written', () => {
    const json = writeMeasurements({
      studyInstanceUid: '1.2.3',
      sopInstanceUid: newUid(),
      marks,
      authorName: '李医生',
      find,
      predecessors: [],
    });
    const { marks: read } = readMeasurements(json);
    expect(rounded(read)).toEqual(rounded(marks));
  });

  it('name every image in the evidence, and frames only where there are several', () => {
    const json = writeMeasurements({
      studyInstanceUid: '1.2.3',
      sopInstanceUid: '2.25.1',
      marks,
      authorName: 'A',
      find,
      predecessors: [],
    });
    const text = JSON.stringify(json);
    expect(text.match(/"00081160"/g)).toHaveLength(1);
    expect(JSON.stringify(json['0040A375'])).toContain('1.2.3.4.9');
  });

  it('are refused for an image that the study does not have', () => {
    const stray = marks.map((mark) => ({ ...mark, sopInstanceUid: '9.9' }));
    const ask = { studyInstanceUid: '1', sopInstanceUid: '2', authorName: '', find, predecessors: [] };
    expect(() => writeMeasurements({ ...ask, marks: stray })).toThrow();
  });
  it('write decimals of at most 16 characters', () => {
    for (const value of [Math.PI, -Math.PI * 1e-7, -123456.78901234567]) {
      expect(String(decimal(value)).length).toBeLessThanOrEqual(16);
      expect(decimal(value) / value).toBeCloseTo(1, 6);
    }
  });
});

describe('key images', () => {
  const refs = [
    { sopInstanceUid: '1.2.3.4.1', frameNumber: 1 },
    { sopInstanceUid: '1.2.3.4.9', frameNumber: 3 },
    { sopInstanceUid: '1.2.3.4.9', frameNumber: 5 },
  ];
  it('come back from a key object selection', () => {
    const json = writeKeyImages({
      studyInstanceUid: '1.2.3',
      sopInstanceUid: '2.25.2',
      images: refs,
      description: '术前',
      authorName: '李医生',
      find,
      predecessors: [],
    });
    expect(readKeyImages(json)).toEqual({ title: 'Of Interest', description: '术前', images: refs });
  });
});

const views = ([0, 90, 180, 270] as const).flatMap((rotation: Rotation) =>
  [false, true].flatMap((flipHorizontal) =>
    [false, true].map((flipVertical) => ({ rotation, flipHorizontal, flipVertical })),
  ),
);
const plane = { columns: 400, rows: 300, spacingX: 0.5, spacingY: 0.8 };
const size = { width: 800, height: 500 };

describe('presentation states', () => {
  it.each(views)(
    'turn the picture the same after a round trip: $rotation $flipHorizontal $flipVertical',
    (turns) => {
      const { rotation, isFlipped } = toDicomTurns(turns);
      const back = fromDicomTurns(rotation, isFlipped);
      const place = (view: typeof turns) => {
        const whole = { zoom: 1, panX: 0, panY: 0, ...view };
        return [0, 399].flatMap((x) =>
          [0, 299].map((y) => viewTransform(plane, whole, size).toCanvas({ x, y })),
        );
      };
      for (const [at, point] of place(turns).entries()) {
        expect(place(back)[at]?.x).toBeCloseTo(point.x, 6);
        expect(place(back)[at]?.y).toBeCloseTo(point.y, 6);
      }
    },
  );

  it.each(views)(
    'show the same area in the same viewport: $rotation $flipHorizontal $flipVertical',
    (turns) => {
      const view: View = { ...turns, zoom: 2.5, panX: 33, panY: -21 };
      const back = viewOfArea(areaOf(plane, view, size), plane, turns, size, 4);
      expect(back.zoom / view.zoom).toBeCloseTo(1, 1);
      const corner = viewTransform(plane, view, size).toCanvas({ x: 200, y: 150 });
      const again = viewTransform(plane, back, size).toCanvas({ x: 200, y: 150 });
      expect(Math.hypot(corner.x - again.x, corner.y - again.y)).toBeLessThan(3);
      const fitted = { ...turns, zoom: 1, panX: 0, panY: 0 };
      expect(
        viewOfArea(areaOf(plane, fitted, size), plane, turns, { width: 500, height: 800 }, 4).zoom,
      ).toBeCloseTo(1, 9);
    },
  );

  it('come back with window, drawings and words', () => {
    const arrow: Mark = {
      ...blank,
      tool: 'arrow',
      shape: 'arrow',
      sopInstanceUid: '1.2.3.4.1',
      frameNumber: 1,
      points: [
        { x: 50, y: 50 },
        { x: 80, y: 70 },
      ],
      text: '出血',
    };
    const json = writePresentation({
      studyInstanceUid: '1.2.3',
      sopInstanceUid: '2.25.3',
      label: '脑窗',
      isColor: false,
      images: [{ sopInstanceUid: '1.2.3.4.1', frameNumber: 1 }],
      voi: { center: 40, width: 80 },
      shape: 'LINEAR',
      rescale: { slope: 1, intercept: -1024 },
      invert: true,
      rotation: 90,
      flipHorizontal: true,
      flipVertical: false,
      area: areaOf(
        plane,
        { zoom: 1, panX: 0, panY: 0, rotation: 90, flipHorizontal: true, flipVertical: false },
        size,
      ),
      marks: [arrow],
      find,
    });
    const read = readPresentation(json);
    expect(read).toMatchObject({
      label: '脑窗',
      invert: true,
      rotation: 90,
      flipHorizontal: true,
      images: [{ sopInstanceUid: '1.2.3.4.1', frameNumbers: [] }],
      windows: [{ images: [], voi: { center: 40, width: 80 }, shape: 'LINEAR' }],
      modality: { slope: 1, intercept: -1024 },
      unshown: [],
    });
    expect(read.marks.map((mark) => mark.shape)).toEqual(['polyline', 'polyline', 'text']);
    expect(read.marks[0]?.points).toEqual(arrow.points);
    expect(read.marks[2]?.text).toBe('出血');
  });
});

describe('recommended colours', () => {
  it('are the screen colours that the standard means', () => {
    expect(cielabToRgb([65535, 32896, 32896])).toEqual([255, 255, 255]);
    expect(cielabToRgb([0, 32896, 32896])).toEqual([0, 0, 0]);
    const [red, green, blue] = cielabToRgb([34885, 53485, 50171]) ?? [0, 0, 0];
    expect(red).toBeGreaterThan(245);
    expect(green).toBeLessThan(30);
    expect(blue).toBeLessThan(30);
  });
});
