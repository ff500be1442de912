import { describe, expect, it } from 'vitest';
import { ageAt } from './age.ts';
import { maskIdentity, maskName, maskPhone } from './mask.ts';
import { nameKeys, namePinyin, sameName, searchKey, soundsLikeSameName } from './name-keys.ts';

describe('pinyin of names', () => {
  it.each([
    ['韦小妹', 'weixiaomei', 'wxm'],
    ['单雄信', 'shanxiongxin danxiongxin', 'sxx dxx'],
    ['覃小妹', 'qinxiaomei tanxiaomei', 'qxm txm'],
    ['曾国藩', 'zengguofan cengguofan', 'zgf cgf'],
    ['欧阳娜娜', 'ouyangnana', 'oynn'],
    ['Buc Jérôme', 'bucjerome', 'bj'],
    ['买买提·阿卜杜拉', 'maimaitiabudula', 'mmtabdl'],
    ['', '', ''],
  ])('%s is %s, %s', (name, pinyin, initials) => {
    expect(namePinyin(name)).toEqual({ pinyin, initials });
  });

  it('has a key for every way of typing, by prefix', () => {
    const keys = nameKeys('覃小妹');
    const finds = (typed: string) => keys.some((key) => key.startsWith(typed));
    for (const typed of [
      'qin',
      'qinxiaomei',
      'qxm',
      'qinxm',
      'qxiaomei',
      'qxiaom',
      'tan',
      'txm',
      'tanxiao',
    ]) {
      expect(finds(typed), typed).toBe(true);
    }
    expect(finds('wxm')).toBe(false);
    expect(nameKeys('䶮𬱖').length).toBeGreaterThan(0);
  });

  it('stays small for hostile names', () => {
    expect(nameKeys('覃'.repeat(5000)).length).toBeLessThan(20);
    expect(nameKeys('\u0000\u200b').length).toBe(0);
  });
});

describe('comparing names', () => {
  it('folds width, spaces, case and middle dots', () => {
    expect(searchKey('ＬＩ　Ming')).toBe('liming');
    expect(sameName('买买提•阿卜杜拉', '买买提·阿卜杜拉')).toBe(true);
    expect(sameName('买买提阿卜杜拉', '买买提·阿卜杜拉')).toBe(true);
    expect(sameName('SMITH Lucy', 'Lucy Smith')).toBe(true);
    expect(sameName('李明', '李铭')).toBe(false);
    expect(sameName('', '')).toBe(false);
  });

  it('knows a name in characters by its pinyin, in either order', () => {
    expect(soundsLikeSameName('韦小妹', 'WEI XIAOMEI')).toBe(true);
    expect(soundsLikeSameName('Xiao Mei Wei', '韦小妹')).toBe(true);
    expect(soundsLikeSameName('韦小妹', 'Wei Xiaohong')).toBe(false);
    expect(soundsLikeSameName('李明', '黎明')).toBe(false);
  });
});

describe('masks', () => {
  it.each([
    ['王小明', '王*明'],
    ['王明', '王*'],
    ['欧阳娜娜', '欧**娜'],
    ['𠮷野家', '𠮷*家'],
    ['王', '王'],
    ['Jérôme Buc', 'J** B**'],
    ['', ''],
  ])('%s is shown as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it('keeps three and four digits of a phone, four and two of an identity number', () => {
    expect(maskPhone('13812340000')).toBe('138****0000');
    expect(maskPhone('+8613812340000')).toBe('138****0000');
    expect(maskPhone('123')).toBe('***');
    expect(maskIdentity('11010519491231002X')).toBe('1101************2X');
    expect(maskIdentity('E123')).toBe('****');
  });
});

describe('age', () => {
  const at = new Date('2026-11-20T01:00:00+08:00'); // still the 19th in Greenwich
  it.each([
    ['19811120', '45岁'],
    ['19811121', '44岁'],
    ['20250420', '1岁7月'],
    ['20260321', '7月'],
    ['20261117', '3天'],
    ['20261120', '0天'],
    ['1981', '45岁'],
    ['198111', '45岁'],
    ['20261121', null],
    ['', null],
    ['19811301', null],
    [null, null],
  ])('born %s is %s', (birthDate, age) => {
    expect(ageAt(birthDate, at)).toBe(age);
  });
});
