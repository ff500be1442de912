// The one matching engine of the archive (PS3.4 §C.2.2, §C.4.1): QIDO-RS and C-FIND are shapes around it. Keys are
// attributes with their matching values; answers are rows of the asked attributes, newest first (inside a study by
// number). Pages go by keyset: the last row of one says where the next begins.
import type { DicomJson } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { type Attribute, attributes, isAbove, type Level, nameOfTag } from './attributes.ts';
import { chooseStream } from './choose-stream.ts';
import { type Condition, type ReadOptions, readCondition } from './conditions.ts';
import { dayAtOffset } from './repo-days.ts';
import type { ColumnCondition } from './repo-matches.ts';
import { cursorLength, type FoundRow, type Order, type QueryScope, selectPage } from './repo-query.ts';
import type { Stream } from './repo-streams.ts';
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

/** From here on an offset is looked up by day, not walked. */
const farOffset = 1000;
const lastId = '9223372036854775807';

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
  requireCursor(ask, order);
  const isFar = (ask.offset ?? 0) >= farOffset;
  const stream: Stream =
    order === 'newest' ? await chooseStream(ctx.db, plan.conditions, isFar) : { kind: 'all' };
  const start = await startOf(ctx, plan, stream);
  if (start === null) return;
  let { after, toSkip } = start;
  let opened = 0;
  for (;;) {
    const skipHere = stored.isEmpty ? toSkip : 0;
    const rows = await selectPage(ctx.db, {
      level: ask.level,
      conditions: plan.conditions,
      moment: plan.moment,
      scope: ask.scope,
      stream,
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

function requireCursor({ after, level }: QueryAsk, order: Order): void {
  if (after === undefined || after === null) return;
  if (after.order !== order || after.at.length !== cursorLength(level, order))
    throw new AppError('request.invalid', { field: 'after' });
}

type Start = { after: readonly string[] | null; toSkip: number };

/** A far offset into all studies, or into those of some days, begins at its day. Null: it lies behind the last. */
async function startOf({ db }: QueryContext, plan: QueryPlan, stream: Stream): Promise<Start | null> {
  const { ask, conditions } = plan;
  const plainly = { after: ask.after?.at ?? null, toSkip: ask.offset ?? 0 };
  const days = conditions.flatMap(({ tag, condition }) =>
    tag === studyDate && condition.kind === 'range' ? [condition] : [],
  );
  const isPlain =
    ask.level === 'STUDY' &&
    stream.kind === 'all' &&
    plan.stored.isEmpty &&
    plan.moment === null &&
    plainly.after === null &&
    ask.scope.kind === 'all' &&
    days.length === conditions.length;
  if (!isPlain || plainly.toSkip < farOffset) return plainly;
  const place = await dayAtOffset(db, days, plainly.toSkip);
  if (place === null) return null;
  return { after: [place.day, lastId], toSkip: plainly.toSkip - place.before };
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
