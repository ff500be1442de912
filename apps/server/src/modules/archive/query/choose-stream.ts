// Which stream of studies drives a query? Unique keys and numbers first: they name few. A name is counted in its index up
// to a limit. With m matches among n studies, sorting the matches looks at m index entries, and going through all studies
// until a page is full at page × n ÷ m; the smaller one is taken, so neither ever exceeds the root of page × n: 7,000
// entries for a million studies. A modality has an index in the order of the answer. So every plan has a bound, and none
// depends on what the planner guesses.
import type { Db } from '../../../db/index.ts';
import type { Condition } from './conditions.ts';
import type { NameQuestion } from './name-question.ts';
import type { ColumnCondition, NameKey } from './repo-matches.ts';
import { type Counted, countMatches, type Stream } from './repo-streams.ts';

const usualPage = 50;
const mostModalities = 4;
const uniqueKeys = [
  ['0020000D', 'study'],
  ['0020000E', 'series'],
  ['00080018', 'instance'],
] as const;
const numbers = [
  ['00080050', 'accession_number'],
  ['00100020', 'patient_id'],
] as const;

/** `far`: many matches are to be skipped, which the index of all studies does without opening one. */
export async function chooseStream(
  db: Db,
  conditions: readonly ColumnCondition[],
  far: boolean,
): Promise<Stream> {
  const on = (tag: string) => conditions.find((one) => one.tag === tag)?.condition;
  for (const [tag, of] of uniqueKeys) {
    const condition = on(tag);
    if (condition?.kind === 'list') return { kind: 'uids', of, values: condition.values };
  }
  for (const [tag, column] of numbers) {
    const condition = on(tag);
    if (condition?.kind === 'list') return { kind: 'numbers', column, match: { values: condition.values } };
  }
  const counted = [...numberPrefixes(on), ...nameStreams(on('00100010'))];
  if (counted.length > 0) {
    const { counts, bound } = await countMatches(db, counted, usualPage);
    const least = Math.min(...counts);
    const shortest = counted[counts.indexOf(least)];
    if (least <= bound && shortest !== undefined) return shortest;
  }
  if (far) return { kind: 'all' };
  for (const tag of ['00080060', '00080061']) {
    const condition = on(tag);
    if (condition?.kind === 'list' && condition.values.length <= mostModalities)
      return { kind: 'modalities', values: condition.values };
  }
  return { kind: 'all' };
}

type On = (tag: string) => Condition | undefined;

function numberPrefixes(on: On): Counted[] {
  return numbers.flatMap(([tag, column]): Counted[] => {
    const condition = on(tag);
    const prefix = condition?.kind === 'like' ? literalPrefix(condition.pattern) : '';
    return prefix === '' ? [] : [{ kind: 'numbers', column, match: { prefix } }];
  });
}

/** One for each group or word of the name that is known to begin with something. */
function nameStreams(condition: Condition | undefined): Counted[] {
  if (condition?.kind !== 'name') return [];
  return keysOf(condition.name).map((keys) => ({ kind: 'names', keys }));
}

function keysOf(name: NameQuestion): NameKey[][] {
  if (name.fuzzy) return name.words.map((list) => list.map((text) => ({ text, whole: false })));
  return name.groups.flatMap((alternatives) => {
    const keys = alternatives.flatMap(({ prefix, exact }) =>
      prefix === null ? [] : [{ text: prefix, whole: exact }],
    );
    return keys.length === alternatives.length ? [keys] : []; // one may begin with anything
  });
}

/** What a LIKE pattern begins with, up to its first wildcard; ! escapes the next sign. */
function literalPrefix(pattern: string): string {
  let prefix = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at] ?? '';
    if (sign === '%' || sign === '_') break;
    if (sign === '!') at += 1;
    prefix += pattern[at] ?? '';
  }
  return prefix;
}
