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
});
export type StudyEdit = Static<typeof StudyEdit>;

const Kept = Type.Record(Type.String(), Nullable(Type.String()));
export const StudyToEdit = Type.Object({
  studyInstanceUid: Type.String(),
  attributes: Kept,
  series: Type.Array(
    Type.Object({
      seriesInstanceUid: Type.String(),
      modality: Nullable(Type.String()),
      instanceCount: Nullable(Type.Integer()),
      attributes: Kept,
    }),
  ),
  history: Type.Array(StudyEdit),
});
export type StudyToEdit = Static<typeof StudyToEdit>;
