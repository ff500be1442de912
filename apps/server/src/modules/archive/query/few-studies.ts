// Which condition has few matches? Asked of the indexes, with a limit, most telling first: what is found drives the
// query by ids; when every condition has many, null: the query walks its order and finds enough soon.
import type { Db } from '../../../db/index.ts';
import type { Condition } from './conditions.ts';
import type { NameQuestion } from './name-question.ts';
import type { QueryPlan } from './query-archive.ts';
import { type ColumnCondition, probeDays, probeModality, probeNames, probeStudies } from './repo-query.ts';

const few = 1500;

/** Ids of the studies that can match, or null when there is no short list of them. */
export async function findFewStudies(
  db: Db,
  { ask, conditions }: Pick<QueryPlan, 'ask' | 'conditions'>,
): Promise<string[] | null> {
  const isUnique = ({ tag, condition }: ColumnCondition) =>
    condition.kind === 'list' && ['0020000D', '0020000E', '00080018'].includes(tag);
  if (conditions.some(isUnique)) return null; // the unique indexes know better
  for (const probe of probesOf(db, conditions)) {
    const ids = await probe(few + 1);
    if (ids.length <= few) return [...new Set(ids)];
  }
  const isRelational = ask.level === 'SERIES' || ask.level === 'IMAGE';
  const day = conditionOn(conditions, '00080020');
  if (isRelational && day?.kind === 'range') {
    const ids = await probeDays(db, day, few + 1);
    if (ids.length <= few) return ids;
  }
  return null;
}

type Probe = (limit: number) => Promise<string[]>;

function probesOf(db: Db, conditions: readonly ColumnCondition[]): Probe[] {
  const probes: Probe[] = [];
  for (const [tag, column] of [
    ['00080050', 'accession_number'],
    ['00100020', 'patient_id'],
  ] as const) {
    const condition = conditionOn(conditions, tag);
    if (condition?.kind === 'list') probes.push((limit) => probeStudies(db, column, condition, limit));
    const prefix = condition?.kind === 'like' ? literalPrefix(condition.pattern) : '';
    if (prefix !== '') probes.push((limit) => probeStudies(db, column, { prefix }, limit));
  }
  const name = conditionOn(conditions, '00100010');
  if (name?.kind === 'name') {
    for (const beginnings of beginningsOf(name.name))
      probes.push((limit) => probeNames(db, beginnings, limit));
  }
  for (const tag of ['00080060', '00080061']) {
    const condition = conditionOn(conditions, tag);
    if (condition?.kind === 'list') probes.push((limit) => probeModality(db, condition.values, limit));
  }
  return probes;
}

function conditionOn(conditions: readonly ColumnCondition[], tag: string): Condition | undefined {
  return conditions.find((one) => one.tag === tag)?.condition;
}

/** What each group or word begins with, the longest first; a group that may begin with anything is left out. */
function beginningsOf(name: NameQuestion): string[][] {
  const lists = name.fuzzy
    ? name.words
    : name.groups.map((alternatives) =>
        alternatives.every(({ prefix }) => prefix !== null)
          ? alternatives.map(({ prefix }) => prefix ?? '')
          : [],
      );
  return lists.filter((list) => list.length > 0).sort((a, b) => (b[0]?.length ?? 0) - (a[0]?.length ?? 0));
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
