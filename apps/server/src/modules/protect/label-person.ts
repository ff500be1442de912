// Brings the labels that rules set on a person, and on the person's exams, to what the rules say now. One person at a
// time under a lock, in one transaction. A label that somebody took away by hand does not come back while its rule says
// the same; labels set by hand are not touched.
import type { Context } from '../../context.ts';
import { newId, type Tx } from '../../db/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getPatientsOfPerson, lockKey } from '../mpi/index.ts';
import { insertLabel, updateLabelRemoved } from './repo-labels.ts';
import * as repo from './repo-rules.ts';
import {
  matchExamRule,
  matchPersonRule,
  needsTexts,
  type PersonSubject,
  type Rule,
} from './rule-condition.ts';
import { getLiveRules, numberIndex } from './rules.ts';

type Part = Pick<Context, 'db' | 'clock' | 'crypto'>;
type Wanted = { rule: Rule; examId: string | null; until: Date | null };

export async function labelPerson(ctx: Part, personId: string): Promise<{ set: number; removed: number }> {
  return ctx.db.transaction().execute(async (tx) => {
    await lockKey(tx, `protection:${personId}`);
    const rules = await getLiveRules(tx);
    const exams = await repo.selectExamSubjects(tx, personId, needsTexts(rules));
    const now = ctx.clock.now();
    const wanted = wantedLabels(rules, await personSubject(ctx, tx, personId), exams, now);
    const labels = await repo.selectRuleLabels(
      tx,
      personId,
      exams.map(({ id }) => id),
    );
    let [set, removed] = [0, 0];
    const live = labels.filter((label) => label.removed_at === null);
    for (const label of live) {
      if (wanted.some((one) => isSame(label, one))) continue;
      await updateLabelRemoved(tx, label.id, { at: now, by: null, reason: 'rule' });
      await audit(tx, 'label.removed', label.rule_id, label.person_id, label.exam_id);
      removed += 1;
    }
    for (const one of wanted) {
      const isKept = live.some((label) => isSame(label, one));
      const isWaived = labels.some((label) => label.removed_by !== null && isSame(label, one));
      if (isKept || isWaived) continue;
      await insertRuleLabel(tx, personId, one, now);
      set += 1;
    }
    return { set, removed };
  });
}

async function personSubject(ctx: Part, tx: Tx, personId: string): Promise<PersonSubject> {
  const patients = await getPatientsOfPerson(tx, personId);
  const numbers = patients.flatMap(({ patientId, identityNo }) => [patientId, identityNo ?? '']);
  return {
    indexes: new Set(numbers.filter((number) => number !== '').map((number) => numberIndex(ctx, number))),
    birthDates: patients.flatMap(({ birthDate }) => (birthDate === null ? [] : [birthDate])),
  };
}

function wantedLabels(
  rules: readonly Rule[],
  person: PersonSubject,
  exams: readonly repo.ExamTextRow[],
  now: Date,
): Wanted[] {
  const present = (...texts: (string | null)[]) => texts.filter((text) => text !== null);
  return rules.flatMap((rule): Wanted[] => {
    const own = matchPersonRule(rule.condition, person, now);
    if (own !== null) return [{ rule, examId: null, until: own.until }];
    const matched = exams.filter((exam) =>
      matchExamRule(rule.condition, {
        examId: exam.id,
        department: present(exam.departmentCode, exam.departmentName),
        item: present(exam.itemCode, exam.itemName),
        report: exam.report ?? '',
        diagnosis: exam.diagnosis ?? '',
      }),
    );
    if (rule.target === 'person') return matched.length === 0 ? [] : [{ rule, examId: null, until: null }];
    return matched.map((exam) => ({ rule, examId: exam.id, until: null }));
  });
}

/** Of this rule, for this object, saying the same. */
function isSame(label: repo.RuleLabelRow, { rule, examId, until }: Wanted): boolean {
  return (
    label.rule_id === rule.id &&
    label.exam_id === examId &&
    label.tag === rule.tag &&
    label.level === rule.level &&
    label.restriction === rule.restriction &&
    (label.valid_to?.getTime() ?? null) === (until?.getTime() ?? null)
  );
}

async function insertRuleLabel(tx: Tx, personId: string, { rule, examId, until }: Wanted, now: Date) {
  await insertLabel(tx, {
    id: newId(),
    person_id: examId === null ? personId : null,
    exam_id: examId,
    tag: rule.tag,
    level: rule.level,
    restriction: rule.restriction,
    source: 'rule',
    rule_name: rule.name,
    rule_id: rule.id,
    rule_version: rule.version,
    valid_from: now,
    valid_to: until,
    created_at: now,
  });
  await audit(tx, 'label.set', rule.id, examId === null ? personId : null, examId);
}

function audit(tx: Tx, event: string, rule: string | null, personId: string | null, examId: string | null) {
  return recordAudit(tx, {
    event,
    actor: { kind: 'system' },
    objectType: examId === null ? 'person' : 'exam',
    objectId: examId ?? personId ?? '',
    result: 'ok',
    detail: { rule },
  });
}
