import { describe, expect, it } from 'vitest';
import { hasRunOfFour, passwordFaults } from './password-rules.ts';

const doctor = { loginName: 'weiming', displayName: '韦明', isAdmin: false };
const admin = { loginName: 'sysadmin', displayName: '系统管理员', isAdmin: true };

describe('passwordFaults', () => {
  const good = [
    'Kanpian#7305',
    'blue-Horse-91',
    'T7m!q9Zr2c',
    '云影Lk93-xq7b',
    'rT5$kk2LmQ',
    'Zhe4shi9*Guo',
    'x9V~hhw27Ep',
  ];
  it.each(good)('accepts %s', (password) => {
    expect(passwordFaults(password, doctor)).toEqual([]);
  });

  const bad: [string, string][] = [
    ['Ab1!', 'too-short'],
    ['T7m!q9Zr2', 'too-short'],
    ['abkdkslwpqmz', 'too-few-classes'],
    ['ABKD82910482', 'too-few-classes'],
    ['kdls82910473', 'too-few-classes'],
    ['Password#2026', 'weak-word'],
    ['P@ssw0rd!!11', 'weak-word'],
    ['Admin@@2027!', 'weak-word'],
    ['Yunying!!!22', 'weak-word'],
    ['Hospital_998', 'weak-word'],
    ['Doctor-99-88', 'weak-word'],
    ['Woaini!5820', 'weak-word'],
    ['kR!1234mPz8', 'run-of-four'],
    ['kR!4321mPz8', 'run-of-four'],
    ['kR!qwermPz8', 'run-of-four'],
    ['kR!ASDFmPz8', 'run-of-four'],
    ['kR!rewqmPz8', 'run-of-four'],
    ['kR!abcdmPz8', 'run-of-four'],
    ['kR!dcbampz8', 'run-of-four'],
    ['kR!7777mPz8', 'run-of-four'],
    ['kR!zzzzmPz8', 'run-of-four'],
    ['kR!1qazmPz8', 'run-of-four'],
    ['kR!7890mPz8', 'run-of-four'],
    ['xx-Weiming-83', 'holds-login-name'],
    ['WEIMING.k38zz', 'holds-login-name'],
  ];
  it.each(bad)('refuses %s as %s', (password, fault) => {
    expect(passwordFaults(password, doctor)).toContain(fault);
  });

  it('asks administrators for twelve signs', () => {
    expect(passwordFaults('T7m!q9Zr2c', admin)).toEqual(['too-short']);
    expect(passwordFaults('T7m!q9Zr2c8W', admin)).toEqual([]);
  });

  it('names every broken rule at once', () => {
    expect(passwordFaults('1234', doctor)).toEqual(['too-short', 'too-few-classes', 'run-of-four']);
  });

  it('does not call three neighbours a run', () => {
    expect(hasRunOfFour('abc9xyz8qwe7321')).toBe(false);
  });
});
