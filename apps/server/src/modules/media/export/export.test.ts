// Sizes on film sheets, and spacing as the standard orders it.
import { createDataset, setValue } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import { spacingOf } from './export-pictures.ts';
import { gridOf, placeIn } from './film-sheet-form.ts';

describe('a picture on a film sheet', () => {
  const hand = { widthPx: 1000, heightPx: 2000, widthMm: 80, heightMm: 160 };

  it('is as large as the body where it fits', () => {
    expect(placeIn(hand, { width: 194, height: 267 }, true)).toEqual({ width: 80, height: 160, scale: 1 });
  });

  it('fills its place, and says the scale, where it does not fit or is not asked to be true', () => {
    expect(placeIn(hand, { width: 100, height: 80 }, true)).toEqual({ width: 40, height: 80, scale: 0.5 });
    expect(placeIn(hand, { width: 160, height: 320 }, false).scale).toBe(2);
  });

  it('without spacing has no scale', () => {
    const unknown = { ...hand, widthMm: null, heightMm: null };
    expect(placeIn(unknown, { width: 50, height: 50 }, true)).toEqual({ width: 25, height: 50, scale: null });
  });

  it('shares the sheet with up to eleven others', () => {
    expect([1, 2, 4, 6, 9, 12].map((count) => gridOf(count).columns * gridOf(count).rows)).toEqual([
      1, 2, 4, 6, 9, 12,
    ]);
  });
});

describe('pixel spacing', () => {
  it('is rows first, and at the detector when nothing else is known', () => {
    const dataset = createDataset();
    expect(spacingOf(dataset, 1)).toBe(null);
    setValue(dataset, 'ImagerPixelSpacing', ['0.2', '0.1']);
    expect(spacingOf(dataset, 1)).toEqual({ row: 0.2, column: 0.1, isAtDetector: true });
    setValue(dataset, 'PixelSpacing', ['0.15', '0.08']);
    expect(spacingOf(dataset, 1)).toEqual({ row: 0.15, column: 0.08, isAtDetector: false });
  });
});
