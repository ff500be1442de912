import { describe, expect, it } from 'vitest';
import { applyFilters } from './filters.ts';

const rate = 500;
const sine = (hertz: number, seconds = 8, offset = 0) =>
  Float32Array.from(
    { length: seconds * rate },
    (_, at) => offset + Math.sin((2 * Math.PI * hertz * at) / rate),
  );
/** Of the middle, away from the ends. */
const amplitude = (samples: Float32Array) =>
  samples
    .subarray(samples.length / 4, (samples.length * 3) / 4)
    .reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const none = { highPass: null, lowPass: null, notch: null };

describe('zero-phase filters', () => {
  it('are 3 dB down at the frequency that stands on the paper, forwards and backwards together', () => {
    expect(amplitude(applyFilters(sine(40), rate, { ...none, lowPass: 40 }))).toBeCloseTo(Math.SQRT1_2, 2);
    expect(amplitude(applyFilters(sine(0.5, 40), rate, { ...none, highPass: 0.5 }))).toBeCloseTo(
      Math.SQRT1_2,
      2,
    );
  });

  it('leave what they are to pass, and take what they are to stop', () => {
    expect(amplitude(applyFilters(sine(5), rate, { ...none, lowPass: 40 }))).toBeCloseTo(1, 2);
    expect(amplitude(applyFilters(sine(200), rate, { ...none, lowPass: 35 }))).toBeLessThan(0.01);
    expect(amplitude(applyFilters(sine(50), rate, { ...none, notch: 50 }))).toBeLessThan(0.02);
    expect(amplitude(applyFilters(sine(10), rate, { ...none, notch: 50 }))).toBeCloseTo(1, 2);
    expect(amplitude(applyFilters(sine(10, 20, 3), rate, { ...none, highPass: 0.5 }))).toBeCloseTo(1, 1);
  });

  it('move nothing in time', () => {
    const spike = new Float32Array(1000);
    spike[400] = 1;
    const out = applyFilters(spike, rate, { ...none, lowPass: 35 });
    expect(out.indexOf(Math.max(...out))).toBe(400);
    for (let by = 1; by < 40; by += 1) expect(out[400 - by]).toBeCloseTo(out[400 + by] ?? 0, 5);
  });

  it('leave gaps where they are and do not smear over them', () => {
    const samples = Float32Array.from({ length: 300 }, (_, at) => (at >= 100 && at < 200 ? Number.NaN : 1));
    const out = applyFilters(samples, rate, { ...none, lowPass: 35 });
    expect(out[99]).toBeCloseTo(1, 5);
    expect(out[200]).toBeCloseTo(1, 5);
    expect(Number.isNaN(out[150] ?? 0)).toBe(true);
  });

  it('above half the sampling rate do nothing', () => {
    const samples = sine(10);
    expect(applyFilters(samples, rate, { ...none, lowPass: 300 })).toBe(samples);
  });
});
