// Does a label rule hold for a person, or for an exam? Pure. Numbers of a list stand as blind indexes, so that a stored
// rule names nobody; words are looked for without regard to case and width, because reports are typed by hand.
import type { ProtectionCondition, ProtectionTag } from '@yunying/api';

export type RuleCondition =
  | { kind: 'numbers'; indexes: string[] }
  | Exclude<ProtectionCondition, { kind: 'numbers' }>;

export type Rule = {
  id: string;
  name: string;
  version: number;
  tag: ProtectionTag;
  level: number;
  restriction: 'none' | 'pseudonym' | 'break_glass' | 'hidden';
  target: 'person' | 'exam';
  condition: RuleCondition;
};

export type PersonSubject = {
  /** Blind indexes of every patient and identity number. */
  indexes: ReadonlySet<string>;
  birthDates: readonly string[];
};
export type ExamSubject = {
  examId: string;
  department: readonly string[];
  item: readonly string[];
  report: string;
  diagnosis: string;
};

/** `until`: when it stops to hold by itself. */
export type Match = { until: Date | null };

export function matchPersonRule(condition: RuleCondition, person: PersonSubject, now: Date): Match | null {
  if (condition.kind === 'numbers')
    return condition.indexes.some((index) => person.indexes.has(index)) ? { until: null } : null;
  if (condition.kind !== 'under_age') return null;
  const ends = person.birthDates.map((date) => birthday(date, condition.years)).filter((day) => day !== null);
  const last = ends.sort((a, b) => b.getTime() - a.getTime())[0];
  return last !== undefined && last > now ? { until: last } : null;
}

export function matchExamRule(condition: RuleCondition, exam: ExamSubject): boolean {
  switch (condition.kind) {
    case 'department':
      return condition.terms.some((term) => exam.department.map(plain).includes(plain(term)));
    case 'item':
      return condition.terms.some((term) => exam.item.map(plain).includes(plain(term)));
    case 'report_word':
      return condition.terms.some((term) => plain(exam.report).includes(plain(term)));
    case 'diagnosis_word':
      return condition.terms.some((term) => plain(exam.diagnosis).includes(plain(term)));
    default:
      return false;
  }
}

export function needsTexts(rules: readonly Rule[]): boolean {
  return rules.some(({ condition }) => condition.kind.endsWith('_word'));
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');

/** The start, in the hospital, of the day somebody becomes `years` old. A date that knows only year or month protects to its end. */
function birthday(birthDate: string, years: number): Date | null {
  const parts = /^(\d{4})(\d{2})?(\d{2})?/.exec(birthDate);
  if (parts === null) return null;
  const [, year, month, day] = parts;
  const born = Number(year) + years;
  const at =
    month === undefined
      ? Date.UTC(born + 1, 0, 1)
      : day === undefined
        ? Date.UTC(born, Number(month), 1)
        : Date.UTC(born, Number(month) - 1, Number(day));
  return new Date(at - 8 * 3_600_000);
}
