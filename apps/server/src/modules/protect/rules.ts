// Label rules: read, written as a new version, taken away. A change runs over everybody in a job; what it sets or takes
// away holds with the next look at any door, because labels are read from their table.
import type { NewProtectionRule, ProtectionRules } from '@yunying/api';
import type { Context } from '../../context.ts';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { type AuditRequest, type AuditViewer, recordAudit } from '../audit/index.ts';
import * as repo from './repo-rules.ts';
import type { Rule, RuleCondition } from './rule-condition.ts';

type Part = Pick<Context, 'db' | 'clock' | 'crypto' | 'jobs'>;
export type By = { viewer: AuditViewer & { accountId: string }; request?: AuditRequest };

export const runJob = 'protect.label_everybody';

export async function getRules(db: Db): Promise<ProtectionRules> {
  const [rows, counts, run] = await Promise.all([
    repo.selectRules(db),
    repo.countLabelsByRule(db),
    repo.selectRun(db),
  ]);
  return {
    items: rows.map((row) => {
      const rule = readRule(row);
      const { condition } = rule;
      return {
        ...rule,
        enabled: row.enabled,
        updatedAt: row.updated_at.toISOString(),
        labelCount: counts.get(row.id) ?? 0,
        condition:
          condition.kind === 'numbers' ? { kind: 'numbers', count: condition.indexes.length } : condition,
      };
    }),
    run:
      run === undefined
        ? null
        : {
            startedAt: run.started_at.toISOString(),
            endedAt: run.ended_at?.toISOString() ?? null,
            seen: Number(run.seen_count),
            total: Number(run.total_count),
            set: Number(run.set_count),
            removed: Number(run.removed_count),
          },
  };
}

/** Rules that hold now. */
export async function getLiveRules(db: Db | Tx): Promise<Rule[]> {
  return (await repo.selectRules(db)).filter((row) => row.enabled).map(readRule);
}

/** `id` null: a new one. Answers its id. */
export async function saveRule(
  ctx: Part,
  id: string | null,
  written: NewProtectionRule,
  by: By,
): Promise<string> {
  const now = ctx.clock.now();
  const ruleId = id ?? newId();
  await ctx.db.transaction().execute(async (tx) => {
    const known = id === null ? undefined : await repo.selectRule(tx, id);
    if (id !== null && known === undefined) throw new AppError('request.not_found');
    const condition = keptCondition(ctx, written, known === undefined ? null : readRule(known).condition);
    const columns = {
      name: written.name.trim(),
      version: (known?.version ?? 0) + 1,
      tag: written.tag,
      level: written.level,
      restriction: written.restriction,
      target: isOfPersons(condition) ? 'person' : written.target,
      condition: JSON.stringify(condition),
      enabled: written.enabled,
      updated_at: now,
      updated_by: by.viewer.accountId,
    };
    if (known === undefined)
      await repo.insertRule(tx, { id: ruleId, ...columns, created_at: now, removed_at: null });
    else await repo.updateRule(tx, ruleId, columns);
    await repo.insertRuleVersion(tx, {
      rule_id: ruleId,
      version: columns.version,
      content: JSON.stringify(columns),
      written_at: now,
      written_by: by.viewer.accountId,
    });
    const detail = { version: columns.version, tag: columns.tag, restriction: columns.restriction };
    await audit(tx, 'protection.rule_saved', ruleId, by, { ...detail, enabled: columns.enabled });
    await ctx.jobs.enqueue(tx, runJob, {}, { key: 'all' });
  });
  return ruleId;
}

export async function removeRule(ctx: Part, id: string, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    if ((await repo.selectRule(tx, id)) === undefined) throw new AppError('request.not_found');
    await repo.updateRule(tx, id, { removed_at: ctx.clock.now(), updated_by: by.viewer.accountId });
    await audit(tx, 'protection.rule_removed', id, by, {});
    await ctx.jobs.enqueue(tx, runJob, {}, { key: 'all' });
  });
}

function audit(tx: Tx, event: string, id: string, by: By, detail: Record<string, string | number | boolean>) {
  return recordAudit(tx, { event, ...by, objectType: 'protection_rule', objectId: id, result: 'ok', detail });
}

function readRule(row: repo.RuleRow): Rule {
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    tag: row.tag as Rule['tag'], // written by saveRule alone, as are the next
    level: row.level,
    restriction: row.restriction as Rule['restriction'],
    target: row.target === 'exam' ? 'exam' : 'person',
    condition: JSON.parse(row.condition) as RuleCondition,
  };
}

const isOfPersons = (condition: RuleCondition) =>
  condition.kind === 'numbers' || condition.kind === 'under_age';

/** A list that is not written anew stays as it was. */
function keptCondition(
  ctx: Pick<Context, 'crypto'>,
  { condition }: NewProtectionRule,
  known: RuleCondition | null,
): RuleCondition {
  if (condition.kind !== 'numbers') return condition;
  if (condition.numbers === undefined) {
    if (known?.kind !== 'numbers') throw new AppError('request.invalid', { field: 'condition.numbers' });
    return known;
  }
  const indexes = new Set(condition.numbers.map((number) => numberIndex(ctx, number)));
  return { kind: 'numbers', indexes: [...indexes] };
}

/** What a number is kept and compared as. */
export function numberIndex(ctx: Pick<Context, 'crypto'>, number: string): string {
  return ctx.crypto.blindIndex(`protection ${number.normalize('NFKC').trim().toUpperCase()}`);
}
