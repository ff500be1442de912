import { describe, expect, it } from 'vitest';
import {
  evaluatePublication,
  type PublicationFacts,
  parsePublicationRule,
  permissiveRule,
} from './publication-rule.ts';

const now = new Date('2026-11-24T04:00:00Z');
const facts: PublicationFacts = {
  examType: 'RAD',
  modality: 'CT',
  departmentName: '放射科',
  itemCode: 'CT01',
  itemName: '头颅CT平扫',
  examAt: new Date('2026-11-20T16:30:00Z'),
  status: 'verified',
  vouched: true,
  reportState: 'final',
  reportAt: new Date('2026-11-24T03:30:00Z'),
  now,
}; // prettier-ignore
const all = { report: true, images: true, download: true, notify: true };
const none = { report: false, images: false, download: false, notify: false };

describe('the built-in rule', () => {
  const cases: [string, Partial<PublicationFacts>, string][] = [
    ['a signed report', {}, 'published'],
    ['a corrected report', { reportState: 'corrected' }, 'published'],
    ['a preliminary report', { reportState: 'preliminary' }, 'no-signed-report'],
    ['no report', { reportState: 'none' }, 'no-signed-report'],
    ['a withdrawn report', { reportState: 'withdrawn' }, 'report-withdrawn'],
    ['an exam known from pictures only', { vouched: false }, 'no-order'],
    ['a cancelled exam', { status: 'cancelled' }, 'exam-cancelled'],
  ];
  it.each(cases)('%s', (_what, change, expected) => {
    const verdict = evaluatePublication(permissiveRule, { ...facts, ...change });
    expect(verdict.publish ? 'published' : verdict.hold).toBe(expected);
  });
});

describe('rules of a hospital', () => {
  const rule = parsePublicationRule({
    rules: [
      { name: 'no-pathology', when: { examTypes: ['PATH'] }, allow: none },
      { name: 'not-the-old', when: { examTo: '2026-11-19' }, allow: none },
      {
        name: 'quiet-ultrasound',
        when: { examTypes: ['US'], reportStates: ['final', 'corrected'] },
        allow: { ...all, notify: false },
      },
      {
        name: 'ct-waits',
        when: { modalities: ['CT'], itemNames: ['头颅'], reportStates: ['final'] },
        allow: { ...all, delayMinutes: 60 },
      },
      { name: 'rest', when: { reportStates: ['final', 'corrected'] }, allow: all },
    ],
  });
  it('the first that fits decides', () => {
    expect(evaluatePublication(rule, { ...facts, examType: 'PATH' })).toMatchObject({
      publish: false,
      hold: 'rule',
      ruleName: 'no-pathology',
    });
    expect(evaluatePublication(rule, { ...facts, examType: 'US', modality: 'US' })).toEqual({
      publish: true,
      notify: false,
      ruleName: 'quiet-ultrasound',
    });
    expect(evaluatePublication(rule, { ...facts, modality: 'MR' })).toMatchObject({
      publish: true,
      ruleName: 'rest',
    });
  });
  it('a delay holds until it is over and says when', () => {
    expect(evaluatePublication(rule, facts)).toMatchObject({
      publish: false,
      hold: 'delay',
      until: new Date('2026-11-24T04:30:00Z'),
    });
    expect(evaluatePublication(rule, { ...facts, now: new Date('2026-11-24T04:30:00Z') })).toMatchObject({
      publish: true,
    });
  });
  it('days are those of the hospital: 16:30 UTC is the next day', () => {
    const old = { ...facts, examAt: new Date('2026-11-19T15:59:00Z') };
    expect(evaluatePublication(rule, old)).toMatchObject({ ruleName: 'not-the-old' });
    expect(evaluatePublication(rule, { ...old, examAt: new Date('2026-11-19T16:00:00Z') })).toMatchObject({
      ruleName: 'ct-waits',
    });
  });
});

describe('parsePublicationRule', () => {
  it.each([
    null,
    {},
    { rules: 'all' },
    { rules: [{ name: 'x', when: {}, allow: { report: true } }] },
    { rules: [], more: 1 },
    { rules: [{ name: 'x', when: { examTypes: ['CT'] }, allow: all }] },
  ])('refuses %j', (value) => {
    expect(() => parsePublicationRule(value)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  }); // prettier-ignore
  it('refuses to keep back only a part, which no door could honour yet', () => {
    const part = { rules: [{ name: 'x', when: {}, allow: { ...all, images: false } }] };
    expect(() => parsePublicationRule(part)).toThrow(expect.objectContaining({ code: 'platform.not_built' }));
  });
});
