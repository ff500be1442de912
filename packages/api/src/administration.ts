// First form of the administration plane: today's numbers, what was kept aside, what is unlinked, HL7 messages, jobs,
// nodes.
import { type Static, Type } from 'typebox';
import { NodeRules, NodeSecrets } from './node-rules.ts';
import { Id, Nullable } from './problem.ts';

export const QuarantineItem = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('dicom'), Type.Literal('hl7'), Type.Literal('report')]),
  reasonCode: Type.String(),
  reason: Type.String(),
  source: Type.String(),
  studyInstanceUid: Nullable(Type.String()),
  sopInstanceUid: Nullable(Type.String()),
  sizeBytes: Nullable(Type.String()),
  receivedAt: Type.String(),
});
export type QuarantineItem = Static<typeof QuarantineItem>;

export const UnlinkedItem = Type.Object({
  kind: Type.Union([Type.Literal('study'), Type.Literal('report')]),
  id: Id,
  reason: Type.String({ description: 'Code: no-accession-number, no-order, patient-differs, …' }),
  accessionNumber: Nullable(Type.String()),
  patientId: Nullable(Type.String()),
  title: Type.String(),
  receivedAt: Type.String(),
});
export type UnlinkedItem = Static<typeof UnlinkedItem>;

export const JobItem = Type.Object({
  id: Id,
  name: Type.String(),
  state: Type.Union([
    Type.Literal('queued'),
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('dead'),
  ]),
  attempt: Type.Integer(),
  runAt: Type.String(),
  progressDone: Nullable(Type.Integer()),
  progressTotal: Nullable(Type.Integer()),
  errorCode: Nullable(Type.String()),
  error: Nullable(Type.String()),
});
export type JobItem = Static<typeof JobItem>;

export const JobCounts = Type.Object({
  queued: Type.Integer(),
  running: Type.Integer(),
  done: Type.Integer(),
  dead: Type.Integer(),
});
export type JobCounts = Static<typeof JobCounts>;

/** What a node may do with us; `send` and `print`: that we may send to it, print on it. The words of NodeItem.may. */
export const nodeMays = [
  'store',
  'find',
  'move',
  'get',
  'send',
  'commit',
  'worklist',
  'mpps',
  'print',
] as const;
export type NodeMay = (typeof nodeMays)[number];

export const NodeItem = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('dicom'), Type.Literal('hl7')]),
  name: Type.String(),
  facility: Nullable(Type.String({ description: 'HL7: sending facility (MSH-4), null for any.' })),
  host: Nullable(Type.String()),
  port: Nullable(Type.Integer()),
  may: Type.String(),
  charset: Nullable(Type.String()),
  onConflict: Type.Union([Type.Literal('refuse'), Type.Literal('accept')]),
  rules: NodeRules,
  /** Secrets are told of, never told. */
  holds: Type.Object({ tlsKey: Type.Boolean(), passcode: Type.Boolean() }),
  lastSeenAt: Nullable(Type.String()),
  disabledAt: Nullable(Type.String({ description: 'Refused at the doors since then.' })),
});
export type NodeItem = Static<typeof NodeItem>;

export const NewNode = Type.Object({
  kind: Type.Union([Type.Literal('dicom'), Type.Literal('hl7')]),
  name: Type.String({
    minLength: 1,
    maxLength: 180,
    description: 'AE title, or sending application (MSH-3).',
  }),
  facility: Type.Optional(Type.String({ maxLength: 180 })),
  host: Type.Optional(Type.String({ minLength: 1, maxLength: 253, description: 'Absent: any host.' })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  may: Type.Array(Type.String({ maxLength: 16 }), { maxItems: 8 }),
  charset: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
  onConflict: Type.Union([Type.Literal('refuse'), Type.Literal('accept')]),
  rules: Type.Optional(NodeRules),
  secrets: Type.Optional(NodeSecrets),
  replace: Type.Boolean({ description: 'Change the node of this name when there is one; else 409.' }),
});
export type NewNode = Static<typeof NewNode>;

export const EchoAnswer = Type.Object({
  ok: Type.Boolean(),
  ms: Type.Integer(),
  /** Which step failed; calling-ae and called-ae: the node does not know our AE title, or goes by another itself. */
  reason: Nullable(
    Type.Union([
      Type.Literal('unreachable'),
      Type.Literal('timeout'),
      Type.Literal('rejected'),
      Type.Literal('calling-ae'),
      Type.Literal('called-ae'),
      Type.Literal('no-verification'),
      Type.Literal('status'),
      Type.Literal('broken'),
    ]),
  ),
  detail: Nullable(Type.String({ description: 'What the upper layer said, in English.' })),
});
export type EchoAnswer = Static<typeof EchoAnswer>;

export const MessageState = Type.Union([
  Type.Literal('failed', { description: 'Answered AE, kept, without effect.' }),
  Type.Literal('refused', { description: 'Not readable as a message; answered AR, kept.' }),
  Type.Literal('ignored', { description: 'Read, and without effect: not supported, or nothing new.' }),
  Type.Literal('applied'),
]);
export type MessageState = Static<typeof MessageState>;

/** An HL7 v2 message as received: where from and what became of it, nothing of its content. */
export const MessageItem = Type.Object({
  id: Id,
  state: MessageState,
  receivedAt: Type.String(),
  source: Type.String({ description: 'Address and port of the peer.' }),
  sendingApplication: Nullable(Type.String({ description: 'MSH-3' })),
  sendingFacility: Nullable(Type.String({ description: 'MSH-4' })),
  messageType: Nullable(Type.String({ description: 'MSH-9, as ORU^R01' })),
  controlId: Nullable(Type.String({ description: 'MSH-10' })),
  charset: Nullable(Type.String({ description: 'As the message was read, table 0211.' })),
  sizeBytes: Type.Integer(),
  errorCode: Nullable(Type.String()),
  reason: Nullable(Type.String({ description: 'The sentence of errorCode, in the language asked for.' })),
  error: Nullable(Type.String({ description: 'As the sender was told, with the place in the message.' })),
});
export type MessageItem = Static<typeof MessageItem>;

export const MessageOutcome = Type.Pick(MessageItem, ['state', 'errorCode', 'reason', 'error']);
export type MessageOutcome = Static<typeof MessageOutcome>;

export const Overview = Type.Object({
  receivedToday: Type.Object({
    studies: Type.Integer(),
    instances: Type.Integer(),
    messages: Type.Integer(),
    messagesFailed: Type.Integer({ description: 'HL7 messages that could not be applied.' }),
    messagesRefused: Type.Integer({ description: 'HL7 messages that could not be read.' }),
  }),
  quarantineOpen: Type.Integer(),
  unlinked: Type.Integer(),
  deadJobs: Type.Integer(),
  queuedJobs: Type.Integer(),
  runningJobs: Type.Integer(),
  oldestQueuedSeconds: Type.Integer({ description: 'How long the oldest job that could run has waited.' }),
  storageUsedBytes: Type.String({
    description: 'Content in the store that takes everything new; at most a few minutes old.',
  }),
  storageFreeBytes: Type.String(),
  storageReserveBytes: Type.String(),
  storageFull: Type.Boolean({ description: 'Free space is below the reserve: nothing new is taken.' }),
  storesAway: Type.Integer({ description: 'Stores that do not answer or are not what they were.' }),
  secondCopies: Type.Boolean({ description: 'Every object is to have a copy in a second store.' }),
  copiesMissing: Type.Integer({ description: 'Objects without their second copy; counted up to 100,000.' }),
  objectsLost: Type.Integer({ description: 'Objects of which no whole copy is known.' }),
  oldestCheckAt: Nullable(
    Type.String({ description: 'When the copy not read back for longest was checked.' }),
  ),
});
export type Overview = Static<typeof Overview>;

export const pageOf = <T extends import('typebox').TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()), total: Type.Integer() });

export const MessagePage = Type.Object({
  ...pageOf(MessageItem).properties,
  totalIsFloor: Type.Boolean({ description: 'There are more than `total`; they were not all counted.' }),
});
export type MessagePage = Static<typeof MessagePage>;
