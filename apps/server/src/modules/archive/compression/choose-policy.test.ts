import { expect, it } from 'vitest';
import { choosePolicies, leastAgeDays } from './choose-policy.ts';
import type { PolicyRow } from './repo.ts';

function policy(change: Partial<PolicyRow>): PolicyRow {
  return {
    id: '1',
    position: 0,
    name: change.name ?? String(change.action),
    modality: null,
    least_age_days: 0,
    action: 'keep',
    ratio: null,
    enabled: true,
    updated_at: new Date(0),
    ...change,
  };
}

const policies = [
  policy({ name: 'MG stays', modality: 'MG', action: 'keep' }),
  policy({ name: 'CT after a year', modality: 'CT', least_age_days: 365, action: 'replace' }),
  policy({ name: 'off', action: 'replace', enabled: false }),
  policy({ name: 'small ones', least_age_days: 30, action: 'preview', ratio: 10 }),
  policy({ name: 'all after three years', least_age_days: 1095, action: 'replace' }),
];

it.each([
  ['MG', 4000, null, null],
  ['CT', 10, null, null],
  ['CT', 40, null, 'small ones'],
  ['CT', 400, 'CT after a year', 'small ones'],
  ['CT', 4000, 'CT after a year', 'small ones'],
  ['DX', 400, null, 'small ones'],
  ['DX', 1095, 'all after three years', 'small ones'],
  [null, 4000, 'all after three years', 'small ones'],
])('of %s %i days old: replace by %s, preview by %s', (modality, days, replace, preview) => {
  const chosen = choosePolicies(policies, { modality, days });
  expect([chosen.replace?.name ?? null, chosen.preview?.name ?? null]).toEqual([replace, preview]);
});

it('looks no further back than the youngest age that does something', () => {
  expect(leastAgeDays(policies)).toBe(30);
  expect(
    leastAgeDays([policy({ action: 'keep' }), policy({ action: 'replace', enabled: false })]),
  ).toBeNull();
});
