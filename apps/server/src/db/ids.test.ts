import { describe, expect, it } from 'vitest';
import { idTime, newId, setIdNode } from './ids.ts';

describe('newId', () => {
  it('gives 20,000 different ids that only grow and fit a bigint', () => {
    let last = 0n;
    for (let i = 0; i < 20_000; i += 1) {
      const id = BigInt(newId());
      expect(id > last).toBe(true);
      last = id;
    }
    expect(last < 2n ** 63n).toBe(true);
  });

  it('holds the node number and the time', () => {
    setIdNode(777);
    const id = newId();
    expect((BigInt(id) >> 12n) & 1023n).toBe(777n);
    expect(Math.abs(idTime(id).getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('refuses a node number that does not fit', () => {
    expect(() => setIdNode(1024)).toThrow(RangeError);
  });
});
