// When a patient may see an exam: an ordered list of rules, the first that fits decides. The rule object is stored
// with a version (table publication_rule); without one the built-in, permissive rule holds. Pure.
//
// Three things no rule can change: an exam that is known only from its pictures is not published (whose is it?),
// a cancelled exam is not published, and the text of a withdrawn report is never shown.
import { type ExamStatus, ExamType } from '@yunying/api';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '../../errors.ts';

const ReportState = Type.Enum(['none', 'preliminary', 'final', 'corrected', 'withdrawn']);
const List = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 200 });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });

/** Every condition given must hold; lists mean "one of". Item names fit when they contain the text. */
const Conditions = Type.Object(
  {
    examTypes: Type.Optional(Type.Array(ExamType, { minItems: 1 })),
    modalities: Type.Optional(List),
    departments: Type.Optional(List),
    itemCodes: Type.Optional(List),
    itemNames: Type.Optional(List),
    reportStates: Type.Optional(Type.Array(ReportState, { minItems: 1 })),
    examFrom: Type.Optional(Day),
    examTo: Type.Optional(Day),
  },
  { additionalProperties: false },
);
const Allowance = Type.Object(
  {
    report: Type.Boolean(),
    images: Type.Boolean(),
    download: Type.Boolean(),
    notify: Type.Boolean({ description: 'Send an SMS.' }),
    delayMinutes: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 43_200, description: 'After the report was signed.' }),
    ),
  },
  { additionalProperties: false },
);
const Rule = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 64 }), when: Conditions, allow: Allowance },
  { additionalProperties: false },
);
export const PublicationRule = Type.Object(
  { rules: Type.Array(Rule, { maxItems: 200 }) },
  { additionalProperties: false },
);
export type PublicationRule = Static<typeof PublicationRule>;
export type ReportState = Static<typeof ReportState>;

export type PublicationFacts = {
  examType: string;
  modality: string | null;
  departmentName: string | null;
  itemCode: string | null;
  itemName: string;
  examAt: Date;
  status: ExamStatus;
  /** Somebody besides the pictures vouches for the exam: an order or a report. */
  vouched: boolean;
  /** The best of the exam's reports. */
  reportState: ReportState;
  /** When that report was signed, or came. */
  reportAt: Date | null;
  now: Date;
};

export type PublicationVerdict =
  | { publish: true; notify: boolean; ruleName: string }
  /** `until`: ask again then. */
  | { publish: false; hold: string; ruleName: string; until: Date | null };

export const permissiveRule: PublicationRule = {
  rules: [
    {
      name: 'signed-report',
      when: { reportStates: ['final', 'corrected'] },
      allow: { report: true, images: true, download: true, notify: true },
    },
  ],
};

export function evaluatePublication(rule: PublicationRule, facts: PublicationFacts): PublicationVerdict {
  if (facts.status === 'cancelled') return hold('exam-cancelled');
  if (!facts.vouched) return hold('no-order');
  const found = rule.rules.find((one) => fits(one.when, facts));
  if (found === undefined)
    return hold(facts.reportState === 'withdrawn' ? 'report-withdrawn' : 'no-signed-report');
  const { allow, name } = found;
  if (!allow.report && !allow.images && !allow.download)
    return { publish: false, hold: 'rule', ruleName: name, until: null };
  const until = delayEnd(allow.delayMinutes, facts);
  if (until !== null) return { publish: false, hold: 'delay', ruleName: name, until };
  return { publish: true, notify: allow.notify, ruleName: name };
}

/** A rule as stored or sent by an administrator. Throws request.invalid with the place that is wrong. */
export function parsePublicationRule(value: unknown): PublicationRule {
  if (!Value.Check(PublicationRule, value)) {
    const at = Value.Errors(PublicationRule, value)[0]?.instancePath ?? '';
    throw new AppError('request.invalid', { field: `rule${at}` });
  }
  for (const { name, allow } of value.rules) {
    const parts = [allow.report, allow.images, allow.download];
    // All doors ask mayViewExam, which can tell parts apart; the exam row cannot hold them yet.
    if (parts.includes(true) && parts.includes(false)) {
      throw new AppError('platform.not_built', {
        field: `rule "${name}"`,
        reason: 'report, images and download can be allowed only together',
      });
    }
  }
  return value;
}

function fits(when: Static<typeof Conditions>, facts: PublicationFacts): boolean {
  const day = facts.examAt.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
  return (
    oneOf(when.examTypes, facts.examType) &&
    oneOf(when.modalities, facts.modality) &&
    oneOf(when.departments, facts.departmentName) &&
    oneOf(when.itemCodes, facts.itemCode) &&
    (when.itemNames === undefined || when.itemNames.some((text) => facts.itemName.includes(text))) &&
    oneOf(when.reportStates, facts.reportState) &&
    (when.examFrom === undefined || day >= when.examFrom) &&
    (when.examTo === undefined || day <= when.examTo)
  );
}

function oneOf(list: readonly string[] | undefined, value: string | null): boolean {
  return list === undefined || (value !== null && list.includes(value));
}

function delayEnd(delayMinutes: number | undefined, facts: PublicationFacts): Date | null {
  if (delayMinutes === undefined || delayMinutes === 0) return null;
  const end = new Date((facts.reportAt ?? facts.examAt).getTime() + delayMinutes * 60_000);
  return end > facts.now ? end : null;
}

function hold(code: string): PublicationVerdict {
  return { publish: false, hold: code, ruleName: 'built-in', until: null };
}
