import { describe, expect, it } from 'vitest';
import { chineseIdentityFacts, isValidChineseIdentity, normalizeIdentity } from './identity.ts';
import { matchPerson, surelyDifferent } from './match-person.ts';

describe('identity numbers (GB 11643)', () => {
  it.each([
    ['11010519491231002X', true],
    ['11010519491231002x', true],
    ['１１０１０５１９４９１２３１００２Ｘ', true],
    ['440524188001010014', false], // right check digit, 146 years old
    ['450102199003071234', false], // check digit must be 8
    ['450102199003071238', true],
    ['450102199002301230', false], // 30 February
    ['990102199003071238', false], // no such region
    ['', false],
    ['123', false],
  ])('%s is valid: %s', (text, valid) => {
    expect(isValidChineseIdentity(text, new Date('2026-11-20'))).toBe(valid);
  });

  it('says birth date and sex, and raises 15 digits to 18', () => {
    expect(chineseIdentityFacts('11010519491231002X')).toEqual({ birthDate: '19491231', sex: '2' });
    expect(normalizeIdentity('110105491231002')).toBe('11010519491231002X');
  });
});

describe('is it one person?', () => {
  const known = {
    personId: '7',
    name: '韦小妹',
    sex: '2',
    birthDate: '19491231',
    identityNo: '11010519491231002X',
  };
  const same = { name: '韦小妹', sex: '2', birthDate: '19491231', identityNo: '110105491231002' };

  it('a valid number with the same name is', () => {
    expect(matchPerson(same, [known])).toBe('7');
    expect(matchPerson({ ...same, birthDate: null, sex: null }, [known])).toBe('7');
  });

  it.each([
    ['another name', { ...same, name: '韦小红' }],
    ['a sex that contradicts the number (a borrowed card)', { ...same, sex: '1' }],
    [
      "a birth date that contradicts it (a mother's card used for the newborn)",
      { ...same, birthDate: '20261101' },
    ],
    ['an invalid number', { ...same, identityNo: '110105194912310021' }],
    ['no number', { ...same, identityNo: null }],
  ])('%s is not', (_what, evidence) => {
    expect(matchPerson(evidence, [known])).toBeNull();
  });

  it('two candidates are nobody', () => {
    expect(matchPerson(same, [known, { ...known, personId: '8' }])).toBeNull();
  });

  it('two different valid numbers are surely two people', () => {
    expect(
      surelyDifferent(same, { ...same, identityNo: '450102199003071238', birthDate: null, sex: null }),
    ).toBe(true);
    expect(surelyDifferent(same, { ...same, identityNo: null })).toBe(false);
  });
});
