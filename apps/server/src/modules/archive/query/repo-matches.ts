// Conditions as SQL, one for each way of matching. Those of a study read only its row (and keys of its name), so that a
// walk over an index that holds the asked columns never opens the table.
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Condition } from './conditions.ts';
import type { NamePattern, NameQuestion } from './name-question.ts';
import { expressions, modalitiesInStudy } from './repo-attributes.ts';

export type ColumnCondition = { tag: string; condition: Condition; kind: 'fold' | 'plain' };
export type DayRange = { from: string | null; to: string | null };

export const studyDay = sql<string>`coalesce(study.study_date, '')`;
const longestKey = 64;

export function columnMatches({ tag, condition, kind }: ColumnCondition): Expression<unknown> {
  const expression = expressions[tag] ?? sql`NULL`;
  if (condition.kind === 'name') return nameMatches(condition.name);
  if (condition.kind === 'empty') return sql`coalesce(${expression}, '') = ''`;
  if (tag === '00080061') return modalityMatches(condition);
  if (tag === '00080062') return sopClassMatches(condition);
  // The index is on the column itself, and '-' (no number) is nobody's number.
  const column = tag === '00100020' ? sql`study.patient_id` : tag === '00080020' ? studyDay : expression;
  const compared = kind === 'fold' ? sql`lower(${column})` : column;
  switch (condition.kind) {
    case 'list':
      return condition.values.length === 1
        ? sql`${compared} = ${condition.values[0]}`
        : sql`${compared} = ANY(${condition.values}::text[])`;
    case 'like':
      return sql`${compared} LIKE ${condition.pattern} ESCAPE '!'`;
    case 'range':
      return sql`(${sql.join(inRange(column, condition), sql` AND `)})`;
  }
}

const toTheEnd = '9'.repeat(14);

/**
 * Up to the end of the last day or minute that was named: 202603 covers 20260331; nothing is in no range. Digits only, so
 * that every collation puts them in the same order.
 */
export function inRange(column: Expression<unknown>, range: DayRange): Expression<unknown>[] {
  const parts: Expression<unknown>[] = [sql`${column} >= ${range.from ?? '0'}`];
  if (range.to !== null) parts.push(sql`${column} <= ${`${range.to}${toTheEnd}`}`);
  return parts;
}

/** StudyDate and StudyTime as one moment (PS3.4 §C.2.2.2.5). */
export function momentMatches(moment: DayRange): Expression<unknown>[] {
  const text = sql`(coalesce(study.study_date, '') || coalesce(study.study_time, ''))`;
  const day = (end: string | null) => end?.slice(0, 8) ?? null;
  return [...inRange(text, moment), ...inRange(studyDay, { from: day(moment.from), to: day(moment.to) })];
}

function sopClassMatches(condition: Condition): Expression<unknown> {
  if (condition.kind !== 'list') return sql`false`;
  return sql`EXISTS (SELECT 1 FROM instance i WHERE i.study_id = study.id AND i.hidden_at IS NULL AND i.sop_class_uid = ANY(${condition.values}::text[]))`;
}

function modalityMatches(condition: Condition): Expression<SqlBool> {
  const all = sql`('\\' || coalesce(${modalitiesInStudy}, '') || '\\')`;
  if (condition.kind === 'list') {
    const each = condition.values.map((value) => sql`position(${`\\${value}\\`} in ${all}) > 0`);
    return sql<SqlBool>`(${sql.join(each, sql` OR `)})`;
  }
  if (condition.kind === 'like')
    return sql<SqlBool>`EXISTS (SELECT 1 FROM series m WHERE m.study_id = study.id AND m.hidden_at IS NULL AND m.modality LIKE ${condition.pattern} ESCAPE '!')`;
  return sql<SqlBool>`false`;
}

function nameMatches(name: NameQuestion): Expression<SqlBool> {
  const groups = name.fuzzy ? name.words.map(wordMatches) : name.groups.map(groupMatches);
  return sql<SqlBool>`(${sql.join(groups, sql` AND `)})`;
}

/** patient_name_search is |form|form|; a form must match as a whole, its wildcards do not cross into the next. */
function groupMatches(alternatives: readonly NamePattern[]): Expression<unknown> {
  const forms = sql`study.patient_name_search`;
  const each = alternatives.map(({ exact, pattern, literal }) =>
    exact
      ? sql`position(${`|${pattern}|`} in ${forms}) > 0`
      : isPrefix(pattern)
        ? sql`position(${`|${pattern.slice(0, -1)}`} in ${forms}) > 0`
        : // The longest text without wildcards first: it is quick, and nearly every name fails it.
          sql`(position(${literal} in ${forms}) > 0 AND EXISTS (SELECT 1 FROM unnest(string_to_array(${forms}, '|')) AS form
                      WHERE form <> '' AND form LIKE ${pattern} ESCAPE '!'))`,
  );
  return sql`(${sql.join(each, sql` OR `)})`;
}

const isPrefix = (pattern: string) => pattern.endsWith('%') && !/[!%_]/.test(pattern.slice(0, -1));

/** By the few keys of the study, not by the many studies of the key: left() keeps the planner from its index. */
function wordMatches(beginnings: readonly string[]): Expression<unknown> {
  const each = beginnings.map((text) => {
    const letters = [...text].slice(0, longestKey);
    return sql`left(k.key, ${sql.lit(letters.length)}) = ${letters.join('')}`;
  });
  return sql`EXISTS (SELECT 1 FROM study_name_key k WHERE k.study_id = study.id AND (${sql.join(each, sql` OR `)}))`;
}

export type NameKey = { text: string; whole: boolean };

/** Of the key table under the name k. */
export function keyMatches({ text, whole }: NameKey): RawBuilder<unknown> {
  const letters = [...text];
  const isCut = letters.length > longestKey; // keys are cut there
  const kept = isCut ? letters.slice(0, longestKey).join('') : text;
  return whole || isCut ? sql`k.key = ${kept}` : startsWith(sql.ref('k.key'), kept);
}

/** As a range, so that the index serves it under every plan and every collation. */
export function startsWith(column: Expression<unknown>, text: string): RawBuilder<unknown> {
  return sql`(${column} ~>=~ ${text} AND ${column} ~<~ ${`${text}\u{10ffff}`})`;
}
