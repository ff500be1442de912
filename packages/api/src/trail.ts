// The audit trail as the audit administrator reads it: rows, what looked wrong, where copies go, proofs of the chain.
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './problem.ts';

export const TrailResult = Type.Union([Type.Literal('ok'), Type.Literal('denied'), Type.Literal('error')]);
export type TrailResult = Static<typeof TrailResult>;

const Text = (most: number) => Type.Optional(Type.String({ minLength: 1, maxLength: most }));
const Moment = Type.Optional(
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?(Z|[+-]\\d{2}:\\d{2})$',
  }),
);

/** What is looked for; all that is given must hold. */
export const TrailFilter = Type.Object({
  person: Text(60), // login name or name of a member of staff
  patient: Text(64), // the hospital's number
  exam: Text(64), // accession number or Study Instance UID
  object: Text(200),
  event: Text(60),
  device: Text(60), // model, or AE title
  address: Text(60),
  result: Type.Optional(TrailResult),
  from: Moment,
  to: Moment,
});
export type TrailFilter = Static<typeof TrailFilter>;

export const TrailItem = Type.Object({
  /** Number of the row. */
  id: Id,
  at: Type.String(),
  actorKind: Type.String(),
  actorId: Nullable(Type.String()),
  /** Of staff and clients; patients stay numbers. */
  actorName: Nullable(Type.String()),
  actorRole: Nullable(Type.String()),
  authMethod: Nullable(Type.String()),
  sessionId: Nullable(Type.String()),
  address: Nullable(Type.String()),
  forwardedChain: Nullable(Type.String()),
  device: Nullable(Type.String()),
  deviceModel: Nullable(Type.String()),
  event: Type.String(),
  objectType: Nullable(Type.String()),
  objectId: Nullable(Type.String()),
  patientId: Nullable(Type.String()),
  /** Masked. */
  patientName: Nullable(Type.String()),
  studyInstanceUid: Nullable(Type.String()),
  reportVersion: Nullable(Type.Integer()),
  purpose: Nullable(Type.String()),
  dataScope: Nullable(Type.String()),
  result: TrailResult,
  resultCode: Nullable(Type.String()),
  beforeHash: Nullable(Type.String()),
  afterHash: Nullable(Type.String()),
  bytes: Nullable(Type.String()),
  durationMs: Nullable(Type.Integer()),
  detail: Nullable(Type.String()),
  traceId: Nullable(Type.String()),
  node: Nullable(Type.String()),
  /** Place in the chain; null: about to be linked. */
  linkNo: Nullable(Type.String()),
  hash: Nullable(Type.String()),
});
export type TrailItem = Static<typeof TrailItem>;

export const TrailPage = Type.Object({
  items: Type.Array(TrailItem),
  nextCursor: Nullable(Id),
  total: Type.Integer(),
  totalIsFloor: Type.Boolean(),
});
export type TrailPage = Static<typeof TrailPage>;

export const TrailExportForm = Type.Union([Type.Literal('csv'), Type.Literal('xlsx'), Type.Literal('jsonl')]);
export type TrailExportForm = Static<typeof TrailExportForm>;

export const TrailCheck = Type.Object({
  id: Id,
  startedAt: Type.String(),
  endedAt: Type.String(),
  rows: Type.String(),
  gaps: Type.String(),
  fault: Nullable(Type.String()),
  faultRow: Nullable(Type.String()),
  faultLink: Nullable(Type.String()),
});
export type TrailCheck = Static<typeof TrailCheck>;

export const TrailState = Type.Object({
  links: Type.String(),
  unlinked: Type.Integer(),
  headAt: Nullable(Type.String()),
  headLink: Nullable(Type.String()),
  /** Queued or running now. */
  checking: Type.Boolean(),
  checks: Type.Array(TrailCheck),
});
export type TrailState = Static<typeof TrailState>;

export const TrailAlertSeverity = Type.Union([
  Type.Literal('notice'),
  Type.Literal('warning'),
  Type.Literal('critical'),
]);
export const TrailAlert = Type.Object({
  id: Id,
  rule: Type.String(),
  severity: TrailAlertSeverity,
  actorKind: Nullable(Type.String()),
  actorId: Nullable(Type.String()),
  actorName: Nullable(Type.String()),
  address: Nullable(Type.String()),
  count: Type.Integer(),
  firstAt: Type.String(),
  lastAt: Type.String(),
  raisedAt: Type.String(),
  reviewedAt: Nullable(Type.String()),
  reviewedBy: Nullable(Type.String()),
  note: Nullable(Type.String()),
});
export type TrailAlert = Static<typeof TrailAlert>;
export const TrailAlertPage = Type.Object({
  items: Type.Array(TrailAlert),
  nextCursor: Nullable(Id),
  total: Type.Integer(),
});
export type TrailAlertPage = Static<typeof TrailAlertPage>;

export const TrailTarget = Type.Object({
  id: Id,
  name: Type.String(),
  kind: Type.Union([Type.Literal('syslog_tls'), Type.Literal('file')]),
  form: Type.Union([Type.Literal('json'), Type.Literal('dicom')]),
  host: Nullable(Type.String()),
  port: Nullable(Type.Integer()),
  hasCa: Type.Boolean(),
  enabled: Type.Boolean(),
  linkNo: Type.String(),
  waiting: Type.String(),
  sentAt: Nullable(Type.String()),
  failedAt: Nullable(Type.String()),
  errorCode: Nullable(Type.String()),
});
export type TrailTarget = Static<typeof TrailTarget>;

export const NewTrailTarget = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_.-]+$' }),
    kind: TrailTarget.properties.kind,
    form: TrailTarget.properties.form,
    host: Type.Optional(Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9.:_-]+$' })),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    caPem: Type.Optional(Type.String({ maxLength: 20_000 })),
    enabled: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type NewTrailTarget = Static<typeof NewTrailTarget>;
