import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

describe('the bounded cache', () => {
  it('lets the least recently used go when the weight is full', () => {
    const cache = new BoundedCache<string>(10);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, { weight: 3, keepMs: 1000 });
    expect(cache.get('a')).toBe('a');
    cache.set('d', 'd', { weight: 3, keepMs: 1000 });
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) ?? null)).toEqual(['a', null, 'c', 'd']);
  });

  it('forgets what is too old, and never keeps what is heavier than all of it', () => {
    let now = 0;
    const cache = new BoundedCache<string>(10, () => now);
    cache.set('a', 'a', { weight: 10, keepMs: 100 });
    now = 101;
    expect(cache.get('a')).toBeUndefined();
    cache.set('b', 'b', { weight: 10, keepMs: 100 }); // the weight of the old one is free again
    expect(cache.get('b')).toBe('b');
    cache.set('b', 'bb', { weight: 11, keepMs: 100 });
    expect(cache.get('b')).toBeUndefined();
  });
});
