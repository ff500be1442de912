import { expect, it } from 'vitest';
import { isWithin, matchesRule } from './match-rule.ts';

const any = {
  modalities: null,
  source_ae_titles: null,
  institution_id: null,
  department_id: null,
  sop_class_uids: null,
  from_minute: null,
  to_minute: null,
};
const ct = { modality: 'CT', source: 'dimse:CT01', sopClassUid: '1.2.840.10008.5.1.4.1.1.2' };
const sr = { modality: 'SR', source: 'dimse:CAD', sopClassUid: '1.2.840.10008.5.1.4.1.1.88.22' };
const place = { institutionId: '1', departmentId: '7' };
const noon = 12 * 60;

it.each([
  ['no condition means every study', any, true],
  ['the modality of one series', { ...any, modalities: 'MR CT' }, true],
  ['another modality', { ...any, modalities: 'MR' }, false],
  ['the source', { ...any, source_ae_titles: 'CT 02\\CT01' }, true],
  ['modality and source of the same object', { ...any, modalities: 'CT', source_ae_titles: 'CAD' }, false],
  ['a SOP class', { ...any, sop_class_uids: ct.sopClassUid }, true],
  ['the institution', { ...any, institution_id: '2' }, false],
  ['the department', { ...any, department_id: '7' }, true],
  ['the hours', { ...any, from_minute: 0, to_minute: 60 }, false],
])('%s', (_what, rule, matches) => {
  expect(matchesRule(rule, 'BACKUP', [ct, sr], place, noon)).toBe(matches);
});

it('does not send back to where everything came from', () => {
  expect(matchesRule(any, 'CT01', [ct], place, noon)).toBe(false);
  expect(matchesRule(any, 'CT01', [ct, sr], place, noon)).toBe(true);
});

it('takes a window past midnight', () => {
  const night = (minute: number) => isWithin(minute, 20 * 60, 6 * 60);
  expect([night(21 * 60), night(5 * 60), night(6 * 60), night(noon)]).toEqual([true, true, false, false]);
});
