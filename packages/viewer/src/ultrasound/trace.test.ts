import { describe, expect, it } from 'vitest';
import { frameFacts } from '../geometry/frame-facts.ts';
import { shaped } from '../geometry/measurement.ts';
import { chooseSpacing, spacingAt } from '../geometry/spacing.ts';
import { sayer } from '../text.ts';
import { traceLines, traceReadout, traceValues } from './trace-text.ts';

const is = (...Value: unknown[]) => ({ Value });
const region = (
  format: number,
  box: [number, number, number, number],
  units: [number, number],
  delta: [number, number],
  referenceY?: number,
) => ({
  '00186012': is(format),
  '00186018': is(box[0]),
  '0018601A': is(box[1]),
  '0018601C': is(box[2]),
  '0018601E': is(box[3]),
  '00186024': is(units[0]),
  '00186026': is(units[1]),
  '0018602C': is(delta[0]),
  '0018602E': is(delta[1]),
  ...(referenceY === undefined ? {} : { '00186022': is(referenceY) }),
});
const facts = frameFacts(
  {
    '00080060': is('US'),
    '00186011': is(
      region(1, [0, 0, 399, 199], [3, 3], [0.02, 0.02]),
      region(2, [0, 200, 399, 399], [4, 3], [0.005, 0.05]),
      region(3, [0, 400, 399, 599], [4, 7], [0.005, -1.5], 100),
    ),
  },
  '1.2',
  1,
);
const drawn = (kind: 'length' | 'probe' | 'ellipse', ...points: [number, number][]) =>
  shaped(
    { id: 'm', sopInstanceUid: '1.2', frameNumber: 1, origin: 'drawn', text: '' },
    kind,
    points.map(([x, y]) => ({ x, y })),
  ) ?? expect.fail('not a measurement');
const say = sayer('en');

describe('ultrasound traces', () => {
  it('give time, depth and slope in M-mode', () => {
    expect(traceLines(drawn('length', [10, 210], [110, 230]), facts, say)).toEqual([
      'Δt 500\u2009ms',
      'Δd 10.0\u2009mm',
      'Slope 20.0\u2009mm/s',
    ]);
  });

  it('give a heart rate for a line along time', () => {
    expect(traceLines(drawn('length', [10, 210], [170, 210]), facts, say)).toEqual([
      'Δt 800\u2009ms',
      'HR 75\u2009/min',
    ]);
  });

  it('give velocities and the gradient in Doppler, from the base line', () => {
    expect(traceLines(drawn('probe', [50, 440]), facts, say)).toEqual([
      'v 90.0\u2009cm/s',
      'PG 3.24\u2009mmHg',
    ]);
    expect(traceValues(drawn('length', [50, 440], [50, 460]), facts)).toEqual([
      { concept: 'velocity', value: 30, unit: 'cm/s' },
    ]);
    expect(traceReadout(facts, { x: 50, y: 560 })).toBe('v 90.0\u2009cm/s');
  });

  it('give no area, and nothing for lines that leave the trace', () => {
    expect(traceLines(drawn('ellipse', [10, 410], [50, 410], [30, 405], [30, 420]), facts, say)).toEqual([
      say('noMeasureHere'),
    ]);
    expect(traceLines(drawn('length', [10, 190], [10, 210]), facts, say)).toBeNull();
    expect(traceLines(drawn('length', [10, 10], [10, 100]), facts, say)).toBeNull();
  });

  it('leave tissue measured in mm, and its scale for the bar', () => {
    const points = [
      { x: 10, y: 10 },
      { x: 10, y: 110 },
    ];
    expect(spacingAt(facts.spacing, points)).toEqual({ x: 0.2, y: 0.2, kind: 'ultrasound' });
    expect(chooseSpacing(facts.spacing)).toEqual({ x: 0.2, y: 0.2, kind: 'ultrasound' });
  });
});
