// First form of the administration plane: today's numbers, what was kept aside, what is unlinked, jobs, nodes.
import { type Static, Type } from 'typebox';
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

export const NodeItem = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('dicom'), Type.Literal('hl7')]),
  name: Type.String(),
  facility: Type.Optional(
    Nullable(Type.String({ description: 'HL7: sending facility (MSH-4), null for any.' })),
  ),
  host: Nullable(Type.String()),
  port: Nullable(Type.Integer()),
  may: Type.String(),
  charset: Nullable(Type.String()),
  lastSeenAt: Nullable(Type.String()),
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
  replace: Type.Boolean({ description: 'Change the node of this name when there is one; else 409.' }),
});
export type NewNode = Static<typeof NewNode>;

export const Overview = Type.Object({
  receivedToday: Type.Object({
    studies: Type.Integer(),
    instances: Type.Integer(),
    messages: Type.Integer(),
    messagesFailed: Type.Integer({ description: 'HL7 messages answered AE or AR.' }),
  }),
  quarantineOpen: Type.Integer(),
  unlinked: Type.Integer(),
  deadJobs: Type.Integer(),
  queuedJobs: Type.Integer(),
  runningJobs: Type.Integer(),
  oldestQueuedSeconds: Type.Integer({ description: 'How long the oldest job that could run has waited.' }),
  storageUsedBytes: Type.String({ description: 'Content of all live copies; at most a few minutes old.' }),
  storageFreeBytes: Type.String(),
  storageReserveBytes: Type.String(),
  storageFull: Type.Boolean({ description: 'Free space is below the reserve: nothing new is taken.' }),
});
export type Overview = Static<typeof Overview>;

export const pageOf = <T extends import('typebox').TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()), total: Type.Integer() });
