// Routing on the administration plane: rules that send studies on, the history of sends, pulls from other archives.
import { type Static, Type } from 'typebox';
import { pageOf } from './administration.ts';
import { Id, Nullable } from './problem.ts';

const uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const Minute = Type.Integer({ minimum: 0, maximum: 1440 });

export const NewRoutingRule = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  nodeId: Id,
  enabled: Type.Boolean(),
  priority: Type.Integer({
    minimum: -100,
    maximum: 100,
    description: 'Of its sends in the queue, higher first.',
  }),
  modalities: Type.Array(Type.String({ pattern: '^[A-Z0-9_]{1,16}$' }), { maxItems: 40 }),
  sourceAeTitles: Type.Array(Type.String({ minLength: 1, maxLength: 16 }), { maxItems: 40 }),
  institutionId: Nullable(Id),
  departmentId: Nullable(Id),
  sopClassUids: Type.Array(uid, { maxItems: 40 }),
  fromMinute: Type.Optional(Minute), // absent, not null: a validator that coerces would make null 0
  toMinute: Type.Optional(Minute),
  wantsCommitment: Type.Boolean(),
});
export type NewRoutingRule = Static<typeof NewRoutingRule>;

export const RoutingRule = Type.Object({
  ...NewRoutingRule.properties,
  id: Id,
  nodeName: Type.String(),
  fromMinute: Nullable(Minute),
  toMinute: Nullable(Minute),
});
export type RoutingRule = Static<typeof RoutingRule>;

export const RoutingSendState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('sending'),
  Type.Literal('sent'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type RoutingSendState = Static<typeof RoutingSendState>;

export const RoutingSend = Type.Object({
  id: Id,
  studyInstanceUid: Type.String(),
  nodeName: Type.String(),
  origin: Type.Union([Type.Literal('rule'), Type.Literal('staff'), Type.Literal('command')]),
  state: RoutingSendState,
  cancelling: Type.Boolean({ description: 'Asked to stop; what is under way is sent to its end.' }),
  attempts: Type.Integer(),
  instanceCount: Nullable(Type.Integer()),
  sentCount: Type.Integer(),
  failedCount: Type.Integer(),
  lastError: Nullable(Type.String()),
  createdAt: Type.String(),
  finishedAt: Nullable(Type.String()),
});
export type RoutingSend = Static<typeof RoutingSend>;

export const RoutingSendPage = Type.Object({
  ...pageOf(RoutingSend).properties,
  counts: Type.Record(Type.String(), Type.Integer()),
});
export type RoutingSendPage = Static<typeof RoutingSendPage>;

export const NewRoutingSend = Type.Object({ studyInstanceUid: uid, nodeId: Id });
export type NewRoutingSend = Static<typeof NewRoutingSend>;

/** Where a doctor may send a study, and what was sent of it before. */
export const StudySends = Type.Object({
  nodes: Type.Array(Type.Object({ id: Id, name: Type.String() })),
  sends: Type.Array(
    Type.Object({
      ...RoutingSend.properties,
      own: Type.Boolean({ description: 'Asked for by this doctor, who may repeat it and take it back.' }),
    }),
  ),
});
export type StudySends = Static<typeof StudySends>;

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
export const NewRoutingPull = Type.Object({
  nodeId: Id,
  method: Type.Union([Type.Literal('move'), Type.Literal('get')]),
  from: Nullable(Day),
  to: Nullable(Day),
  patientId: Nullable(Type.String({ minLength: 1, maxLength: 64 })),
});
export type NewRoutingPull = Static<typeof NewRoutingPull>;

export const RoutingPull = Type.Object({
  id: Id,
  nodeName: Type.String(),
  method: Type.Union([Type.Literal('move'), Type.Literal('get')]),
  from: Nullable(Type.String()),
  to: Nullable(Type.String()),
  byPatient: Type.Boolean({ description: 'For one patient; whose number is not shown here.' }),
  nextDate: Nullable(Type.String({ description: 'Days before it have been asked for.' })),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('stopped'),
    Type.Literal('failed'),
  ]),
  stopping: Type.Boolean(),
  studiesFound: Type.Integer(),
  studiesComplete: Type.Integer(),
  studiesFailed: Type.Integer(),
  instancesFetched: Type.Integer(),
  lastError: Nullable(Type.String()),
  createdAt: Type.String(),
  finishedAt: Nullable(Type.String()),
});
export type RoutingPull = Static<typeof RoutingPull>;

// Notices that a study is available (PS3.4 annex R): which nodes get them, and for which modalities.
export const NewAvailabilityRule = Type.Object({
  modalities: Type.Array(Type.String({ maxLength: 16 }), {
    maxItems: 40,
    description: 'Empty: studies of every modality.',
  }),
});
export type NewAvailabilityRule = Static<typeof NewAvailabilityRule>;
export const AvailabilityRule = Type.Object({ nodeId: Id, ...NewAvailabilityRule.properties });
export type AvailabilityRule = Static<typeof AvailabilityRule>;
export const ListedAvailabilityRule = Type.Object({
  ...AvailabilityRule.properties,
  nodeName: Type.String(),
  lastSentAt: Nullable(Type.String()),
});
export type ListedAvailabilityRule = Static<typeof ListedAvailabilityRule>;
