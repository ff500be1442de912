// A person name as it is asked (PS3.5 §6.2.1, PS3.4 §C.2.2.2.1, §C.2.2.2.4): the component groups of Wang^Xiao*=王^小*
// must all match; a group matches any form that a study's name is known by (characters, pinyin, initials, what was
// received), without regard of letter case, width and the signs between the parts. Fuzzy: every word is the beginning
// of a word or form of the name, in any order, and characters also match by their sound.
import { namePinyin } from '../../mpi/index.ts';
import { normalizeNamePattern } from '../instance-head.ts';

export type NamePattern = {
  /** SQL LIKE (with ! as the escape sign), or the whole form when there is no wildcard. */
  pattern: string;
  exact: boolean;
  /** The longest part without a wildcard, which every match holds. */
  literal: string;
  /** What a form, or the rest of one from some character on, must begin with; null when nothing is known. */
  prefix: string | null;
};
/** Every group matches when one of its alternatives does. */
export type NameQuestion =
  | { fuzzy: false; groups: NamePattern[][] }
  /** Every word matches when one of its beginnings is the beginning of a key. */
  | { fuzzy: true; words: string[][] };

const mostWords = 8;
const east = /[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]|[\ud840-\ud8ff][\udc00-\udfff]/;

export function readName(value: string, fuzzy: boolean): NameQuestion | null {
  if (fuzzy) return readFuzzy(value);
  const groups = value
    .split('=')
    .slice(0, 3)
    .map((group) => normalizeNamePattern(group.normalize('NFKC')))
    .filter((group) => group !== '' && !/^[* ]+$/.test(group))
    .map((group) => [...new Set([group, group.replaceAll(' ', '')])].map(toPattern));
  return groups.length === 0 ? null : { fuzzy: false, groups };
}

function toPattern(text: string): NamePattern {
  const exact = !/[*?]/.test(text);
  const pattern = exact
    ? text
    : text
        .replace(/[!%_]/g, (sign) => `!${sign}`)
        .replace(/\*+/g, '%')
        .replaceAll('?', '_');
  // Names in characters are also kept from each character on, so *小东 is a beginning there.
  const rest = text.replace(/^\*+/, '');
  const literal = /^[^*?]*/.exec(rest)?.[0] ?? '';
  const known = literal !== '' && (rest === text || east.test(literal));
  const longest = text.split(/[*?]/).reduce((one, other) => (other.length > one.length ? other : one), '');
  return { pattern, exact, literal: longest, prefix: known ? literal : null };
}

function readFuzzy(value: string): NameQuestion | null {
  const text = value
    .normalize('NFKC')
    .replace(/[*?=,]+/g, ' ')
    .toLowerCase();
  const words = text
    .split(/[\s^|]+/)
    .filter((word) => word !== '')
    .slice(0, mostWords);
  if (words.length === 0) return null;
  const joined = words.join('');
  // 王^小东 is one word. "wang xiaodong" also means the form wangxiaodong: w1 and w2, or both in one.
  const isEast = words.every((word) => east.test(word));
  const beginnings = isEast ? [[joined]] : words.map((word) => [word, joined]);
  return { fuzzy: true, words: beginnings.map((list) => [...new Set(list.flatMap(withSounds))]) };
}

/** Characters also match by their reading. */
function withSounds(word: string): string[] {
  return east.test(word) ? [word, ...soundsOf(word)] : [word];
}

function soundsOf(name: string): string[] {
  return namePinyin(name)
    .pinyin.split(' ')
    .filter((sound) => sound !== '');
}
