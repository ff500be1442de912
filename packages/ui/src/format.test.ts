import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCountdown,
  formatDateTime,
  formatMonthDay,
  formatUnit,
  timeWithinToday,
  yearOf,
} from './format.ts';
import { en } from './i18n/en.ts';
import { zhCn } from './i18n/zh-cn.ts';

describe('dates', () => {
  it('are shown as the hospital wrote them, whatever the zone of the phone', () => {
    expect(formatDateTime('2026-11-24T09:30:00+08:00')).toBe('2026-11-24 09:30');
    expect(formatDateTime('2026-11-24')).toBe('2026-11-24');
    expect(formatMonthDay('2026-11-24T09:30:00+08:00')).toBe('11-24');
    expect(yearOf('2026-11-24T09:30:00+08:00')).toBe('2026');
  });
  it('that are none come back as they are', () => {
    expect(formatDateTime('不详')).toBe('不详');
    expect(yearOf('')).toBe('');
  });
  it('are relative only within the hospital day', () => {
    const now = new Date('2026-11-23T17:00:00Z'); // 01:00 on the 24th in China
    expect(timeWithinToday('2026-11-24T00:30:00+08:00', now)).toBe('00:30');
    expect(timeWithinToday('2026-11-23T23:30:00+08:00', now)).toBeNull();
  });
});

describe('ages', () => {
  it('are said in the language of the screen', () => {
    expect(formatAge('62岁', 'zh-CN')).toBe('62岁');
    expect(formatAge('3岁8月', 'en')).toBe('3\u2009y 8\u2009m');
    expect(formatAge('出生当天', 'en')).toBe('newborn');
    expect(formatAge('', 'en')).toBe('');
  });
});

describe('numbers', () => {
  it('carry their unit after a thin space', () => {
    expect(formatBytes(18_240)).toBe('18\u2009KB');
    expect(formatBytes(999_999)).toBe('1.0\u2009MB');
    expect(formatBytes(512)).toBe('512\u2009B');
    expect(formatBytes(Number.NaN)).toBe('');
    expect(formatUnit(12.44, 'mm')).toBe('12.4\u2009mm');
  });
  it('count down in seconds, then in minutes', () => {
    expect(formatCountdown(41.2)).toBe('42');
    expect(formatCountdown(300)).toBe('5:00');
    expect(formatCountdown(-3)).toBe('0');
  });
});

describe('words', () => {
  it('have the same values to fill in both languages', () => {
    const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((hole) => hole[1]).sort();
    for (const [key, text] of Object.entries(zhCn)) {
      expect(holes(en[key as keyof typeof zhCn]), key).toEqual(holes(text));
    }
  });
});
