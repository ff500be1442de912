import { describe, expect, it } from 'vitest';
import { readingSearch } from './reading-search.ts';

describe('the reading room in the address', () => {
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
