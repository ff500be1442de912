import { setUpI18n, translate } from '@yunying/ui';
import { beforeAll, describe, expect, it } from 'vitest';
import { en } from '../words/en.ts';
import { zhCn } from '../words/zh-cn.ts';
import { refusalOf } from './refusal.ts';

beforeAll(() => setUpI18n({ zhCn, en }));

const refused = (code: string, title: string, details?: Record<string, unknown>) => ({
  problem: { type: 'about:blank', title, status: 403, code, traceId: 'x', ...(details ? { details } : {}) },
});

describe('refusalOf', () => {
  it('says how many tries are left', () => {
    const refusal = refusalOf(
      refused('entry.code_wrong', '验证码不正确，请重新输入。', { remaining: 3 }),
      translate,
    );
    expect(refusal).toEqual({ sentence: '验证码不正确，请重新输入。还可以试 3 次。', waitSeconds: null });
  });
  it('says how long a lock lasts', () => {
    const refusal = refusalOf(
      refused('entry.locked', '尝试次数过多', { retryAfterSeconds: 1790.4 }),
      translate,
    );
    expect(refusal.sentence).toContain('30 分钟');
    expect(refusal.waitSeconds).toBe(1791);
  });
  it('says when an SMS can be asked for again', () => {
    const refusal = refusalOf(refused('entry.sms_too_many', '频繁', { retryAfterSeconds: 42 }), translate);
    expect(refusal.sentence).toBe('发送过于频繁，请 42 s 后再试。');
  });
  it('speaks of the network when there was no answer', () => {
    expect(refusalOf(new TypeError('Failed to fetch'), translate).sentence).toContain('网络');
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
