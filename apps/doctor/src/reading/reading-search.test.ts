import { describe, expect, it } from 'vitest';
import { readingSearch } from './reading-search.ts';

describe('the reading room in the address', () => {
  it('keeps what stands in the room', () => {
    const desk = '1x2*length*1*sr*abc*4*400_40_1_0_0_0_*-';
    expect(readingSearch({ desk })).toEqual({ desk });
    expect(readingSearch({ desk: '1x2<b>' })).toEqual({});
  });

  it('takes UIDs and frame numbers, and nothing else', () => {
    expect(readingSearch({ series: '1.2.3', frame: '5', compare: '2.25.7', report: 'off' })).toEqual({
      series: '1.2.3',
      frame: 5,
      compare: '2.25.7',
      report: 'off',
    });
    expect(readingSearch({ series: '<x>', frame: -1, compare: 5, report: 'yes' })).toEqual({});
    expect(readingSearch({ report: 'on' })).toEqual({ report: 'on' });
  });
});
