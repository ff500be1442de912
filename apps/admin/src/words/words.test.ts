import { expect, it } from 'vitest';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

const holes = (text: string): string[] =>
  [...text.matchAll(/{{(\w+)}}/g)].map((found) => found[1] ?? '').sort();

it('both languages have the same words with the same holes', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zhCn).sort());
  for (const [key, text] of Object.entries(zhCn)) {
    expect(holes(en[key as keyof typeof zhCn]), key).toEqual(holes(text));
  }
});

it('no Chinese stands in the English words', () => {
  for (const [key, text] of Object.entries(en)) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
});
