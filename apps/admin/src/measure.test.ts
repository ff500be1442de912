import { describe, expect, it } from 'vitest';
import { formatMoment, formatSize, inHospital, waitOf } from './measure.ts';

describe('what the console prints', () => {
  it.each([
    [0, '0\u2009B'],
    [999, '999\u2009B'],
    [10_026, '10.0\u2009KB'],
    [999_600, '1.0\u2009MB'],
    ['71200000000', '71.2\u2009GB'],
    [1.5e12, '1.5\u2009TB'],
    [2e18, '2000\u2009PB'],
    [null, ''],
    ['x', ''],
    [-1, ''],
  ])('%s bytes are %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('times are those of the hospital, across midnight too', () => {
    expect(formatMoment('2026-11-23T16:30:00.000Z')).toBe('2026-11-24 00:30');
    expect(inHospital('2026-11-24T01:30:00Z')).toBe('2026-11-24T09:30:00.000+08:00');
    expect(formatMoment('never')).toBe('never');
  });

  it.each([
    [-5, 0, 'second'],
    [59.9, 59, 'second'],
    [60, 1, 'minute'],
    [7199, 1, 'hour'],
    [172_799, 47, 'hour'],
    [172_800, 2, 'day'],
  ])('a wait of %d s is %d %s', (seconds, count, unit) => {
    expect(waitOf(seconds)).toEqual({ count, unit });
  });
});
