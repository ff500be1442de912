import { describe, expect, it } from 'vitest';
import type { Pixels } from '../frames/pixels.ts';
import { frameFacts } from '../geometry/frame-facts.ts';
import { sayer } from '../text.ts';
import { badgeOf, readoutAt } from './readout.ts';

const say = sayer('zh-CN');
const ct = (over: object = {}) =>
  frameFacts(
    {
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00281052': { vr: 'DS', Value: [-1024] },
      '00281053': { vr: 'DS', Value: [1] },
      ...over,
    },
    '1.2',
    1,
  );
const pixels: Pixels = {
  samples: Uint16Array.from([0, 1024, 1064, 3000]),
  columns: 2,
  rows: 2,
  components: 1,
  step: 1,
  offset: 0,
  min: 0,
  max: 3000,
};

describe('the value under the pointer', () => {
  it('is rescaled and has its unit', () => {
    expect(readoutAt({ x: 0.2, y: 0.9 }, pixels, 'full', ct())).toBe('1, 2   40\u2009HU');
  });
  it('is never told of a preview, without metadata, or outside', () => {
    expect(readoutAt({ x: 0, y: 0 }, pixels, 'preview', ct())).toBe('1, 1   …');
    expect(readoutAt({ x: 0, y: 0 }, pixels, 'full', null)).toBe('1, 1   …');
    expect(readoutAt({ x: -0.6, y: 0 }, pixels, 'full', ct())).toBe('');
    expect(readoutAt({ x: 2, y: 0 }, pixels, 'full', ct())).toBe('');
  });
  it('is not there on a film picture', () => {
    expect(readoutAt({ x: 0, y: 0 }, pixels, 'film', ct())).toBe('');
  });
});

describe('the quality badge', () => {
  it('is amber until every bit is there, then gone', () => {
    expect(badgeOf('preview', false, ct(), say)).toEqual({ text: '预览', look: 'preview' });
    expect(badgeOf('full', false, ct(), say)).toBeNull();
  });
  it('says how lossy the origin was', () => {
    const lossy = ct({
      '00282110': { vr: 'CS', Value: ['01'] },
      '00282112': { vr: 'DS', Value: [8, 12.34] },
    });
    expect(badgeOf('full', true, lossy, say)?.text).toBe('有损 12.3:1');
    expect(badgeOf('full', true, null, say)?.text).toBe('有损');
  });
});
