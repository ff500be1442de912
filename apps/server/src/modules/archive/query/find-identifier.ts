// A C-FIND identifier (PS3.4 §C.4.1.1.3) as a query of the engine: the level, its keys and what is to be answered;
// hierarchical (the unique keys above the level are given) unless relational queries were negotiated.
import { type DicomJson, itemsOf, textOf } from '@yunying/dicom';
import { StatusError, status } from '@yunying/dimse';
import { isAbove, type Level, levels, nameOfTag, uniqueKey } from './attributes.ts';
import type { AskedKey, QueryAsk, QueryRoot } from './query-archive.ts';
import type { QueryScope } from './repo-query.ts';

export type FindModel = { root: QueryRoot; levels: readonly Level[] };
/** Extended negotiation of the FIND classes (PS3.4 table C.5-1). */
export type FindTerms = { relational: boolean; combinedDateTime: boolean; fuzzy: boolean };
export type FindQuestion = { ask: QueryAsk; level: Level; tags: string[] };

const mostKeys = 256;
const queryLevel = '00080052';
const notKeys: ReadonlySet<string> = new Set(['00080005', queryLevel, '00080053', '00080201']);
/** Answered by the service itself, whatever they hold. */
const ownAnswers: ReadonlySet<string> = new Set(['00080054', '00080056', '00081190']);

export function readFindIdentifier(
  json: DicomJson,
  model: FindModel,
  terms: FindTerms,
  scope: QueryScope,
): FindQuestion {
  const level = readLevel(json, model);
  const tags = Object.keys(json).filter((tag) => !notKeys.has(tag) && !tag.endsWith('0000'));
  if (tags.length > mostKeys) throw refuse('the identifier has too many keys');
  if (!terms.relational) requireHierarchy(json, level, model);
  const keys: AskedKey[] = tags.filter((tag) => !ownAnswers.has(tag)).map((tag) => keyOf(json, tag));
  const above = model.levels
    .filter((one) => one === level || isAbove(one, level))
    .map((one) => uniqueKey[one]);
  return {
    level,
    tags: tags.filter((tag) => !ownAnswers.has(tag)),
    ask: {
      level,
      keys,
      answer: [...new Set([...tags.filter((tag) => !ownAnswers.has(tag)), ...above])],
      scope,
      matching: { fuzzy: terms.fuzzy, combinedDateTime: terms.combinedDateTime },
    },
  };
}

function readLevel(json: DicomJson, model: FindModel): Level {
  const text = textOf(json, queryLevel)?.toUpperCase() ?? '';
  const level = levels.find((one) => one === text || (one === 'IMAGE' && text === 'INSTANCE'));
  if (level === undefined) throw refuse('Query/Retrieve Level (0008,0052) is missing or unknown');
  if (!model.levels.includes(level)) throw refuse(`level ${level} is not one of this information model`);
  return level;
}

/** One value, without wildcards, for each level above (PS3.4 §C.4.1.3.1). */
function requireHierarchy(json: DicomJson, level: Level, model: FindModel): void {
  for (const one of model.levels) {
    if (!isAbove(one, level)) continue;
    const tag = uniqueKey[one];
    const value = textOf(json, tag);
    if (value === null || /[*?\\]/.test(value))
      throw refuse(`${nameOfTag(tag)} of level ${one} needs a single value`);
  }
}

function keyOf(json: DicomJson, tag: string): AskedKey {
  const element = json[tag];
  if (element?.vr === 'SQ') return { tag, items: itemsOf(json, tag) };
  const values = (element?.Value ?? []).map((_, index) =>
    textOf({ [tag]: { vr: element?.vr ?? 'UN', Value: element?.Value?.slice(index, index + 1) ?? [] } }, tag),
  );
  return { tag, value: values.filter((value) => value !== null).join('\\') };
}

function refuse(comment: string): StatusError {
  return new StatusError(status.datasetDoesNotMatchSopClass, comment.slice(0, 64));
}
