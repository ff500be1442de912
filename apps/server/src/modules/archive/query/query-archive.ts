// The one matching engine of the archive (PS3.4 §C.2.2, §C.4.1): QIDO-RS and C-FIND are shapes around it. Keys are
// attributes with their matching values; answers are rows of the asked attributes, newest first (inside a study by
// number). Pages go by keyset: the last row of one says where the next begins.
import type { DicomJson } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { type Attribute, attributes, isAbove, type Level, nameOfTag } from './attributes.ts';
import { type Condition, type ReadOptions, readCondition } from './conditions.ts';
import { findFewStudies } from './few-studies.ts';
import {
  type ColumnCondition,
  type FoundRow,
  type Order,
  type QueryScope,
  selectPage,
} from './repo-query.ts';
import { StoredMatch } from './stored-match.ts';

export type QueryRoot = 'patient' | 'study';
/** `value` is the text of a key; `items` those of a sequence (the first one counts, PS3.4 §C.2.2.2.6). */
export type AskedKey = { tag: string; value: string } | { tag: string; items: readonly DicomJson[] };
export type QueryAsk = {
  level: Level;
  keys: readonly AskedKey[];
  /** Attributes to be answered, by tag; the keys are not answered by themselves. */
  answer: readonly string[];
  scope: QueryScope;
  matching?: ReadOptions & { combinedDateTime?: boolean };
  after?: Cursor | null;
  offset?: number;
};
export type Cursor = { order: Order; at: readonly string[] };
export type QueryRow = FoundRow & { cursor: Cursor; stored: DicomJson | null };
export type QueryPlan = { ask: QueryAsk; unsupported: string[]; conditions: ColumnCondition[] } & {
  stored: StoredMatch;
  moment: { from: string | null; to: string | null } | null;
};

type QueryContext = Pick<Context, 'db' | 'blobs'>;

const pageRows = 500;
/** Objects opened for one query whose keys have no column. */
const mostOpened = 2000;

const studyDate = '00080020';
const studyTime = '00080030';

/** Reads the keys; throws request.invalid for a value that is none. Keys below the level are not supported. */
export function planQuery(ask: QueryAsk): QueryPlan {
  const unsupported: string[] = [];
  const conditions: ColumnCondition[] = [];
  const storedKeys: AskedKey[] = [];
  for (const key of ask.keys) {
    const attribute = attributes.get(key.tag);
    if (attribute === undefined) {
      storedKeys.push(key);
      continue;
    }
    if (isAbove(ask.level, attribute.level) || 'items' in key) {
      unsupported.push(key.tag);
      continue;
    }
    const condition = conditionOf(attribute, key.value, ask.matching ?? {});
    if (condition === 'unsupported') unsupported.push(key.tag);
    else if (condition !== null)
      conditions.push({ tag: key.tag, condition, kind: isFolded(attribute) ? 'fold' : 'plain' });
  }
  const hasColumn = (tag: string) => attributes.has(tag);
  const stored = new StoredMatch(
    storedKeys,
    ask.answer.filter((tag) => !hasColumn(tag)),
  );
  const { rest, moment } =
    ask.matching?.combinedDateTime === true ? combine(conditions) : { rest: conditions, moment: null };
  return { ask, unsupported, conditions: rest, stored, moment };
}

function conditionOf(
  attribute: Attribute,
  value: string,
  options: ReadOptions,
): Condition | null | 'unsupported' {
  if (attribute.match !== null) return readCondition(attribute.keyword, value, attribute.match, options);
  return value.trim() === '' || value.trim() === '*' ? null : 'unsupported'; // counts are answered, not matched
}

const isFolded = ({ match }: Attribute) => match === 'text' || match === 'person';

/** Day and time ranges become one range of moments: from the first day's time to the last day's. */
function combine(conditions: ColumnCondition[]) {
  const day = conditions.find(({ tag }) => tag === studyDate)?.condition;
  const time = conditions.find(({ tag }) => tag === studyTime)?.condition;
  const none = { rest: conditions, moment: null };
  if (day?.kind !== 'range' || time?.kind !== 'range') return none;
  const isWhole = (text: string | null) => text === null || text.length === 8;
  if (!isWhole(day.from) || !isWhole(day.to) || (day.from === day.to && time.from === time.to)) return none;
  return {
    rest: conditions.filter(({ tag }) => tag !== studyDate && tag !== studyTime),
    moment: {
      from: day.from === null ? null : `${day.from}${time.from ?? ''}`,
      to: day.to === null ? null : `${day.to}${time.to ?? ''}`,
    },
  };
}

/** Every match, in pages read as they are wanted; stops with the iteration. */
export async function* queryArchive(
  ctx: QueryContext,
  plan: QueryPlan,
  pageSize = pageRows,
): AsyncGenerator<QueryRow> {
  const { ask, stored } = plan;
  const order = orderOf(plan);
  if (ask.after !== undefined && ask.after !== null && ask.after.order !== order)
    throw new AppError('request.invalid', { field: 'after' });
  const studyIds = await findFewStudies(ctx.db, plan);
  if (studyIds !== null && studyIds.length === 0) return;
  let after = ask.after?.at ?? null;
  let toSkip = ask.offset ?? 0;
  let opened = 0;
  for (;;) {
    const skipHere = stored.isEmpty ? toSkip : 0;
    const rows = await selectPage(ctx.db, {
      level: ask.level,
      conditions: plan.conditions,
      moment: plan.moment,
      scope: ask.scope,
      studyIds,
      order,
      after,
      limit: pageSize,
      offset: skipHere,
      tags: columnsOf(ask),
    });
    if (stored.isEmpty) toSkip = 0;
    const found = stored.isIdle ? null : await stored.read(ctx, ask.level, rows);
    for (const row of rows) {
      const cursor = { order, at: row.at };
      const json = found?.get(idOf(row)) ?? null;
      if (!stored.isEmpty && (json === null || !stored.matches(json))) continue;
      if (!stored.isEmpty && toSkip > 0) {
        toSkip -= 1;
        continue;
      }
      yield { ...row, cursor, stored: json };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.at;
    opened += stored.isEmpty ? 0 : rows.length;
    if (opened > mostOpened)
      throw new AppError('archive.query_too_wide', { keys: stored.keyTags.map(nameOfTag) });
  }
}

/** What the tables joined for this level can answer. */
function columnsOf({ answer, level }: QueryAsk): string[] {
  return answer.filter((tag) => {
    const attribute = attributes.get(tag);
    return attribute !== undefined && !isAbove(level, attribute.level);
  });
}

function orderOf({ ask, conditions }: QueryPlan): Order {
  if (ask.level === 'PATIENT' || ask.level === 'STUDY') return 'newest';
  const isOne = (tag: string) =>
    conditions.some(
      ({ tag: own, condition }) => own === tag && condition.kind === 'list' && condition.values.length === 1,
    );
  if (ask.level === 'IMAGE' && isOne('0020000E')) return 'series';
  return isOne('0020000D') ? 'study' : 'newest';
}

function idOf(row: FoundRow): string {
  return row.instanceId ?? row.seriesId ?? row.studyId;
}
