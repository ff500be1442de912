import { describe, expect, it } from 'vitest';
import { findGrip, findLine, formatValue, type Measurement, measure, scaleBarMm } from './measure.ts';
import type { Spacing } from './spacing.ts';

const where = { id: 'm1', sopInstanceUid: '1.2', frameNumber: 1 };
const line = (x: number, y: number): Measurement => ({
  ...where,
  kind: 'length',
  points: [
    { x: 0, y: 0 },
    { x, y },
  ],
});
const mm: Spacing = { x: 0.5, y: 2, kind: 'patient' };

describe('a length', () => {
  it('uses each direction’s own spacing', () => {
    expect(measure(line(6, 2), mm)).toEqual({ value: 5, unit: 'mm', caveat: 'none' });
  });

  it('is in pixels and says so when the spacing is not known', () => {
    const measured = measure(line(3, 4), { x: 1, y: 1, kind: 'none' });
    expect(measured).toEqual({ value: 5, unit: 'px', caveat: 'uncalibrated' });
  });

  it('says when it was measured at the detector', () => {
    expect(measure(line(3, 4), { x: 1, y: 1, kind: 'detector' }).caveat).toBe('at-detector');
  });
});

describe('an angle', () => {
  const angle = (ax: number, ay: number, bx: number, by: number): Measurement => ({
    ...where,
    kind: 'angle',
    points: [
      { x: ax, y: ay },
      { x: 0, y: 0 },
      { x: bx, y: by },
    ],
  });

  it('is measured in the patient, not on stretched pixels', () => {
    expect(measure(angle(4, 0, 4, 1), mm).value).toBeCloseTo(45);
    expect(measure(angle(4, 0, 0, -3), mm).value).toBeCloseTo(90);
    expect(measure(angle(4, 0, -1, 0), mm).value).toBeCloseTo(180);
  });

  it('is 0 and not a riddle when an arm has no length', () => {
    expect(measure(angle(0, 0, 4, 1), mm).value).toBe(0);
  });
});

describe('values on screen', () => {
  it('have a thin space and as many digits as mean something', () => {
    expect(formatValue({ value: 112.793, unit: 'mm', caveat: 'none' })).toBe('112.8\u2009mm');
    expect(formatValue({ value: 3.456, unit: 'mm', caveat: 'none' })).toBe('3.46\u2009mm');
    expect(formatValue({ value: 38.2, unit: 'px', caveat: 'uncalibrated' })).toBe('38\u2009px');
    expect(formatValue({ value: 42, unit: '°', caveat: 'none' })).toBe('42.0°');
  });

  it('the scale bar is 1, 2 or 5 times a power of ten and fits', () => {
    expect(scaleBarMm(1, 300)).toBe(200);
    expect(scaleBarMm(3, 300)).toBe(100);
    expect(scaleBarMm(0.9, 60)).toBe(50);
    expect(scaleBarMm(400, 300)).toBeCloseTo(0.5);
  });
});

describe('catching a measurement', () => {
  const items = [line(100, 0)];
  const asIs = (point: { x: number; y: number }) => point;

  it('finds the nearest grip within reach', () => {
    expect(findGrip(items, asIs, { x: 95, y: 5 }, 9)).toEqual({ id: 'm1', point: 1 });
    expect(findGrip(items, asIs, { x: 50, y: 0 }, 9)).toBeNull();
  });

  it('finds a line between its ends only', () => {
    expect(findLine(items, asIs, { x: 50, y: 4 }, 5)).toBe('m1');
    expect(findLine(items, asIs, { x: 120, y: 0 }, 5)).toBeNull();
  });
});
