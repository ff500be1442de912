import { describe, expect, it } from 'vitest';
import type { Pixels } from '../frames/pixels.ts';
import {
  type AreaMeasurement,
  formatValue,
  measureAngle,
  measureArea,
  measureCobb,
  measureLength,
  scaleBarMm,
} from './measure.ts';
import { areaStatistics } from './measure-area.ts';
import { dragHandle, ellipseIn, findGrip, findLine, handles, simplify } from './measure-shape.ts';
import { type Measurement, readMeasurement } from './measurement.ts';
import type { Spacing } from './spacing.ts';

const p = (x: number, y: number) => ({ x, y });
const mm: Spacing = { x: 0.5, y: 0.5, kind: 'patient' };
const placed = { id: 'm1', sopInstanceUid: '1.2', frameNumber: 1, origin: 'drawn', text: '' } as const;

describe('lengths and angles', () => {
  it('are in mm with spacing, in pixels and uncalibrated without', () => {
    expect(measureLength([p(0, 0), p(30, 40)], mm)).toEqual({ value: 25, unit: 'mm', caveat: 'none' });
    const none: Spacing = { x: 1, y: 1, kind: 'none' };
    expect(measureLength([p(0, 0), p(30, 40)], none)).toEqual({
      value: 50,
      unit: 'px',
      caveat: 'uncalibrated',
    });
    const manual = measureLength([p(0, 0), p(10, 0)], { x: 2, y: 2, kind: 'manual' });
    expect(manual).toEqual({ value: 20, unit: 'mm', caveat: 'manual' });
    expect(measureLength([p(0, 0), p(10, 0)], { x: 2, y: 2, kind: 'detector' }).caveat).toBe('at-detector');
  });

  it('take account of pixels that are not square', () => {
    expect(measureAngle([p(10, 0), p(0, 0), p(0, 10)], mm).value).toBeCloseTo(90);
    expect(measureAngle([p(1, 0), p(0, 0), p(1, 1)], { x: 1, y: 2, kind: 'patient' }).value).toBeCloseTo(
      63.435,
      2,
    );
    expect(measureAngle([p(0, 0), p(0, 0), p(1, 1)], mm).value).toBe(0);
  });

  it('give the Cobb angle whichever way the lines were drawn, above 90° too', () => {
    const ray = (degrees: number, y: number) => {
      const turn = (degrees * Math.PI) / 180;
      return [p(0, y), p(100 * Math.cos(turn), y + 100 * Math.sin(turn))] as const;
    };
    const [a1, a2] = ray(-20, 0);
    const [b1, b2] = ray(15, 300);
    expect(measureCobb([a1, a2, b1, b2], mm).value).toBeCloseTo(35);
    expect(measureCobb([a1, a2, b2, b1], mm).value).toBeCloseTo(35);
    const [c1, c2] = ray(-60, 0);
    const [d1, d2] = ray(50, 300);
    expect(measureCobb([c1, c2, d1, d2], mm).value).toBeCloseTo(110);
  });

  it('are written with a thin space', () => {
    expect(formatValue({ value: 12.345, unit: 'mm', caveat: 'none' })).toBe('12.3\u2009mm');
    expect(formatValue({ value: 103.26, unit: 'mm²', caveat: 'none' })).toBe('103.3\u2009mm²');
    expect(formatValue({ value: 41.96, unit: '°', caveat: 'none' })).toBe('42.0°');
  });

  it('have a scale bar that fits', () => {
    expect(scaleBarMm(2, 250)).toBe(100);
    expect(scaleBarMm(0.1, 100)).toBe(1000);
  });
});

describe('areas', () => {
  const columns = 40;
  const rows = 30;
  const samples = Int16Array.from({ length: columns * rows }, (_, at) => ((at * 7919) % 2003) - 1000);
  const pixels: Pixels = { samples, columns, rows, components: 1, step: 1, offset: 0, min: -1000, max: 1002 };
  const slow = (isInside: (x: number, y: number) => boolean) => {
    const values: number[] = [];
    for (let y = 0; y < rows; y += 1)
      for (let x = 0; x < columns; x += 1)
        if (isInside(x, y)) values.push((samples[y * columns + x] ?? 0) * 2 - 24);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      count: values.length,
      mean,
      deviation: Math.sqrt(squares / values.length),
      min: Math.min(...values),
      max: Math.max(...values),
    };
  };
  const check = (area: AreaMeasurement, isInside: (x: number, y: number) => boolean) => {
    const found = areaStatistics(area, pixels, { slope: 2, intercept: -24 });
    const wanted = slow(isInside);
    expect(found?.count).toBe(wanted.count);
    for (const name of ['mean', 'deviation', 'min', 'max'] as const)
      expect(found?.[name]).toBeCloseTo(wanted[name], 6);
  };

  it('count the pixels whose centre is inside, as brute force does', () => {
    check(
      { ...placed, kind: 'rectangle', points: [p(30.4, 3.2), p(5.5, 21.7)] },
      (x, y) => x > 5.5 && x < 30.4 && y > 3.2 && y < 21.7,
    );
    check(
      { ...placed, kind: 'ellipse', points: ellipseIn(p(4.2, 3.1), p(33.3, 25.9)) },
      (x, y) => ((x - 18.75) / 14.55) ** 2 + ((y - 14.5) / 11.4) ** 2 <= 1,
    );
  });

  it('count turned ellipses and outlines with notches, and stop at the border of the picture', () => {
    const turn = 0.6;
    const axis = (length: number, angle: number) => p(length * Math.cos(angle), length * Math.sin(angle));
    const centre = p(35, 14);
    const at = ({ x, y }: { x: number; y: number }, sign: number) =>
      p(centre.x + sign * x, centre.y + sign * y);
    const [u, v] = [axis(12, turn), axis(5, turn + Math.PI / 2)];
    check({ ...placed, kind: 'ellipse', points: [at(u, -1), at(u, 1), at(v, -1), at(v, 1)] }, (x, y) => {
      const [dx, dy] = [x - centre.x, y - centre.y];
      const along = (dx * Math.cos(turn) + dy * Math.sin(turn)) / 12;
      const across = (-dx * Math.sin(turn) + dy * Math.cos(turn)) / 5;
      return along ** 2 + across ** 2 <= 1;
    });
    const notch = [p(2.3, 2.1), p(30.7, 2.1), p(30.7, 25.4), p(16.5, 8.2), p(2.3, 25.4)];
    check({ ...placed, kind: 'freehand', points: notch }, (x, y) => {
      let isIn = false;
      for (const [i, a] of notch.entries()) {
        const b = notch[(i + 1) % notch.length] ?? a;
        if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isIn = !isIn;
      }
      return isIn;
    });
  });

  it('have a size in mm², none where the outline crosses itself', () => {
    const box: AreaMeasurement = { ...placed, kind: 'rectangle', points: [p(0, 0), p(10, 20)] };
    expect(measureArea(box, mm)).toEqual({ value: 50, unit: 'mm²', caveat: 'none' });
    const round: AreaMeasurement = { ...placed, kind: 'ellipse', points: ellipseIn(p(0, 0), p(20, 10)) };
    expect(measureArea(round, mm)?.value).toBeCloseTo((Math.PI * 10 * 5) / 4);
    const bow = [p(0, 0), p(10, 10), p(10, 0), p(0, 10)];
    expect(measureArea({ ...placed, kind: 'freehand', points: bow }, mm)).toBeNull();
    const l = [p(0, 0), p(10, 0), p(10, 5), p(5, 5), p(5, 10), p(0, 10)];
    expect(measureArea({ ...placed, kind: 'freehand', points: l }, mm)?.value).toBeCloseTo(75 / 4);
  });

  it('tell nothing of colours and previews', () => {
    const box: AreaMeasurement = { ...placed, kind: 'rectangle', points: [p(0, 0), p(10, 20)] };
    expect(areaStatistics(box, { ...pixels, step: 2 }, { slope: 1, intercept: 0 })).toBeNull();
    expect(areaStatistics(box, { ...pixels, components: 3 }, { slope: 1, intercept: 0 })).toBeNull();
  });
});

describe('handles', () => {
  const asIs = (point: { x: number; y: number }) => point;
  const box: Measurement = { ...placed, kind: 'rectangle', points: [p(0, 0), p(10, 20)] };

  it('are the four corners of a rectangle, and each drags its two sides', () => {
    expect(handles(box)).toHaveLength(4);
    expect(dragHandle(box, 2, p(12, -3))).toEqual([p(0, -3), p(12, 20)]);
    expect(dragHandle(box, 3, p(-1, 30))).toEqual([p(-1, 0), p(10, 30)]);
  });

  it('of an ellipse stretch their own axis and keep the other end', () => {
    const round: Measurement = { ...placed, kind: 'ellipse', points: ellipseIn(p(0, 0), p(20, 10)) };
    expect(dragHandle(round, 1, p(40, 99))).toEqual([p(0, 5), p(40, 5), p(20, 0), p(20, 10)]);
  });

  it('are caught nearest first, and lines by their distance', () => {
    expect(findGrip([box], asIs, p(9, 18), 5)).toEqual({ id: 'm1', handle: 1 });
    expect(findGrip([box], asIs, p(5, 10), 4)).toBeNull();
    expect(findLine([box], asIs, p(1, 10), 2)).toBe('m1');
    expect(findLine([box], asIs, p(5, 10), 2)).toBeNull();
  });

  it('of an outline pull their neighbours along', () => {
    const points = Array.from({ length: 64 }, (_, at) =>
      p(Math.cos(at / 10.2) * 50, Math.sin(at / 10.2) * 50),
    );
    const blob: Measurement = { ...placed, kind: 'freehand', points };
    const moved = dragHandle(blob, 0, p(60, 0));
    expect(moved[0]).toEqual(p(60, 0));
    expect(moved[4]?.x).toBeCloseTo((points[4]?.x ?? 0) + 5);
    expect(moved[32]).toEqual(points[32]);
    expect(simplify([p(0, 0), p(5, 0.1), p(10, 0), p(10, 10)], 0.35)).toHaveLength(3);
  });
});

describe('kept measurements', () => {
  it('are read back, and nothing that is none', () => {
    const kept: unknown = JSON.parse(
      JSON.stringify({
        ...placed,
        kind: 'cobb',
        points: [p(0, 0), p(1, 1), p(2, 2), p(3, 3)],
        label: p(4, 4),
      }),
    );
    expect(readMeasurement(kept)?.label).toEqual(p(4, 4));
    expect(readMeasurement({ ...placed, kind: 'length', points: [p(0, 0)] })).toBeNull();
    expect(readMeasurement({ ...placed, kind: 'length', points: [p(0, 0), { x: 'a', y: 1 }] })).toBeNull();
    expect(readMeasurement({ ...placed, kind: 'spell', points: [] })).toBeNull();
    expect(
      readMeasurement({ ...placed, kind: 'probe', points: [p(0, 0)], colour: 'url(x)' })?.colour,
    ).toBeUndefined();
  });
});
