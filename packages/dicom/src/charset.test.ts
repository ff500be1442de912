import { describe, expect, it } from 'vitest';
import { decodeText, makeCharset } from './charset.ts';
import { detectCharset } from './charset-detect.ts';
import { createDataset } from './dataset.ts';
import { encodeGb18030, normalizeChinese } from './gb18030.ts';
import { parseDicom } from './read.ts';
import { recode, setValue } from './set-values.ts';
import { corpusAbsent, readCorpus } from './testing/corpus.ts';
import { getPersonName, getSequence, getString, getText } from './values.ts';

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

const known: [string, string][] = [
  ['chrArab', 'قباني^لنزار'],
  ['chrFren', 'Buc^Jérôme'],
  ['chrFrenMulti', 'Buc^Jérôme'],
  ['chrGerm', 'Äneas^Rüdiger'],
  ['chrGreek', 'Διονυσιος'],
  ['chrH31', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
  ['chrH32', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう'],
  ['chrHbrw', 'שרון^דבורה'],
  ['chrI2', 'Hong^Gildong=洪^吉洞=홍^길동'],
  ['chrJapMulti', 'やまだ^たろう'],
  ['chrJapMultiExplicitIR6', 'やまだ^たろう'],
  ['chrKoreanMulti', '김희중'],
  ['chrRuss', 'Люкceмбypг'],
  ['chrX1', 'Wang^XiaoDong=王^小東='],
  ['chrX2', 'Wang^XiaoDong=王^小东='],
];

describe.skipIf(corpusAbsent)(
  'character sets of real files (skipped: no corpus beside this checkout)',
  () => {
    it.each(known)('%s is %s', (name, expected) => {
      const { dataset } = parseDicom(readCorpus(`charsets/${name}.dcm`));
      expect(getText(dataset, 'PatientName')).toMatchObject({ repaired: false });
      expect(getString(dataset, 'PatientName')).toBe(expected);
    });

    it.each(['chrSQEncoding', 'chrSQEncoding1'])('%s: an item has its own set, or that around it', (name) => {
      const { dataset } = parseDicom(readCorpus(`charsets/${name}.dcm`));
      const [item] = getSequence(dataset, 'RequestedProcedureCodeSequence');
      expect(item && getPersonName(item, 'PatientName')).toEqual({
        alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ',
        ideographic: '山田^太郎',
        phonetic: 'やまだ^たろう',
      });
    });
  },
);

describe('text that is not what it claims to be', () => {
  const chinese = [
    '王小东',
    '李',
    '欧阳^娜娜',
    '朱镕基',
    '头颅CT平扫',
    '上海市第一人民医院',
    '张三 主任医师',
    'ZHANG SAN=张三',
    '王^伟',
    '胸部',
    '联通',
    '吕布',
  ];
  it.each(chinese)('%s is found in GBK bytes under ISO_IR 100 and without any set', (text) => {
    for (const declared of [['ISO_IR 100'], []]) {
      const decoded = decodeText(encodeGb18030(text), makeCharset(declared), true, true);
      expect(decoded).toMatchObject({ text, used: 'GB18030', repaired: true });
    }
  });

  it.each([...chinese, 'Иванов', 'Jérôme', 'Διονυσιος'])('%s is found in UTF-8 bytes', (text) => {
    expect(decodeText(utf8(text), makeCharset(['ISO_IR 100']), true, true)).toMatchObject({
      text,
      used: 'ISO_IR 192',
      repaired: true,
    });
  });

  const european = [
    'Buc^Jérôme',
    'Äneas^Rüdiger',
    'Größe',
    'Señor^Núñez',
    'ØSTERGÅRD',
    'naïveté',
    '25°C ±5 µm²',
    'Müller-Lüdenscheidt',
    'Françoise',
    'ÅÄKKÖNEN',
  ];
  it.each(european)('%s stays Latin-1', (text) => {
    expect(detectCharset(latin1(text))).toBeNull();
    expect(decodeText(latin1(text), makeCharset(['ISO_IR 100']), true, true)).toMatchObject({
      text,
      repaired: false,
    });
  });

  it('reads GBK under a false ISO_IR 192, and UTF-8 under a false GB18030', () => {
    expect(decodeText(encodeGb18030('王小东'), makeCharset(['ISO_IR 192']), true)).toMatchObject({
      text: '王小东',
      repaired: true,
    });
    expect(decodeText(utf8('王小东'), makeCharset(['GB18030']), true)).toMatchObject({
      text: '王小东',
      repaired: true,
    });
  });

  it('reads GB 2312 by escape, and a name whose GBK trail byte is a backslash', () => {
    const escaped = Uint8Array.of(
      ...latin1('Zhang=\u001b$)A'),
      0xd5,
      0xc5,
      ...latin1('^\u001b$)A'),
      0xc8,
      0xfd,
    );
    expect(decodeText(escaped, makeCharset(['', 'ISO 2022 IR 58']), true, true).text).toBe('Zhang=张^三');
    const dataset = createDataset();
    setValue(dataset, 'SpecificCharacterSet', 'GBK');
    setValue(dataset, 'PatientName', '誠^乗');
    expect(getString(dataset, 'PatientName')).toBe('誠^乗');
  });
});

describe('GB18030-2022', () => {
  it('encodes every character that the platform decodes', () => {
    const decoder = new TextDecoder('gb18030', { fatal: true });
    const rare = '䶮𬱖㐱𠮷王︐︙龴龻€ẞ⺁';
    expect(decoder.decode(encodeGb18030(rare))).toBe(rare);
    expect([...encodeGb18030('䶮𬱖')]).toEqual([0xfe, 0x9f, 0x99, 0x33, 0xc3, 0x36]);
    const wrong: string[] = [];
    for (let code = 0x80; code < 0x30000; code++) {
      const isPrivate = code >= 0xe000 && code < 0xf900;
      if ((code >= 0xd800 && code < 0xe000) || isPrivate) continue;
      const text = String.fromCodePoint(code);
      if (decoder.decode(encodeGb18030(text)) !== text) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it('brings private use code points of 2005 to the standard ones', () => {
    expect(normalizeChinese('\ue78d\ue81e\ue816王')).toBe('\ufe10\u9fb4\u{20087}王');
  });

  it('recodes a whole data set between GB18030 and UTF-8', () => {
    const item = createDataset();
    const dataset = createDataset();
    setValue(dataset, 'SpecificCharacterSet', 'GB18030');
    setValue(dataset, 'PatientName', '王^小东');
    setValue(dataset, 'ReferencedStudySequence', [item]);
    setValue(item, 'InstitutionName', '协和医院');
    const unicode = recode(dataset, 'ISO_IR 192');
    expect(getString(unicode, 'SpecificCharacterSet')).toBe('ISO_IR 192');
    expect(getString(unicode, 'PatientName')).toBe('王^小东');
    const [inner] = getSequence(unicode, 'ReferencedStudySequence');
    expect(inner && getString(inner, 'InstitutionName')).toBe('协和医院');
    expect(getString(recode(unicode, 'GB18030'), 'PatientName')).toBe('王^小东');
  });
});
