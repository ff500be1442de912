// Study edits as the administration console makes and lists them: attributes by DICOM keyword.
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './problem.ts';

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });
const Uids = Type.Array(Uid, { minItems: 1, maxItems: 10_000 });
const Reason = Type.String({ minLength: 1, maxLength: 500 });
const Attributes = Type.Record(Type.String({ maxLength: 64 }), Nullable(Type.String({ maxLength: 256 })));
const Figures = Type.Record(Type.String(), Type.Unknown());

export const MergeAsk = Type.Object({ from: Uid, into: Uid, reason: Reason });
export const SelectionAsk = Type.Object({
  studyInstanceUid: Uid,
  seriesInstanceUids: Type.Optional(Uids),
  sopInstanceUids: Type.Optional(Uids),
  reason: Reason,
});
export const MoveAsk = Type.Object({ studyInstanceUid: Uid, patient: Attributes, reason: Reason });
export const AttributesAsk = Type.Object({
  studyInstanceUid: Uid,
  seriesInstanceUid: Type.Optional(Uid),
  attributes: Attributes,
  reason: Reason,
});
export const RejectAsk = Type.Object({
  ...SelectionAsk.properties,
  title: Type.Union([
    Type.Literal('113001'),
    Type.Literal('113037'),
    Type.Literal('113038'),
    Type.Literal('113039'),
  ]),
});

export const EditMade = Type.Object({ id: Id });
export const StudyEdit = Type.Object({
  id: Id,
  kind: Type.String({ description: 'merge, split, move-patient, attributes, reject, delete' }),
  studyInstanceUid: Type.String(),
  otherStudyInstanceUid: Nullable(Type.String()),
  before: Figures,
  after: Figures,
  reason: Type.String(),
  madeBy: Type.String(),
  madeAt: Type.String(),
  undoneBy: Nullable(Type.String()),
  undoneAt: Nullable(Type.String()),
  madeByName: Type.String({ description: 'The account as its colleagues know it; else as madeBy.' }),
  undoneByName: Nullable(Type.String()),
  superseded: Type.Boolean({ description: 'A later edit of its studies stands on it.' }),
});
export type StudyEdit = Static<typeof StudyEdit>;

const Kept = Type.Record(Type.String(), Nullable(Type.String()));

/** Of a search: what tells one study from another, names and numbers of the patient masked. */
export const StudyFound = Type.Object({
  id: Id,
  studyInstanceUid: Type.String(),
  patientName: Type.String(),
  patientId: Type.String(),
  patientSex: Nullable(Type.String()),
  accessionNumber: Nullable(Type.String()),
  studyDate: Nullable(Type.String({ description: 'YYYYMMDD' })),
  description: Nullable(Type.String()),
  modalities: Type.Array(Type.String()),
  seriesCount: Nullable(Type.Integer()),
  instanceCount: Nullable(Type.Integer()),
  linkState: Type.String({ description: 'waiting, linked, unlinked' }),
  linkReason: Nullable(Type.String()),
  settled: Type.Boolean({ description: 'false: pictures arrived or an edit was made a moment ago.' }),
  receivedAt: Type.String(),
});
export type StudyFound = Static<typeof StudyFound>;

export const StudyToEdit = Type.Object({
  ...StudyFound.properties,
  attributes: Kept,
  series: Type.Array(
    Type.Object({
      seriesInstanceUid: Type.String(),
      modality: Nullable(Type.String()),
      instanceCount: Nullable(Type.Integer()),
      attributes: Kept,
      thumbnailUrl: Type.String(),
    }),
  ),
  history: Type.Array(StudyEdit),
});
export type StudyToEdit = Static<typeof StudyToEdit>;

export const InstanceToEdit = Type.Object({
  id: Id,
  sopInstanceUid: Type.String(),
  instanceNumber: Nullable(Type.Integer()),
  kind: Type.String(),
  frameCount: Type.Integer(),
  thumbnailUrl: Type.String(),
});
export type InstanceToEdit = Static<typeof InstanceToEdit>;

export const RevealedStudy = Type.Object({ attributes: Kept });
export type RevealedStudy = Static<typeof RevealedStudy>;

// ── what an edit would do ──
export const editWays = ['merge', 'split', 'move', 'attributes', 'reject', 'hide', 'undo'] as const;
export type EditWay = (typeof editWays)[number];

/** The body that the way's own route takes, without the reason; `editId` for undo (restoring is undoing too). */
export const EditAsk = Type.Object({
  way: Type.Enum(editWays),
  from: Type.Optional(Uid),
  into: Type.Optional(Uid),
  studyInstanceUid: Type.Optional(Uid),
  seriesInstanceUid: Type.Optional(Uid),
  seriesInstanceUids: Type.Optional(Uids),
  sopInstanceUids: Type.Optional(Uids),
  patient: Type.Optional(Attributes),
  attributes: Type.Optional(Attributes),
  title: Type.Optional(RejectAsk.properties.title),
  editId: Type.Optional(Id),
});
export type EditAsk = Static<typeof EditAsk>;

export const EditedExam = Type.Object({
  id: Id,
  itemName: Type.String(),
  accessionNumber: Nullable(Type.String()),
  fromOrder: Type.Boolean({ description: 'false: made from the pictures alone.' }),
  published: Type.Boolean(),
  reportCount: Type.Integer(),
});
export type EditedExam = Static<typeof EditedExam>;

export const StudyStanding = Type.Object({
  instanceCount: Type.Integer(),
  seriesCount: Type.Integer(),
  linkState: Type.String(),
  linkReason: Nullable(Type.String()),
  exam: Nullable(EditedExam),
});
export type StudyStanding = Static<typeof StudyStanding>;

export const EditPreview = Type.Object({
  objectCount: Type.Integer({ description: 'Objects that leave corrected, elsewhere or not at all.' }),
  changes: Type.Array(
    Type.Object({
      keyword: Type.String(),
      before: Nullable(Type.String()),
      after: Nullable(Type.String()),
    }),
    { description: 'Attributes of the objects concerned; of the patient masked.' },
  ),
  studies: Type.Array(
    Type.Object({
      studyInstanceUid: Nullable(Type.String({ description: 'null: made by the edit.' })),
      before: Nullable(StudyStanding),
      after: Nullable(StudyStanding),
    }),
  ),
});
export type EditPreview = Static<typeof EditPreview>;

export const EditProgress = Type.Object({
  edit: StudyEdit,
  done: Type.Boolean({ description: 'Counts, links and pictures have followed.' }),
  studies: Type.Array(
    Type.Object({
      studyInstanceUid: Type.String(),
      settled: Type.Boolean(),
      hidden: Type.Boolean(),
      instanceCount: Nullable(Type.Integer()),
      linkState: Type.String(),
      linkReason: Nullable(Type.String()),
    }),
  ),
});
export type EditProgress = Static<typeof EditProgress>;
