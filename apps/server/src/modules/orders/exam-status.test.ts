import { describe, expect, it } from 'vitest';
import type { ExamStatus } from './exam-status.ts';
import { nextStatus } from './exam-status.ts';
import { examTypeOf, mainModality } from './exam-type.ts';

describe('the status chain of an exam', () => {
  const cases: [ExamStatus, ExamStatus, ExamStatus, string][] = [
    ['requested', 'scheduled', 'scheduled', 'moves forward'],
    ['requested', 'examined', 'examined', 'may skip steps that nobody reported'],
    ['verified', 'scheduled', 'verified', 'never moves back'],
    ['requested', 'cancelled', 'cancelled', 'is cancelled before the exam'],
    ['examined', 'cancelled', 'examined', 'is not cancelled after it'],
    ['cancelled', 'scheduled', 'scheduled', 'comes back when ordered again'],
    ['cancelled', 'examined', 'examined', 'comes back when images exist after all'],
    ['published', 'withdrawn', 'withdrawn', 'is withdrawn after the report'],
    ['examined', 'withdrawn', 'examined', 'cannot be withdrawn without a report'],
    ['withdrawn', 'verified', 'verified', 'is reported anew'],
    ['withdrawn', 'examined', 'withdrawn', 'stays withdrawn when images come'],
    ['published', 'revised', 'revised', 'is revised after publication'],
    ['reported', 'revised', 'verified', 'a correction before publication verifies'],
    ['published', 'verified', 'published', 'stays published when the report is sent again'],
  ];
  it.each(cases)('%s, news of %s: %s (%s)', (current, wanted, expected) => {
    expect(nextStatus(current, wanted)).toBe(expected);
  });
});

describe('the kind of an exam', () => {
  it.each([
    [['CT'], '胸部CT平扫', 'RAD'],
    [['PT', 'CT'], 'PET/CT', 'PETCT'],
    [['CT'], '口腔CBCT', 'DENT'],
    [['SR', 'US'], null, 'US'],
    [['SM'], null, 'PATH'],
    [[], '无痛胃镜检查', 'ES'],
    [[null], '十二导联心电图', 'ECG'],
    [['OT'], '病理活检', 'PATH'],
    [[], '挂号', 'OTHER'],
  ])('%j %s is %s', (modalities, itemName, expected) => {
    expect(examTypeOf({ modalities, itemName })).toBe(expected);
  });

  it('names the modality that is not an attachment', () => {
    expect(mainModality(['SR', 'CT'])).toBe('CT');
    expect(mainModality(['CT', 'PT'])).toBe('PT');
    expect(mainModality([])).toBeNull();
  });
});
