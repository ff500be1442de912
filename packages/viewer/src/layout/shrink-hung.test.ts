import { describe, expect, it } from 'vitest';
import { shrinkGrid } from './shrink-hung.ts';

describe('a hanging with empty viewports', () => {
  it('loses rows and columns that nothing fills', () => {
    expect(shrinkGrid({ rows: 2, columns: 2 }, ['a', 'b', null, null])).toEqual({
      rows: 1,
      columns: 2,
      cells: ['a', 'b'],
    });
    expect(shrinkGrid({ rows: 2, columns: 2 }, ['a', null, 'c', null])).toEqual({
      rows: 2,
      columns: 1,
      cells: ['a', 'c'],
    });
  });

  it('keeps the place of what is missing in a row that others fill', () => {
    const mammogram = ['rcc', 'lcc', null, 'lmlo'];
    expect(shrinkGrid({ rows: 2, columns: 2 }, mammogram)).toEqual({ rows: 2, columns: 2, cells: mammogram });
  });

  it('stays as it is when nothing fits at all', () => {
    expect(shrinkGrid({ rows: 1, columns: 2 }, [null, null]).cells).toEqual([null, null]);
  });
});
