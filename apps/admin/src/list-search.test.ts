import { describe, expect, it } from 'vitest';
import {
  firstPage,
  nextPage,
  pagingOf,
  parseSearch,
  previousPage,
  readSearch,
  writeSearch,
} from './list-search.ts';

describe('the state of a table in the address', () => {
  it('goes forward and back through pages, and a reload finds the same one', () => {
    const second = nextPage({ state: 'dead' }, '118619118465200129');
    const third = nextPage(second, '118619118465200040');
    const reloaded = readSearch(parseSearch(writeSearch(third)));
    expect(reloaded).toEqual(third);
    expect(pagingOf(reloaded)).toEqual({ cursor: '118619118465200040', page: 3, limit: 20 });
    expect(previousPage(reloaded)).toEqual(second);
    expect(previousPage(second)).toEqual({ state: 'dead' });
    expect(previousPage({})).toEqual({});
  });

  it('keeps 64-bit ids as they are', () => {
    const search = parseSearch('?after=9223372036854775807');
    expect(writeSearch(readSearch(search))).toBe('?after=9223372036854775807');
  });

  it('begins another selection on its first page, with no row open', () => {
    expect(firstPage({ after: '1.2', item: '3', limit: '50', state: 'dead' }, { state: 'done' })).toEqual({
      limit: '50',
      state: 'done',
    });
  });

  it.each([
    ['a cursor that is none', { after: '1.x' }],
    ['a limit that nobody offers', { limit: '5000' }],
    ['markup for a state', { state: '<b>' }],
    ['a row id that is none', { item: '../1' }],
    ['names it does not know', { other: '1' }],
  ])('drops %s', (_, raw) => {
    expect(readSearch(raw)).toEqual({});
  });

  it('does not grow without end', () => {
    let search = {};
    for (let page = 0; page < 200; page += 1) search = nextPage(search, '118619118465200129');
    expect(writeSearch(search).length).toBeLessThan(1300);
  });
});
