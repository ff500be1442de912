import { describe, expect, it } from 'vitest';
import { MeasureStrokes } from './measure-strokes.ts';
import { Measurements } from './measurements.ts';

const frame = { sopInstanceUid: '1.2', frameNumber: 1 };
const asIs = (point: { x: number; y: number }) => point;
const open = () => {
  const measurements = new Measurements();
  return { measurements, strokes: new MeasureStrokes(measurements) };
};
const p = (x: number, y: number) => ({ x, y });

describe('strokes that measure', () => {
  it('make a length in one drag', () => {
    const { measurements, strokes } = open();
    strokes.begin('length', frame, p(1, 1));
    strokes.move(p(5, 5));
    strokes.end(p(9, 9), false);
    expect(measurements.all()[0]?.points).toEqual([p(1, 1), p(9, 9)]);
    expect(strokes.isBusy).toBe(false);
  });

  it('make a length in two clicks', () => {
    const { measurements, strokes } = open();
    strokes.begin('length', frame, p(1, 1));
    strokes.end(p(1, 1), true);
    strokes.hover(p(4, 4));
    strokes.begin('length', frame, p(9, 9));
    strokes.end(p(9, 9), true);
    expect(measurements.all()).toHaveLength(1);
    expect(measurements.all()[0]?.points).toEqual([p(1, 1), p(9, 9)]);
    expect(strokes.isBusy).toBe(false);
  });

  it('make an angle of a drag and a click', () => {
    const { measurements, strokes } = open();
    strokes.begin('angle', frame, p(0, 0));
    strokes.end(p(10, 0), false);
    expect(strokes.isBusy).toBe(true);
    strokes.hover(p(10, 7));
    strokes.begin('angle', frame, p(10, 10));
    strokes.end(p(10, 10), true);
    expect(measurements.all()[0]?.points).toEqual([p(0, 0), p(10, 0), p(10, 10)]);
    expect(strokes.isBusy).toBe(false);
  });

  it('move a grip that is caught, and select it for deleting', () => {
    const { measurements, strokes } = open();
    strokes.begin('length', frame, p(0, 0));
    strokes.end(p(100, 0), false);
    expect(strokes.grab(frame, asIs, p(97, 2), 9)).toBe(true);
    strokes.move(p(50, 50));
    strokes.end(p(50, 50), false);
    expect(measurements.all()[0]?.points[1]).toEqual(p(50, 50));
    expect(strokes.removeSelected()).toBe(true);
    expect(measurements.all()).toEqual([]);
  });

  it('leave nothing behind when given up', () => {
    const { measurements, strokes } = open();
    strokes.begin('angle', frame, p(0, 0));
    strokes.end(p(10, 0), false);
    strokes.cancel();
    expect(measurements.all()).toEqual([]);
    expect(strokes.isBusy).toBe(false);
  });

  it('come back from a kept state, on their own frame only', () => {
    const first = open();
    first.strokes.begin('length', frame, p(0, 0));
    first.strokes.end(p(3, 4), false);
    const kept = JSON.parse(JSON.stringify(first.measurements.all()));
    const second = open();
    second.measurements.restore(kept);
    expect(second.measurements.of('1.2', 1)).toHaveLength(1);
    expect(second.measurements.of('1.2', 2)).toHaveLength(0);
    second.strokes.begin('length', frame, p(0, 0));
    expect(new Set(second.measurements.all().map(({ id }) => id)).size).toBe(2);
  });
});
