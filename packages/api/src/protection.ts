// Protected patients and break-glass: rules that label, labels, grants by a second person, openings and their review.
// Names come masked; the full one needs its own audited call.
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './problem.ts';

export const protectionTags = [
  'vip',
  'staff',
  'minor',
  'psychiatric',
  'infectious',
  'genetic',
  'legal_hold',
] as const;
export const protectionRestrictions = ['none', 'pseudonym', 'break_glass', 'hidden'] as const;
export const ProtectionTag = Type.Enum(protectionTags);
export type ProtectionTag = (typeof protectionTags)[number];
export const ProtectionRestriction = Type.Enum(protectionRestrictions);
export type ProtectionRestriction = (typeof protectionRestrictions)[number];

const Level = Type.Integer({ minimum: 1, maximum: 5, description: 'GB/T 39725-2020' });
const Reason = Type.String({ minLength: 5, maxLength: 200 });
const Terms = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 100 });

/** What makes a rule hold. `numbers` are patient or identity numbers: written once, never told again, only counted. */
export const ProtectionCondition = Type.Union([
  Type.Object({
    kind: Type.Literal('numbers'),
    numbers: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 5000 })),
    count: Type.Optional(Type.Integer()),
  }),
  Type.Object({ kind: Type.Literal('under_age'), years: Type.Integer({ minimum: 1, maximum: 21 }) }),
  Type.Object({ kind: Type.Literal('department'), terms: Terms }),
  Type.Object({ kind: Type.Literal('item'), terms: Terms }),
  Type.Object({ kind: Type.Literal('report_word'), terms: Terms }),
  Type.Object({ kind: Type.Literal('diagnosis_word'), terms: Terms }),
]);
export type ProtectionCondition = Static<typeof ProtectionCondition>;

export const NewProtectionRule = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  tag: ProtectionTag,
  level: Level,
  restriction: ProtectionRestriction,
  target: Type.Union([Type.Literal('person'), Type.Literal('exam')]),
  condition: ProtectionCondition,
  enabled: Type.Boolean(),
});
export type NewProtectionRule = Static<typeof NewProtectionRule>;
export const ProtectionRule = Type.Intersect([
  Type.Object({
    id: Id,
    version: Type.Integer(),
    updatedAt: Type.String(),
    labelCount: Type.Integer({ description: 'Live labels that it set.' }),
  }),
  NewProtectionRule,
]);
export type ProtectionRule = Static<typeof ProtectionRule>;

export const ProtectionRun = Type.Object({
  startedAt: Type.String(),
  endedAt: Nullable(Type.String()),
  seen: Type.Integer(),
  total: Type.Integer(),
  set: Type.Integer(),
  removed: Type.Integer(),
});
export type ProtectionRun = Static<typeof ProtectionRun>;
export const ProtectionRules = Type.Object({
  items: Type.Array(ProtectionRule),
  run: Nullable(ProtectionRun),
});
export type ProtectionRules = Static<typeof ProtectionRules>;

export const ProtectedPerson = Type.Object({
  id: Id,
  name: Type.String({ description: 'Masked.' }),
  patientNumber: Type.String({ description: 'Masked.' }),
  tags: Type.Array(ProtectionTag),
  level: Level,
  restriction: ProtectionRestriction,
  labelCount: Type.Integer(),
  grantCount: Type.Integer({ description: 'Live grants to named doctors.' }),
});
export type ProtectedPerson = Static<typeof ProtectedPerson>;

export const ProtectionLabel = Type.Object({
  id: Id,
  examId: Nullable(Id),
  tag: ProtectionTag,
  level: Level,
  restriction: ProtectionRestriction,
  source: Type.Union([Type.Literal('rule'), Type.Literal('hand')]),
  ruleName: Nullable(Type.String()),
  reason: Nullable(Type.String()),
  setBy: Nullable(Type.String()),
  validFrom: Type.String(),
  validTo: Nullable(Type.String()),
  removedAt: Nullable(Type.String()),
  removedReason: Nullable(Type.String()),
});
export type ProtectionLabel = Static<typeof ProtectionLabel>;

export const protectionGrantStates = [
  'requested',
  'active',
  'coming',
  'ended',
  'refused',
  'revoked',
] as const;
export const ProtectionGrant = Type.Object({
  id: Id,
  personId: Id,
  personName: Type.String({ description: 'Masked.' }),
  accountId: Id,
  accountName: Type.String(),
  reason: Type.String(),
  state: Type.Enum(protectionGrantStates),
  validFrom: Type.String(),
  validTo: Type.String(),
  requestedBy: Type.String(),
  approvedBy: Nullable(Type.String()),
  isMine: Type.Boolean({ description: 'Asked for by who looks: somebody else has to decide.' }),
});
export type ProtectionGrant = Static<typeof ProtectionGrant>;

export const breakGlassReasons = ['emergency', 'consultation', 'follow_up', 'other'] as const;
export const BreakGlassReason = Type.Enum(breakGlassReasons);
export type BreakGlassReason = (typeof breakGlassReasons)[number];

export const GlassOpening = Type.Object({
  id: Id,
  personId: Id,
  personName: Type.String({ description: 'Masked.' }),
  accountName: Type.String(),
  reasonCode: BreakGlassReason,
  reason: Type.String(),
  openedAt: Type.String(),
  until: Type.String(),
  endedAt: Nullable(Type.String()),
  notifiedAt: Nullable(Type.String()),
  reviewedAt: Nullable(Type.String()),
  verdict: Nullable(Type.Union([Type.Literal('justified'), Type.Literal('not_justified')])),
  note: Nullable(Type.String()),
  isOverdue: Type.Boolean({ description: 'Not reviewed by the end of the next day.' }),
});
export type GlassOpening = Static<typeof GlassOpening>;

export const ProtectedPersonDetail = Type.Object({
  person: ProtectedPerson,
  labels: Type.Array(ProtectionLabel),
  grants: Type.Array(ProtectionGrant),
  openings: Type.Array(GlassOpening),
  readers: Type.Array(Type.Object({ accountName: Type.String(), by: Type.String() }), {
    description: 'Who may see all of it now, and by what: a role, a grant of a second person, break-glass.',
  }),
  accesses: Type.Array(
    Type.Object({ at: Type.String(), who: Type.String(), event: Type.String(), result: Type.String() }),
  ),
});
export type ProtectedPersonDetail = Static<typeof ProtectedPersonDetail>;

export const NewProtectionLabel = Type.Object({
  tag: ProtectionTag,
  level: Level,
  restriction: ProtectionRestriction,
  reason: Reason,
  validTo: Type.Optional(Nullable(Type.String({ maxLength: 40, description: 'ISO 8601' }))),
});
export type NewProtectionLabel = Static<typeof NewProtectionLabel>;
export const NewProtectionGrant = Type.Object({
  loginName: Type.String({ minLength: 1, maxLength: 64, description: 'Of the doctor.' }),
  reason: Reason,
  hours: Type.Integer({ minimum: 1, maximum: 24 * 90 }),
});
export type NewProtectionGrant = Static<typeof NewProtectionGrant>;
export const ProtectionReason = Type.Object({ reason: Reason });
export type ProtectionReason = Static<typeof ProtectionReason>;

export const UnmaskedPerson = Type.Object({
  name: Type.String(),
  patients: Type.Array(Type.Object({ institutionName: Type.String(), patientId: Type.String() })),
});
export type UnmaskedPerson = Static<typeof UnmaskedPerson>;

export const NewBreakGlass = Type.Object({
  number: Type.String({ minLength: 1, maxLength: 64, description: 'Exact patient or accession number.' }),
  reasonCode: BreakGlassReason,
  reason: Type.String({ minLength: 10, maxLength: 200 }),
});
export type NewBreakGlass = Static<typeof NewBreakGlass>;
/** A doctor asks to see a protected patient for a time; a security administrator decides. */
export const AccessRequest = Type.Object({
  number: Type.String({ minLength: 1, maxLength: 64, description: 'Exact patient or accession number.' }),
  reason: Type.String({ minLength: 10, maxLength: 200 }),
  hours: Type.Integer({ minimum: 1, maximum: 24 * 30 }),
});
export type AccessRequest = Static<typeof AccessRequest>;
export const OpenGlass = Type.Object({
  id: Id,
  patientRowId: Id,
  patientName: Type.String(),
  openedAt: Type.String(),
  until: Type.String(),
});
export type OpenGlass = Static<typeof OpenGlass>;
export const OpenGlasses = Type.Object({
  items: Type.Array(OpenGlass),
  now: Type.String({ description: "The server's clock, to count down by." }),
});
export type OpenGlasses = Static<typeof OpenGlasses>;
export const GlassReview = Type.Object({
  verdict: Type.Union([Type.Literal('justified'), Type.Literal('not_justified')]),
  note: Type.String({ minLength: 2, maxLength: 300 }),
});
export type GlassReview = Static<typeof GlassReview>;

/** What a patient is told about openings of the own protection. */
export const OpeningNotice = Type.Object({
  id: Id,
  openedAt: Type.String(),
  until: Type.String(),
  reasonCode: BreakGlassReason,
});
export type OpeningNotice = Static<typeof OpeningNotice>;
