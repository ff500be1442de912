// Names as they are searched and compared: folded form, pinyin with every reading of a surname, initials, and
// the short forms people type (weixm). china-interfaces D3: in Guangxi 覃 is read qin or tan, so both are keys.
import { pinyin } from 'pinyin-pro';

// Surnames with more than one living reading. The first is what pinyin-pro's surname mode or usage prefers.
const surnameReadings: Readonly<Record<string, readonly string[]>> = {
  覃: ['qin', 'tan'],
  区: ['ou', 'qu'],
  单: ['shan', 'dan'],
  曾: ['zeng', 'ceng'],
  解: ['xie', 'jie'],
  仇: ['qiu', 'chou'],
  查: ['zha', 'cha'],
  尉: ['wei', 'yu'],
  盖: ['ge', 'gai'],
  朴: ['piao', 'pu'],
  任: ['ren'],
  乐: ['yue', 'le'],
  翟: ['zhai', 'di'],
  冼: ['xian'],
  隗: ['wei', 'kui'],
  缪: ['miao', 'miu', 'mou'],
  宓: ['mi', 'fu'],
  召: ['shao', 'zhao'],
  折: ['she', 'zhe'],
  黑: ['he', 'hei'],
  种: ['chong', 'zhong'],
  逄: ['pang'],
  繁: ['po', 'fan'],
  员: ['yun', 'yuan'],
  不: ['fou', 'bu'],
  都: ['du', 'dou'],
  洗: ['xian', 'xi'],
  牟: ['mou', 'mu'],
  石: ['shi'],
  叶: ['ye'],
  葛: ['ge'],
  纪: ['ji'],
  重: ['chong', 'zhong'],
  令: ['ling'],
  车: ['che', 'ju'],
  万: ['wan', 'mo'],
  贾: ['jia', 'gu'],
  那: ['na'],
  过: ['guo'],
  秘: ['bi', 'mi'],
  费: ['fei', 'bi'],
  行: ['xing', 'hang'],
  吕: ['lv', 'lu'],
  闾: ['lv', 'lu'],
  䶮: ['yan'],
};
const maxReadings = 4;
const maxShortForms = 6;
const maxNameLength = 64;

/** NFKC, no spaces, middle dots unified, lower case: two spellings of one name compare equal. */
export function searchKey(text: string): string {
  return text
    .normalize('NFKC')
    .slice(0, maxNameLength * 2)
    .replace(/[·•・．‧∙]/g, '·')
    .replace(/[\s\u200b-\u200f\ufeff\p{Cc}]/gu, '')
    .toLowerCase();
}

/** Space separated alternatives, the preferred reading first: { pinyin: 'qinxiaomei tanxiaomei', initials: 'qxm txm' }. */
export function namePinyin(name: string, given: string | null = null): { pinyin: string; initials: string } {
  const readings = nameReadings(name);
  const full = unique([...(given === null ? [] : [latinKey(given)]), ...readings.map((r) => r.join(''))]);
  const initials = unique(readings.map((r) => r.map((syllable) => syllable.charAt(0)).join('')));
  return { pinyin: full.join(' '), initials: initials.join(' ') };
}

/** Every form found by prefix: weixiaomei, weixmei (finds weixm), wxiaomei, wxmei (finds wxm), per reading. */
export function nameKeys(name: string, given: string | null = null): string[] {
  const keys: string[] = given === null ? [] : [latinKey(given)];
  for (const syllables of nameReadings(name)) keys.push(...shortForms(syllables));
  return unique(keys.filter((key) => key.length > 0).map((key) => key.slice(0, maxNameLength)));
}

/** Same name: equal when folded, or all words equal in any order (DICOM and HL7 disagree on Latin name order). */
export function sameName(a: string, b: string): boolean {
  const left = searchKey(a);
  const right = searchKey(b);
  if (left === '' || right === '') return false;
  if (left === right || left.replaceAll('·', '') === right.replaceAll('·', '')) return true;
  return words(a).join(' ') === words(b).join(' ');
}

/** Same name, or one written in characters and the other in pinyin (older devices cannot show characters). */
export function soundsLikeSameName(a: string, b: string): boolean {
  if (sameName(a, b)) return true;
  if (hasHan(a) === hasHan(b)) return false;
  const [characters, letters] = hasHan(a) ? [a, b] : [b, a];
  const spelled = latinKey(letters);
  const swapped = latinKey(words(letters).reverse().join(''));
  return nameReadings(characters).some((r) => {
    const family = r[0] ?? '';
    const rest = r.slice(1).join('');
    return spelled === family + rest || spelled === rest + family || swapped === family + rest;
  });
}

function nameReadings(name: string): string[][] {
  const folded = name.normalize('NFKC').trim().slice(0, maxNameLength);
  if (!hasHan(folded)) {
    const parts = words(folded.replaceAll('·', ' '))
      .map(latinKey)
      .filter((part) => part !== '');
    return parts.length === 0 ? [] : [parts];
  }
  const clean = folded.replace(/[\s·•・．‧∙.()（）]/g, '');
  const syllables = pinyin(clean, {
    toneType: 'none',
    surname: 'head',
    type: 'array',
    v: true,
    nonZh: 'consecutive',
  })
    .map(latinKey)
    .filter((syllable) => syllable !== '');
  if (syllables.length === 0) return [];
  const alternatives = surnameReadings[[...clean][0] ?? ''] ?? [];
  const firsts = unique([syllables[0] ?? '', ...alternatives]).slice(0, maxReadings);
  return firsts.map((first) => [first, ...syllables.slice(1)]);
}

/** All but the last syllable in full or as initial; the last in full, because its initial is a prefix of it. */
function shortForms(syllables: string[]): string[] {
  if (syllables.length > maxShortForms || syllables.length < 2) {
    return [syllables.join(''), syllables.map((s) => s.charAt(0)).join('')];
  }
  let heads = [''];
  for (const syllable of syllables.slice(0, -1)) {
    heads = heads.flatMap((head) => [head + syllable, head + syllable.charAt(0)]);
  }
  const last = syllables.at(-1) ?? '';
  return heads.map((head) => head + last);
}

function latinKey(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/ü/g, 'v')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function words(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s,^·]+/)
    .filter((word) => word !== '')
    .sort();
}

function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

function unique(values: string[]): string[] {
  return [...new Set(values.filter((value) => value !== ''))];
}
