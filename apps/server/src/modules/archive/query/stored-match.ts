// Keys and answers that have no column: compared with, and read from, the attributes of a stored object of each match
// (for a study or series, its first). Sequences match when one item has all keys of the asked item (PS3.4 §C.2.2.2.6),
// so RequestAttributesSequence, codes and referenced objects can be asked for.
import { type DicomJson, type JsonElement, vrOf } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { readCorrections } from '../edits/corrections.ts';
import { getInstanceMetadata } from '../instance-metadata.ts';
import type { Level } from './attributes.ts';
import type { AskedKey } from './query-archive.ts';
import { type FoundRow, selectSamples } from './repo-query.ts';

const deepest = 4;

export class StoredMatch {
  readonly #keys: readonly AskedKey[];
  /** Nothing to compare. */
  readonly isEmpty: boolean;
  /** Nothing to compare and nothing to answer: no object is opened. */
  readonly isIdle: boolean;

  constructor(keys: readonly AskedKey[], answers: readonly string[]) {
    this.#keys = keys.filter(isRestrictive);
    this.isEmpty = this.#keys.length === 0;
    this.isIdle = this.isEmpty && answers.length === 0;
  }

  get keyTags(): string[] {
    return this.#keys.map(({ tag }) => tag);
  }

  /** By row id. What cannot be read any more matches nothing. */
  async read(
    ctx: Pick<Context, 'db' | 'blobs'>,
    level: Level,
    rows: readonly FoundRow[],
  ): Promise<Map<string, DicomJson>> {
    const found = new Map<string, DicomJson>();
    if (rows.length === 0) return found;
    const ids = rows.map((row) => row.instanceId ?? row.seriesId ?? row.studyId);
    const samples = await selectSamples(ctx.db, level, ids);
    const corrections = await readCorrections(
      ctx.db,
      [...samples.values()].map((instance) => instance.id),
    );
    for (const [id, instance] of samples) {
      const changes = corrections.get(instance.id);
      const json = await getInstanceMetadata(ctx, instance, changes).catch(() => null);
      if (json !== null) found.set(id, json);
    }
    return found;
  }

  matches(json: DicomJson): boolean {
    return this.#keys.every((key) => keyMatches(json[key.tag], key, 0));
  }
}

function isRestrictive(key: AskedKey): boolean {
  if ('value' in key) return key.value.trim() !== '' && !/^\*+$/.test(key.value.trim());
  const [item] = key.items;
  return item !== undefined && keysOf(item).some(isRestrictive);
}

function keysOf(item: DicomJson): AskedKey[] {
  return Object.entries(item).map(([tag, element]) =>
    element.vr === 'SQ'
      ? { tag, items: (element.Value ?? []).filter(isItem) }
      : { tag, value: textsOf(element).join('\\') },
  );
}

function keyMatches(element: JsonElement | undefined, key: AskedKey, depth: number): boolean {
  if (depth > deepest) throw new AppError('request.invalid', { field: key.tag });
  if (!isRestrictive(key)) return true;
  if ('items' in key) {
    const [asked] = key.items;
    const keys = asked === undefined ? [] : keysOf(asked);
    return (element?.Value ?? [])
      .filter(isItem)
      .some((item) => keys.every((one) => keyMatches(item[one.tag], one, depth + 1)));
  }
  const vr = element?.vr ?? vrOf(key.tag);
  const values = element === undefined ? [] : textsOf(element);
  return values.some((value) => textMatches(value, key.value, vr));
}

function textMatches(value: string, asked: string, vr: string): boolean {
  const fold = (text: string) => {
    const folded = text.normalize('NFKC').trim();
    return ['CS', 'UI', 'SH', 'AE'].includes(vr) ? folded : folded.toLowerCase();
  };
  const isRange = ['DA', 'TM', 'DT'].includes(vr);
  if (isRange) return rangeMatches(value.replaceAll(':', ''), asked.replaceAll(':', '').trim());
  if (['IS', 'DS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD'].includes(vr)) return Number(value) === Number(asked);
  const choices = vr === 'UI' ? asked.split(/[\\,]/) : asked.split('\\');
  return choices.some((choice) => wildcardMatches(fold(value), fold(choice)));
}

function rangeMatches(value: string, asked: string): boolean {
  const dash = asked.indexOf('-');
  if (dash < 0) return value.startsWith(asked);
  const from = asked.slice(0, dash);
  const to = asked.slice(dash + 1);
  return (from === '' || value >= from) && (to === '' || value < `${to}~`);
}

/** Without regular expressions: the pattern is a stranger's. */
function wildcardMatches(text: string, pattern: string): boolean {
  let [at, in_, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    const sign = pattern[in_];
    if (sign === '*') {
      star = in_;
      mark = at;
      in_ += 1;
    } else if (sign !== undefined && (sign === '?' || sign === text[at])) {
      at += 1;
      in_ += 1;
    } else if (star >= 0) {
      in_ = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (pattern[in_] === '*') in_ += 1;
  return in_ === pattern.length;
}

function textsOf(element: JsonElement): string[] {
  return (element.Value ?? []).flatMap((value) => {
    if (typeof value === 'string' || typeof value === 'number') return [String(value)];
    if (value === null) return [];
    return Object.values(value).flatMap((group) => (typeof group === 'string' ? [group] : []));
  });
}

function isItem(value: unknown): value is DicomJson {
  return typeof value === 'object' && value !== null;
}
