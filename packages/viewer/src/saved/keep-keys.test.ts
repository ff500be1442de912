// What is kept comes back, what others wrote does not.
import { describe, expect, it } from 'vitest';
import { keepKeys } from './keep-keys.ts';

function shelfOf(held: Record<string, string> = {}) {
  return {
    held,
    getItem: (name: string) => held[name] ?? null,
    setItem(name: string, value: string) {
      held[name] = value;
    },
    removeItem(name: string) {
      delete held[name];
    },
  };
}

describe('marks of key images', () => {
  it('come back by study until they are saved', () => {
    const shelf = shelfOf();
    const keys = [{ sopInstanceUid: '1.2.3', frameNumber: 4 }];
    keepKeys('1.2', shelf).write(keys);
    expect(keepKeys('1.2', shelf).read()).toEqual(keys);
    expect(keepKeys('1.9', shelf).read()).toBeNull();
    keepKeys('1.2', shelf).write(null);
    expect(keepKeys('1.2', shelf).read()).toBeNull();
  });

  it('are left out when somebody else wrote them, and do without a shelf', () => {
    const name = 'yunying.keys.1.2';
    expect(
      keepKeys('1.2', shelfOf({ [name]: '[{"sopInstanceUid":"<b>","frameNumber":1},7]' })).read(),
    ).toEqual([]);
    expect(keepKeys('1.2', shelfOf({ [name]: '{' })).read()).toBeNull();
    expect(keepKeys('1.2', null).read()).toBeNull();
  });
});
