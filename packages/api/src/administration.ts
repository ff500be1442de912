// First form of the administration plane: what was kept aside, what is unlinked, jobs, nodes.
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

export const NodeItem = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('dicom'), Type.Literal('hl7')]),
  name: Type.String(),
  host: Nullable(Type.String()),
  port: Nullable(Type.Integer()),
  may: Type.String(),
  charset: Nullable(Type.String()),
  lastSeenAt: Nullable(Type.String()),
});
export type NodeItem = Static<typeof NodeItem>;

export const Overview = Type.Object({
  receivedToday: Type.Object({
    studies: Type.Integer(),
    instances: Type.Integer(),
    messages: Type.Integer(),
  }),
  quarantineOpen: Type.Integer(),
  unlinked: Type.Integer(),
  deadJobs: Type.Integer(),
  queuedJobs: Type.Integer(),
  storageUsedBytes: Type.String(),
  storageFreeBytes: Type.String(),
});
export type Overview = Static<typeof Overview>;

export const pageOf = <T extends import('typebox').TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()), total: Type.Integer() });
