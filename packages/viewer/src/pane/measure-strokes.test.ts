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
const at = (x: number, y: number) => ({
  frame,
  toCanvas: asIs,
  toImage: asIs,
  at: p(x, y),
  reach: 9,
  labelAt: null,
  onlyChosen: false,
});

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
    expect(strokes.grab(at(97, 2))).toBe(true);
    strokes.move(p(50, 50));
    strokes.end(p(50, 50), false);
    expect(measurements.all()[0]?.points[1]).toEqual(p(50, 50));
    expect(strokes.removeSelected()).toBe(true);
    expect(measurements.all()).toEqual([]);
  });

  it('make a Cobb angle of two drags, or of four clicks', () => {
    const { measurements, strokes } = open();
    strokes.begin('cobb', frame, p(0, 0));
    strokes.move(p(8, 1));
    strokes.end(p(10, 1), false);
    strokes.begin('cobb', frame, p(0, 30));
    strokes.move(p(5, 33));
    expect(strokes.end(p(10, 35), false)?.points).toEqual([p(0, 0), p(10, 1), p(0, 30), p(10, 35)]);
    for (const place of [p(1, 1), p(9, 1), p(1, 9), p(9, 12)]) {
      strokes.begin('cobb', frame, place);
      strokes.move(place);
      strokes.end(place, true);
    }
    expect(measurements.all()[1]?.points).toEqual([p(1, 1), p(9, 1), p(1, 9), p(9, 12)]);
    expect(strokes.isBusy).toBe(false);
  });

  it('make areas, and drop an outline that encloses nothing', () => {
    const { measurements, strokes } = open();
    strokes.begin('ellipse', frame, p(0, 0));
    strokes.end(p(20, 10), false);
    expect(measurements.all()[0]?.points).toEqual([p(0, 5), p(20, 5), p(10, 0), p(10, 10)]);
    strokes.begin('freehand', frame, p(50, 50));
    for (const place of [p(60, 50), p(60, 60), p(50, 60)]) strokes.move(place);
    expect(strokes.end(p(50, 58), false)?.points).toHaveLength(4);
    strokes.begin('freehand', frame, p(90, 90));
    expect(strokes.end(p(90, 90), true)).toBeNull();
    expect(measurements.all()).toHaveLength(2);
  });

  it('go back and forth step by step, a step for each gesture', () => {
    const { measurements, strokes } = open();
    strokes.begin('length', frame, p(0, 0));
    strokes.end(p(100, 0), false);
    strokes.grab(at(50, 1));
    strokes.move(p(50, 11));
    strokes.move(p(50, 21));
    strokes.end(p(50, 21), false);
    expect(measurements.all()[0]?.points).toEqual([p(0, 20), p(100, 20)]);
    measurements.undo();
    expect(measurements.all()[0]?.points).toEqual([p(0, 0), p(100, 0)]);
    measurements.undo();
    expect(measurements.all()).toEqual([]);
    expect(measurements.canUndo).toBe(false);
    measurements.redo();
    measurements.redo();
    expect(measurements.all()[0]?.points).toEqual([p(0, 20), p(100, 20)]);
    expect(measurements.canRedo).toBe(false);
  });

  it('are forgotten for good once they are saved', () => {
    const { measurements, strokes } = open();
    strokes.begin('length', frame, p(0, 0));
    strokes.end(p(100, 0), false);
    measurements.forget(measurements.drawn().map(({ id }) => id));
    measurements.undo();
    measurements.undo();
    measurements.redo();
    expect(measurements.all()).toEqual([]);
  });

  it('put a whole back when the stroke becomes something else, and keep points of strokes before', () => {
    const { measurements, strokes } = open();
    strokes.begin('angle', frame, p(0, 0));
    strokes.end(p(10, 0), false);
    strokes.interrupt();
    expect(strokes.isBusy).toBe(true);
    strokes.cancel();
    strokes.begin('length', frame, p(0, 0));
    strokes.end(p(100, 0), false);
    strokes.grab(at(100, 0));
    strokes.move(p(60, 60));
    strokes.interrupt();
    expect(measurements.all()[0]?.points).toEqual([p(0, 0), p(100, 0)]);
  });

  it('pass over lines and texts that were not chosen when only chosen ones may move', () => {
    const { strokes } = open();
    strokes.begin('length', frame, p(0, 0));
    strokes.end(p(100, 0), false);
    strokes.selected = null;
    const press = { ...at(50, 1), onlyChosen: true, labelAt: { id: 'm1', place: p(50, 0) } };
    expect(strokes.grab(press)).toBe(false);
    expect(strokes.selected).toBe('m1');
    expect(strokes.grab({ ...press, labelAt: null })).toBe(true);
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
