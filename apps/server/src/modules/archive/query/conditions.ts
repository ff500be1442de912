// Matching values to conditions (PS3.4 §C.2.2.2; PS3.18 §8.3.4): single value, list of values, wildcard * and ?, ranges
// of dates and times, universal matching (no condition). Text is folded in width (ＣＴ is CT); nothing is guessed: a
// value that cannot be read is refused with the attribute's keyword.
import { AppError } from '../../../errors.ts';
import { type NameQuestion, readName } from './name-question.ts';

export type Condition =
  | { kind: 'list'; values: string[] }
  /** SQL LIKE with ! as the escape sign. */
  | { kind: 'like'; pattern: string }
  | { kind: 'range'; from: string | null; to: string | null }
  | { kind: 'name'; name: NameQuestion }
  /** Attribute without a value (PS3.4 §C.2.2.2.7, empty value matching). */
  | { kind: 'empty' };

/** code: upper case by the standard. id: as written. text: letter case does not matter. */
export type MatchKind = 'code' | 'id' | 'text' | 'uid' | 'date' | 'time' | 'number' | 'name' | 'person';

export type ReadOptions = { fuzzy?: boolean; emptyValues?: boolean };

const longestValue = 4096;
const mostValues = 1000;

/** Null: universal matching. */
export function readCondition(
  keyword: string,
  given: string,
  kind: MatchKind,
  options: ReadOptions = {},
): Condition | null {
  if (given.length > longestValue) throw refuse(keyword);
  const value = given.normalize(kind === 'name' ? 'NFC' : 'NFKC').trim();
  if (value === '' || /^\*+$/.test(value)) return null;
  if (value === '""') return options.emptyValues === true ? { kind: 'empty' } : null;
  switch (kind) {
    case 'uid':
      return readUids(keyword, value);
    case 'date':
    case 'time':
      return readRange(keyword, value, kind);
    case 'number':
      return readNumbers(keyword, value);
    case 'name':
      return readNameCondition(value, options.fuzzy === true);
    case 'person':
      return readText(
        value
          .replace(/[\^=\s]+/g, ' ')
          .trim()
          .toLowerCase(),
      );
    case 'code':
      return readText(value.toUpperCase());
    case 'id':
      return readText(value);
    case 'text':
      return readText(value.toLowerCase());
  }
}

function readUids(keyword: string, value: string): Condition {
  const values = value
    .split(/[,\\]/)
    .map((uid) => uid.trim())
    .filter((uid) => uid !== '');
  if (values.length === 0 || values.length > mostValues || !values.every((uid) => /^[0-9.]{1,64}$/.test(uid)))
    throw refuse(keyword);
  return { kind: 'list', values: [...new Set(values)] };
}

function readNumbers(keyword: string, value: string): Condition {
  const values = value.split('\\').map((number) => number.trim());
  if (!values.every((number) => /^[+-]?\d{1,9}$/.test(number))) throw refuse(keyword);
  return { kind: 'list', values: values.map((number) => String(Number(number))) };
}

function readNameCondition(value: string, fuzzy: boolean): Condition | null {
  const name = readName(value, fuzzy);
  return name === null ? null : { kind: 'name', name };
}

/** A list in an attribute of several values (CT\MR) matches any of them. */
function readText(value: string): Condition {
  if (!/[*?]/.test(value)) {
    const values = value
      .split('\\')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    return { kind: 'list', values: values.length === 0 ? [value] : values.slice(0, mostValues) };
  }
  return { kind: 'like', pattern: likePattern(value) };
}

function likePattern(value: string): string {
  return value
    .replace(/[!%_]/g, (sign) => `!${sign}`)
    .replace(/\*+/g, '%')
    .replaceAll('?', '_');
}

/** 20260301, 20260301-20260331, -20260331, 20260301-; 2026.03.01 of ACR-NEMA; times likewise, with or without colons. */
function readRange(keyword: string, value: string, kind: 'date' | 'time'): Condition {
  const match = /^(\d[\d.:]*)?\s*(-)?\s*(\d[\d.:]*)?$/.exec(value);
  const plain = (text: string | undefined) =>
    text === undefined ? null : kind === 'date' ? text.replace(/[.:]/g, '') : text.replaceAll(':', '');
  const from = plain(match?.[1]);
  const to = plain(match?.[3]);
  if (match === null || (from === null && to === null)) throw refuse(keyword);
  const form = kind === 'date' ? /^\d{4}(\d{2}){0,2}$/ : /^\d{2}(\d{2}){0,2}(\.\d{1,6})?$/;
  for (const end of [from, to]) if (end !== null && !form.test(end)) throw refuse(keyword);
  return match[2] === undefined ? { kind: 'range', from, to: from } : { kind: 'range', from, to };
}

function refuse(keyword: string): AppError {
  return new AppError('request.invalid', { field: keyword.slice(0, 64) });
}
