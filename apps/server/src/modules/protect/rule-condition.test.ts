import { describe, expect, it } from 'vitest';
import { type ExamSubject, matchExamRule, matchPersonRule } from './rule-condition.ts';

const now = new Date('2026-11-24T10:30:00+08:00');
const born = (birthDate: string) => ({ indexes: new Set<string>(), birthDates: [birthDate] });
const exam: ExamSubject = {
  examId: '1',
  department: ['PSY', '精神科'],
  item: ['CT01', '头颅CT平扫'],
  report: '抗ＨＩＶ 抗体阳性',
  diagnosis: '急性 阑尾炎',
};

describe('label rules', () => {
  it('AC-6 a minor is one until the morning of the birthday, in the hospital’s time', () => {
    const rule = { kind: 'under_age', years: 14 } as const;
    expect(matchPersonRule(rule, born('20121125'), now)).toEqual({
      until: new Date('2026-11-25T00:00:00+08:00'),
    });
    expect(matchPersonRule(rule, born('20121124'), now)).toBeNull();
    expect(matchPersonRule(rule, born('2012'), now)).toEqual({
      until: new Date('2027-01-01T00:00:00+08:00'),
    });
    expect(matchPersonRule(rule, born(''), now)).toBeNull();
  });

  it('AC-6 words are found in any width and case, departments and items only whole', () => {
    expect(matchExamRule({ kind: 'report_word', terms: ['hiv'] }, exam)).toBe(true);
    expect(matchExamRule({ kind: 'diagnosis_word', terms: ['阑尾炎'] }, exam)).toBe(true);
    expect(matchExamRule({ kind: 'diagnosis_word', terms: ['HIV'] }, exam)).toBe(false);
    expect(matchExamRule({ kind: 'department', terms: ['psy'] }, exam)).toBe(true);
    expect(matchExamRule({ kind: 'department', terms: ['精神'] }, exam)).toBe(false);
    expect(matchExamRule({ kind: 'item', terms: ['CT01'] }, exam)).toBe(true);
  });
});
