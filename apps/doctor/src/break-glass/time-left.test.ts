import { expect, it } from 'vitest';
import { leftOf } from './time-left.ts';

it('AC-11 the hour counts down in minutes and seconds and stops at nothing', () => {
  expect([3_600_000, 3_547_000, 6_100, 1, 0, -5].map(leftOf)).toEqual([
    '60:00',
    '59:07',
    '0:07',
    '0:01',
    '0:00',
    '0:00',
  ]);
});
