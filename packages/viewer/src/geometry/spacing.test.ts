import { describe, expect, it } from 'vitest';
import { chooseSpacing, type SpacingFacts, spacingAt, type UltrasoundRegion } from './spacing.ts';

const facts = (over: Partial<SpacingFacts>): SpacingFacts => ({
  modality: 'CT',
  pixelSpacing: null,
  imagerPixelSpacing: null,
  nominalScannedPixelSpacing: null,
  pixelSpacingCalibrationType: null,
  estimatedMagnification: null,
  pixelAspectRatio: null,
  regions: [],
  ...over,
});

describe('the spacing that may be believed', () => {
  it('of a slice is Pixel Spacing, rows first', () => {
    expect(chooseSpacing(facts({ pixelSpacing: [0.8, 0.4] }))).toEqual({ x: 0.4, y: 0.8, kind: 'patient' });
  });

  it('of a projection image with only Imager Pixel Spacing is at the detector', () => {
    expect(chooseSpacing(facts({ modality: 'DX', imagerPixelSpacing: [0.14, 0.14] })).kind).toBe('detector');
  });

  it('of a projection image whose Pixel Spacing repeats the imager’s is at the detector too', () => {
    const both = facts({ modality: 'MG', pixelSpacing: [0.1, 0.1], imagerPixelSpacing: [0.1, 0.1] });
    expect(chooseSpacing(both).kind).toBe('detector');
  });

  it('of a projection image that was calibrated is the calibrated one', () => {
    const both = facts({ modality: 'XA', pixelSpacing: [0.2, 0.2], imagerPixelSpacing: [0.3, 0.3] });
    expect(chooseSpacing(both)).toEqual({ x: 0.2, y: 0.2, kind: 'calibrated' });
    const said = facts({
      modality: 'DX',
      pixelSpacing: [0.1, 0.1],
      imagerPixelSpacing: [0.1, 0.1],
      pixelSpacingCalibrationType: 'GEOMETRY',
    });
    expect(chooseSpacing(said).kind).toBe('calibrated');
  });

  it('is none without values or with impossible ones, but keeps the pixel’s shape', () => {
    expect(chooseSpacing(facts({})).kind).toBe('none');
    expect(chooseSpacing(facts({ pixelSpacing: [0, 0] })).kind).toBe('none');
    expect(chooseSpacing(facts({ pixelSpacing: [1] })).kind).toBe('none');
    expect(chooseSpacing(facts({ modality: 'US', pixelAspectRatio: [1, 2] }))).toEqual({
      x: 2,
      y: 1,
      kind: 'none',
    });
  });
});

describe('ultrasound', () => {
  const tissue: UltrasoundRegion = {
    spatialFormat: 1,
    unitsX: 3,
    unitsY: 3,
    deltaX: 0.05,
    deltaY: 0.05,
    left: 0,
    top: 0,
    right: 100,
    bottom: 100,
  };
  const trace: UltrasoundRegion = {
    ...tissue,
    spatialFormat: 3,
    unitsX: 4,
    unitsY: 7,
    left: 0,
    right: 100,
    top: 110,
    bottom: 200,
  };
  const us = facts({ modality: 'US', regions: [tissue, trace] });

  it('is measured in mm where all points lie in one tissue region', () => {
    expect(
      spacingAt(us, [
        { x: 1, y: 1 },
        { x: 90, y: 90 },
      ]),
    ).toEqual({ x: 0.5, y: 0.5, kind: 'ultrasound' });
  });

  it('is not measured in mm across regions or in a Doppler trace', () => {
    expect(
      spacingAt(us, [
        { x: 1, y: 1 },
        { x: 1, y: 150 },
      ]).kind,
    ).toBe('none');
    expect(
      spacingAt(us, [
        { x: 1, y: 120 },
        { x: 9, y: 150 },
      ]).kind,
    ).toBe('none');
  });
});
