// QIDO-RS query parameters (PS3.18 §8.3.4, §10.6.1.2) to a query: attributes by keyword, by tag or by a path into a
// sequence (00400275.00400009), includefield, fuzzymatching, limit, offset, emptyvaluematching, and `after`, our cursor
// for deep pages. What is not known is reported in a Warning, not guessed.
import { type DicomJson, isPrivateTag, tagOf, vrOf } from '@yunying/dicom';
import { AppError } from '../../../errors.ts';
import { attributes, isAbove, type Level, levels, uniqueKey } from './attributes.ts';
import type { AskedKey, Cursor, QueryAsk } from './query-archive.ts';
import type { QueryScope } from './repo-query.ts';

export type QidoQuestion = { ask: QueryAsk; limit: number; ignored: string[]; keys: string[] };
/** The resource: its level and the UIDs of its address. */
export type QidoPlace = { level: Level; fixed: Readonly<Record<string, string>> };

const standardLimit = 100;
const largestLimit = 5000;
const mostKeys = 64;
const controls: ReadonlySet<string> = new Set([
  'accept',
  'charset',
  'multiplevaluematching',
  'timezoneadjustment',
]);

export function readQido(query: unknown, place: QidoPlace, scope: QueryScope): QidoQuestion {
  const reading = {
    keys: new Map<string, AskedKey>(),
    include: new Set<string>(),
    ignored: [] as string[],
    limit: standardLimit,
    offset: 0,
    fuzzy: false,
    emptyValues: false,
    after: null as Cursor | null,
  };
  for (const [name, value] of parametersOf(query)) {
    if (name === 'limit') reading.limit = Math.min(largestLimit, readCount(name, value));
    else if (name === 'offset') reading.offset = readCount(name, value);
    else if (name === 'fuzzymatching') reading.fuzzy = value === 'true';
    else if (name === 'emptyvaluematching') reading.emptyValues = value === 'true';
    else if (name === 'after') reading.after = readCursor(value);
    else if (name === 'includefield') readInclude(value, place, reading.include, reading.ignored);
    else if (!controls.has(name)) readKey(name, value, place, reading.keys, reading.ignored);
  }
  if (reading.keys.size > mostKeys) throw new AppError('request.invalid', { field: 'query' });
  const asked = [...reading.keys.values()];
  const fixed = Object.entries(place.fixed).map(([tag, value]) => ({ tag, value }));
  const answer = new Set([...standardAnswer(place), ...asked.map(({ tag }) => tag), ...reading.include]);
  return {
    ask: {
      level: place.level,
      // The address decides; the same attribute as a parameter narrows it only when it is equal.
      keys: [...fixed, ...asked.filter(({ tag }) => place.fixed[tag] === undefined)],
      answer: [...answer],
      scope,
      matching: { fuzzy: reading.fuzzy, emptyValues: reading.emptyValues, combinedDateTime: true },
      after: reading.after,
      offset: reading.offset,
    },
    limit: reading.limit,
    ignored: reading.ignored,
    keys: asked.map(({ tag }) => tag),
  };
}

function* parametersOf(query: unknown): Generator<[string, string]> {
  for (const [name, given] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    if (Array.isArray(given) && name.toLowerCase() !== 'includefield') yield [name, given.join('\\')];
    else for (const value of Array.isArray(given) ? given : [given]) yield [name, String(value)];
  }
}

function readCount(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new AppError('request.invalid', { field: name });
  return Number(value);
}

/** A keyword or a tag; undefined when it is neither. */
function readTag(name: string): string | undefined {
  if (/^[0-9A-Fa-f]{8}$/.test(name)) return name.toUpperCase();
  return tagOf(name);
}

function readKey(
  name: string,
  value: string,
  place: QidoPlace,
  keys: Map<string, AskedKey>,
  ignored: string[],
): void {
  const path = name.split('.').map(readTag);
  const [tag, inner, ...deeper] = path;
  const report = () => ignored.push(name.replace(/[^\w.]/g, '').slice(0, 64));
  if (tag === undefined || path.includes(undefined) || deeper.length > 0) return void report();
  const attribute = attributes.get(tag);
  const below = attribute !== undefined && isAbove(place.level, attribute.level);
  if (below || attribute?.match === null || (isPrivateTag(tag) && inner === undefined)) return void report();
  if (inner === undefined) {
    if (vrOf(tag) === 'SQ') return void report();
    keys.set(tag, { tag, value });
    return;
  }
  const known = keys.get(tag);
  const item: DicomJson = known !== undefined && 'items' in known ? { ...known.items[0] } : {};
  item[inner] = { vr: vrOf(inner), Value: [value] };
  keys.set(tag, { tag, items: [item] });
}

function readInclude(value: string, place: QidoPlace, include: Set<string>, ignored: string[]): void {
  for (const name of value.split(',').slice(0, mostKeys)) {
    if (name === 'all') {
      for (const { tag, level } of attributes.values())
        if (!isAbove(place.level, level) && !isCostly(tag)) include.add(tag);
      continue;
    }
    const tag = readTag(name.split('.')[0] ?? '');
    const attribute = tag === undefined ? undefined : attributes.get(tag);
    if (tag === undefined || (attribute !== undefined && isAbove(place.level, attribute.level)))
      ignored.push(name.replace(/[^\w.]/g, '').slice(0, 64));
    else if (!tag.startsWith('7FE0')) include.add(tag);
  }
}

/** Sums over all studies of a patient are given when they are asked for by name. */
const isCostly = (tag: string) => ['00201200', '00201202', '00201204', '00080062'].includes(tag);

/** Tables 10.6.3-3 to 10.6.3-5; attributes of the levels above come along when the address does not fix them. */
function standardAnswer({ level, fixed }: QidoPlace): string[] {
  const own = (one: Level) =>
    [...attributes.values()].filter((attribute) => attribute.level === one && !isCostly(attribute.tag));
  const above = levels.filter((one) => isAbove(one, level) && one !== 'PATIENT');
  const tags = [...own(level).map(({ tag }) => tag), uniqueKey.STUDY];
  if (level === 'STUDY') tags.push(...own('PATIENT').map(({ tag }) => tag));
  for (const one of above) {
    tags.push(uniqueKey[one]);
    const isFixed = fixed[uniqueKey[one]] !== undefined;
    if (!isFixed) tags.push(...own(one).map(({ tag }) => tag));
  }
  if (fixed[uniqueKey.STUDY] === undefined) tags.push(...own('PATIENT').map(({ tag }) => tag));
  if (level === 'IMAGE') tags.push('00080060');
  return tags;
}

export function writeCursor({ order, at }: Cursor): string {
  return Buffer.from(JSON.stringify([order, ...at])).toString('base64url');
}

export function readCursor(text: string): Cursor {
  const bad = () => new AppError('request.invalid', { field: 'after' });
  if (!/^[\w-]{1,400}$/.test(text)) throw bad();
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw bad();
  }
  if (!Array.isArray(value) || !value.every((one): one is string => typeof one === 'string')) throw bad();
  const [order, ...at] = value;
  if (order !== 'newest' && order !== 'study' && order !== 'series') throw bad();
  // The last is a row id, the rest are days and numbers: never free text into the statement's casts.
  if (at.length === 0 || at.length > 4 || !/^\d{1,19}$/.test(at.at(-1) ?? '')) throw bad();
  if (!at.every((one) => /^[^\0]{0,32}$/.test(one))) throw bad();
  const isNumber = (one: string) =>
    /^-?\d{1,19}$/.test(one) && BigInt.asIntN(64, BigInt(one)) === BigInt(one);
  if (!(order === 'newest' ? at.slice(1) : at).every(isNumber)) throw bad();
  return { order, at };
}
