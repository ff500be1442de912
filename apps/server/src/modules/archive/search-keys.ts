// QIDO-RS query parameters to conditions (PS3.18 §8.3.4, PS3.4 §C.2.2.2): single value, list of UIDs, wildcard * and ?,
// range of dates and times. Attributes are named by keyword or by tag. Unknown or unsupported ones are reported,
// not guessed.
import { tagOf } from '@yunying/dicom';
import { AppError } from '../../errors.ts';
import { normalizeNamePattern } from './instance-head.ts';

export type Condition =
  | { kind: 'equal'; value: string }
  | { kind: 'list'; values: string[] }
  /** SQL LIKE with ! as the escape sign. */
  | { kind: 'like'; pattern: string }
  | { kind: 'range'; from: string | null; to: string | null };

export type MatchKind = 'text' | 'uid' | 'date' | 'name';
export type AskedKey = { keyword: string; condition: Condition };
export type Search = { keys: AskedKey[]; limit: number; offset: number; ignored: string[] };

const standardLimit = 100;
const largestLimit = 5000;
const longestValue = 1024;
const controls = [
  'limit',
  'offset',
  'includefield',
  'fuzzymatching',
  'accept',
  'charset',
  'emptyvaluematching',
  'multiplevaluematching',
];

/** `matchable`: keyword to the way its values are compared. */
export function readSearch(query: unknown, matchable: Readonly<Record<string, MatchKind>>): Search {
  const byTag = new Map(Object.keys(matchable).map((keyword) => [tagOf(keyword), keyword]));
  const search: Search = { keys: [], limit: standardLimit, offset: 0, ignored: [] };
  for (const [name, given] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    const value = Array.isArray(given) ? given.join(',') : String(given);
    if (value.length > longestValue) throw new AppError('request.invalid', { field: name.slice(0, 64) });
    if (name === 'limit') search.limit = Math.min(largestLimit, count(name, value));
    else if (name === 'offset') search.offset = count(name, value);
    if (controls.includes(name)) continue;
    const keyword = name in matchable ? name : byTag.get(name.toUpperCase());
    const kind = keyword === undefined ? undefined : matchable[keyword];
    if (keyword === undefined || kind === undefined)
      search.ignored.push(name.replace(/[^\w.]/g, '').slice(0, 64));
    else if (value !== '' && value !== '*')
      search.keys.push({ keyword, condition: toCondition(keyword, value, kind) });
  }
  return search;
}

function count(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new AppError('request.invalid', { field: name });
  return Number(value);
}

export function toCondition(keyword: string, value: string, kind: MatchKind): Condition {
  switch (kind) {
    case 'uid': {
      const values = value.split(/[,\\]/).map((uid) => uid.trim());
      if (!values.every((uid) => /^[0-9.]{1,64}$/.test(uid)))
        throw new AppError('request.invalid', { field: keyword });
      return { kind: 'list', values };
    }
    case 'date':
      return toRange(keyword, value.trim());
    case 'name':
      return toText(normalizeNamePattern(value));
    case 'text':
      return toText(value.trim());
  }
}

function toText(value: string): Condition {
  if (!/[*?]/.test(value)) return { kind: 'equal', value };
  const pattern = value
    .replace(/[!%_]/g, (sign) => `!${sign}`)
    .replaceAll('*', '%')
    .replaceAll('?', '_');
  return { kind: 'like', pattern };
}

/** 20260301, 20260301-20260331, -20260331, 20260301-; times likewise. */
function toRange(keyword: string, value: string): Condition {
  const match = /^(\d[\d.:]*)?(-)?(\d[\d.:]*)?$/.exec(value);
  const plain = (text: string | undefined) => text?.replaceAll(':', '') ?? null;
  const from = plain(match?.[1]);
  const to = plain(match?.[3]);
  if (match === null || (from === null && to === null))
    throw new AppError('request.invalid', { field: keyword });
  return match[2] === undefined ? { kind: 'range', from, to: from } : { kind: 'range', from, to };
}
