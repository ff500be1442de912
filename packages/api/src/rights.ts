// Grants: what a staff account, a machine client or a node may do, and over which exams. Written and read by the
// security administrator; the server decides by them at every door.
import { type Static, Type } from 'typebox';
import { ExamType } from './exams.ts';
import { permissions } from './permissions.ts';
import { Id, Nullable } from './problem.ts';

const Ids = Type.Array(Id, { minItems: 1, maxItems: 500 });
const Clock = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });

export const GrantReach = Type.Object(
  {
    institutionIds: Type.Optional(Ids),
    departmentIds: Type.Optional(Ids),
    examTypes: Type.Optional(Type.Array(ExamType, { minItems: 1 })),
    personIds: Type.Optional(Ids),
    examIds: Type.Optional(Ids),
    ownPatients: Type.Optional(
      Type.Literal(true, { description: 'Persons of whom an order names this doctor.' }),
    ),
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 36_500, description: 'Exams at most that old.' }),
    ),
    hours: Type.Optional(
      Type.Object(
        {
          from: Clock,
          to: Clock,
          weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
        },
        { additionalProperties: false, description: 'When the grant holds, in China Standard Time.' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type GrantReach = Static<typeof GrantReach>;

export const grantTags = [
  'vip',
  'staff',
  'minor',
  'psychiatric',
  'infectious',
  'genetic',
  'legal_hold',
] as const;
export const GrantTag = Type.Enum(grantTags);
export type GrantTag = Static<typeof GrantTag>;

export const subjectKinds = ['account', 'client', 'node'] as const;
export const SubjectKind = Type.Enum(subjectKinds);
export type SubjectKind = Static<typeof SubjectKind>;

export const RightsSubject = Type.Object({
  /** Row of the account, client or node. */
  id: Id,
  kind: SubjectKind,
  name: Type.String(),
  /** Log-in name of an account, AE title or application of a node. */
  title: Type.String(),
  disabled: Type.Boolean(),
  /** Grants that hold now. */
  grants: Type.Integer(),
  /** Grants that wait for a second person. */
  pending: Type.Integer(),
});
export type RightsSubject = Static<typeof RightsSubject>;

const PermissionName = Type.Enum(permissions);
const RoleName = Type.String({ pattern: '^[a-z][a-z0-9_]{1,40}$' });

export const NewGrantForm = Type.Object(
  {
    subjectKind: SubjectKind,
    subjectId: Id,
    /** A role, or null where permissions are named. */
    role: Nullable(RoleName),
    permissions: Nullable(Type.Array(PermissionName, { minItems: 1, maxItems: 60 })),
    reach: GrantReach,
    level: Type.Integer({ minimum: 1, maximum: 5 }),
    tags: Type.Array(GrantTag, { maxItems: 7 }),
    reason: Type.String({ minLength: 2, maxLength: 300 }),
    validTo: Nullable(Type.String({ format: 'date-time' })),
    /** The grant that this one takes the place of, in the same step. */
    replaces: Type.Optional(Id),
  },
  { additionalProperties: false },
);
export type NewGrantForm = Static<typeof NewGrantForm>;

export const grantStates = ['active', 'pending', 'ended', 'revoked'] as const;
export const GrantState = Type.Enum(grantStates);
export type GrantState = Static<typeof GrantState>;

export const GrantItem = Type.Object({
  id: Id,
  subjectKind: SubjectKind,
  subjectId: Id,
  subjectName: Type.String(),
  role: Nullable(Type.String()),
  permissions: Nullable(Type.Array(Type.String())),
  /** Null: the row cannot be read, and gives nothing. */
  reach: Nullable(GrantReach),
  level: Type.Integer(),
  tags: Type.Array(Type.String()),
  reason: Nullable(Type.String()),
  state: GrantState,
  /** What it says, in words. */
  sentence: Type.Object({ zh: Type.String(), en: Type.String() }),
  validTo: Nullable(Type.String()),
  createdAt: Type.String(),
  grantedBy: Nullable(Type.String()),
  approvedBy: Nullable(Type.String()),
  revokedAt: Nullable(Type.String()),
  revokedBy: Nullable(Type.String()),
  /** A second person is needed, and it is not the one who looks. */
  mayApprove: Type.Boolean(),
  /** Taken away so short a time ago that it can be given back in one step. */
  mayRestore: Type.Boolean(),
});
export type GrantItem = Static<typeof GrantItem>;

/** What a grant would change, counted in exams that the subject finds in its list. */
export const GrantPreview = Type.Object({
  before: Type.Integer(),
  after: Type.Integer(),
  /** There are more than the figures say. */
  isFloor: Type.Boolean(),
  needsApproval: Type.Boolean(),
  sentence: Type.Object({ zh: Type.String(), en: Type.String() }),
});
export type GrantPreview = Static<typeof GrantPreview>;

export const RoleItem = Type.Object({
  name: RoleName,
  title: Type.String(),
  isBuiltIn: Type.Boolean(),
  permissions: Type.Array(Type.String()),
  /** Live grants by this role. */
  grants: Type.Integer(),
});
export type RoleItem = Static<typeof RoleItem>;

export const RoleForm = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 60 }),
    permissions: Type.Array(PermissionName, { minItems: 1, maxItems: 60 }),
  },
  { additionalProperties: false },
);
export type RoleForm = Static<typeof RoleForm>;

export const Places = Type.Array(
  Type.Object({
    id: Id,
    name: Type.String(),
    departments: Type.Array(Type.Object({ id: Id, name: Type.String() })),
  }),
);
export type Places = Static<typeof Places>;

export const DoctorNames = Type.Array(Type.String({ minLength: 1, maxLength: 64, pattern: '\\S' }), {
  maxItems: 20,
});

export const TryForm = Type.Object(
  {
    subjectKind: SubjectKind,
    subjectId: Id,
    /** Id of an exam, its accession number, or a Study Instance UID. */
    exam: Type.String({ minLength: 1, maxLength: 64 }),
  },
  { additionalProperties: false },
);
export type TryForm = Static<typeof TryForm>;

/** What the engine says of one exam: nothing in it names the person. */
export const TryAnswer = Type.Object({
  exam: Type.Object({
    id: Nullable(Id),
    examType: Nullable(Type.String()),
    institution: Type.String(),
    department: Nullable(Type.String()),
    examAt: Nullable(Type.String()),
    labels: Type.Array(
      Type.Object({ tag: Type.String(), level: Type.Integer(), restriction: Type.String() }),
    ),
  }),
  actions: Type.Array(
    Type.Object({
      permission: Type.String(),
      allowed: Type.Boolean(),
      identity: Type.Union([Type.Literal('full'), Type.Literal('pseudonym')]),
      /** no-permission, outside-reach, protected, break-glass … or the grant that allows it. */
      rule: Type.String(),
      grantId: Nullable(Type.String()),
    }),
  ),
  /** Exams that the subject finds in its list now. */
  seen: Type.Integer(),
  seenIsFloor: Type.Boolean(),
});
export type TryAnswer = Static<typeof TryAnswer>;
