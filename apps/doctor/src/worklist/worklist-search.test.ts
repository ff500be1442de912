import { describe, expect, it } from 'vitest';
import { neighbourOf } from './row-choice.ts';
import { examQueryOf, hospitalDay, isFiltered, worklistSearch } from './worklist-search.ts';

const now = new Date('2026-11-24T17:30:00Z'); // already the 25th in the hospital

describe('the worklist in the address', () => {
  it('keeps what makes sense and drops the rest', () => {
    expect(
      worklistSearch({
        list: 'US',
        q: '13800',
        modality: 'ct',
        status: 'gone',
        from: '2026-1-1',
        exam: '42',
      }),
    ).toEqual({
      list: 'US',
      q: '13800',
      exam: '42',
    });
  });

  it('knows the hospital’s day, not the browser’s', () => {
    expect(hospitalDay(now)).toBe('2026-11-25');
    expect(examQueryOf({ list: 'three-days' }, now)).toEqual({ from: '2026-11-23', to: '2026-11-25' });
  });

  it('asks by type for the lists of types, and lets typed dates win', () => {
    expect(examQueryOf({ list: 'ES', q: '王' }, now)).toEqual({ examType: 'ES', q: '王' });
    expect(examQueryOf({ list: 'today', from: '2026-01-01' }, now)).toEqual({
      from: '2026-01-01',
      to: '2026-11-25',
    });
  });

  it('is not filtered by a chosen exam alone', () => {
    expect(isFiltered({ exam: '1' })).toBe(false);
    expect(isFiltered({ list: 'all' })).toBe(false);
    expect(isFiltered({ list: 'today' })).toBe(true);
  });
});

describe('keys in the rows', () => {
  const items = ['a', 'b', 'c'].map((id) => ({ id }));
  it('move the choice and stop at the ends', () => {
    expect(neighbourOf(items, null, 'ArrowDown')?.id).toBe('a');
    expect(neighbourOf(items, 'a', 'ArrowDown')?.id).toBe('b');
    expect(neighbourOf(items, 'c', 'ArrowDown')?.id).toBe('c');
    expect(neighbourOf(items, 'a', 'ArrowUp')?.id).toBe('a');
    expect(neighbourOf(items, 'a', 'End')?.id).toBe('c');
  });
  it('that mean nothing here change nothing', () => {
    expect(neighbourOf(items, 'a', 'x')).toBeNull();
    expect(neighbourOf([], null, 'ArrowDown')).toBeNull();
  });
});
