// A patient's name as people write it to the DICOM form with its component groups (PS3.5 §6.2.1): 韦小妹 is
// Wei^Xiaomei=韦^小妹. Devices that cannot show characters get the pinyin alone; other text then becomes pinyin too.
import type { JsonPersonName } from '@yunying/dicom';
import { pinyin } from 'pinyin-pro';

const doubleSurnames = new Set(
  (
    '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 ' +
    '慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 轩辕 ' +
    '令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五'
  ).split(' '),
);
const han = /\p{Script=Han}/u;

export function toPersonName(written: string): JsonPersonName {
  const name = written
    .normalize('NFC')
    .replace(/[\^=\\]/g, ' ')
    .trim();
  if (!han.test(name)) {
    const [family = '', ...given] = name.split(/\s+/);
    return { Alphabetic: [family, given.join(' ')].filter((part) => part !== '').join('^') };
  }
  if (/[·•・．]/.test(name)) {
    const parts = name.split(/[·•・．]/).map((part) => capital(spell(part).join('')));
    return { Alphabetic: parts.join(' '), Ideographic: name };
  }
  const letters = [...name.replace(/\s+/g, '')];
  const length = doubleSurnames.has(letters.slice(0, 2).join('')) && letters.length > 2 ? 2 : 1;
  const syllables = spell(letters.join(''));
  const group = (parts: readonly string[], show: (text: string) => string) =>
    [parts.slice(0, length), parts.slice(length)]
      .map((part) => show(part.join('')))
      .filter((part) => part !== '')
      .join('^');
  return { Alphabetic: group(syllables, capital), Ideographic: group(letters, (text) => text) };
}

/** For devices with no more than ASCII: 胸部CT平扫 is "xiong bu CT ping sao". */
export function toAscii(text: string): string {
  const spelled = han.test(text)
    ? pinyin(text, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' }).join(' ')
    : text;
  return spelled
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/ {2,}/g, ' ');
}

function spell(text: string): string[] {
  return pinyin(text, { toneType: 'none', surname: 'head', type: 'array', v: true });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
