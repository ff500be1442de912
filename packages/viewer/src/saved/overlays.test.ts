// Segments, structures and dose find their image and their pixels, whatever their grid.
import { describe, expect, it } from 'vitest';
import type { JsonItem } from '../geometry/dicom-json.ts';
import { doseAt, doseValues, readDose } from './model/dose.ts';
import { patientPlane, pixelUnder, pointOnPlane } from './model/patient-plane.ts';
import { framePixels, framesOn, readSegmentation, type Target } from './model/segmentation.ts';
import { outlinesOn, readStructures } from './model/structures.ts';
import { code, codeItem, decimals, items, numbers, text, uid } from './model/write-json.ts';

const target = (z: number): Target => ({
  sopInstanceUid: `1.2.${z}`,
  frameNumber: 1,
  plane: patientPlane([10, 20, z], [1, 0, 0, 0, 1, 0], [2, 0.5]),
  frameOfReferenceUid: '1.9',
  rows: 4,
  columns: 5,
  reachMm: 1.5,
});

function segmentation(extra: JsonItem, frames: JsonItem[]): JsonItem {
  return {
    '00080016': uid('1.2.840.10008.5.1.4.1.1.66.4'),
    '00200052': uid('1.9'),
    '00280008': numbers('IS', frames.length),
    '00280010': numbers('US', 3),
    '00280011': numbers('US', 3),
    '00280100': numbers('US', 1),
    '00620001': code('BINARY'),
    '00620002': items(
      {
        '00620004': numbers('US', 1),
        '00620005': text('ST', '肝'),
        '0062000D': numbers('US', 34885, 53485, 50171),
      },
      {
        '00620004': numbers('US', 2),
        '0062000F': items(codeItem({ value: '1', scheme: 'SCT', meaning: 'Lesion' })),
      },
    ),
    '52009229': items({
      '00209116': items({ '00200037': decimals(1, 0, 0, 0, 1, 0) }),
      '00289110': items({ '00280030': decimals(2, 0.5) }),
    }),
    '52009230': items(...frames),
    ...extra,
  };
}
const frame = (segment: number, z: number, source?: string): JsonItem => ({
  '0062000A': items({ '0062000B': numbers('US', segment) }),
  '00209113': items({ '00200032': decimals(10, 20, z) }),
  ...(source === undefined ? {} : { '00089124': items({ '00082112': items({ '00081155': uid(source) }) }) }),
});

describe('a segmentation', () => {
  it('has its segments by name and colour, and its frames by place or by source', () => {
    const read = readSegmentation(segmentation({}, [frame(1, 0), frame(2, 0), frame(1, 3, '1.2.3')]));
    if (read === null) return expect.fail('not read');
    expect(read.segments.map(({ label }) => label)).toEqual(['肝', 'Lesion']);
    expect(framesOn(read, target(0)).map(({ segment }) => segment)).toEqual([1, 2]);
    expect(framesOn(read, target(1)).map(({ index }) => index)).toEqual([0, 1]);
    expect(framesOn(read, target(3)).map(({ index }) => index)).toEqual([2]);
    expect(framesOn(read, { ...target(0), frameOfReferenceUid: '1.8' })).toEqual([]);
  });

  it('of single bits is unpacked across the borders of bytes', () => {
    const read = readSegmentation(segmentation({}, [frame(1, 0), frame(1, 3)]));
    if (read === null) return expect.fail('not read');
    // 18 bits, least significant first: frame 1 = pixel 0 and 8, frame 2 = pixel 0 and 8.
    const bytes = Uint8Array.of(0b0000_0001, 0b0000_0011, 0b0000_0010);
    const on = (index: number) =>
      [...framePixels(read, bytes, index)].flatMap((value, at) => (value > 0 ? [at] : []));
    expect(on(0)).toEqual([0, 8]);
    expect(on(1)).toEqual([0, 8]);
  });

  it('of fractions is told as coverage', () => {
    const extra = {
      '00280100': numbers('US', 8),
      '00620001': code('FRACTIONAL'),
      '0062000E': numbers('US', 100),
    };
    const read = readSegmentation(segmentation(extra, [frame(1, 0)]));
    if (read === null) return expect.fail('not read');
    expect(framePixels(read, Uint8Array.of(0, 50, 100, 0, 0, 0, 0, 0, 0), 0).slice(0, 3)).toEqual(
      Uint16Array.of(0, 128, 255),
    );
  });
});

describe('a structure set', () => {
  const json: JsonItem = {
    '30060020': items({
      '30060022': numbers('IS', 7),
      '30060024': uid('1.9'),
      '30060026': text('SH', 'PTV'),
    }),
    '30060039': items({
      '30060084': numbers('IS', 7),
      '3006002A': numbers('IS', 255, 0, 0),
      '30060040': items({
        '30060042': code('CLOSED_PLANAR'),
        '30060050': decimals(10, 20, 3, 12, 20, 3, 12, 26, 3),
      }),
    }),
  };
  it('lies on the image of its plane, in its pixels, and on no other', () => {
    const set = readStructures(json);
    const [structure] = set.structures;
    if (structure === undefined) return expect.fail('not read');
    expect([structure.name, structure.rgb]).toEqual(['PTV', [255, 0, 0]]);
    expect(outlinesOn(set, structure, target(3))[0]?.points).toEqual([
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 4, y: 3 },
    ]);
    expect(outlinesOn(set, structure, target(6))).toEqual([]);
  });
});

describe('a dose grid', () => {
  it('is linear between its points and nothing outside', () => {
    const grid = readDose({
      '00200032': decimals(0, 0, 0),
      '00200037': decimals(1, 0, 0, 0, 1, 0),
      '00200052': uid('1.9'),
      '00280008': numbers('IS', 2),
      '00280010': numbers('US', 2),
      '00280011': numbers('US', 2),
      '00280030': decimals(10, 10),
      '00280100': numbers('US', 16),
      '3004000C': decimals(0, 5),
      '3004000E': decimals(0.5),
    });
    if (grid === null) return expect.fail('not read');
    const bytes = new Uint8Array(Uint16Array.of(0, 2, 4, 6, 8, 10, 12, 14).buffer);
    const values = doseValues(grid, bytes);
    expect(doseAt(grid, values, [0, 0, 0])).toBe(0);
    expect(doseAt(grid, values, [10, 10, 5])).toBe(7);
    expect(doseAt(grid, values, [5, 5, 2.5])).toBeCloseTo(3.5);
    expect(doseAt(grid, values, [5, 5, 6])).toBe(0);
    expect(doseAt(grid, values, [-1, 5, 2])).toBe(0);
  });
});

describe('places in the patient', () => {
  it('come back as the pixel they were', () => {
    const { plane } = target(7);
    if (plane === null) return expect.fail('no plane');
    expect(pixelUnder(plane, pointOnPlane(plane, { x: 1.5, y: 2.25 }))).toEqual({ x: 1.5, y: 2.25 });
  });
});
