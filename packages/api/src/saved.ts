// What readers left with a study, as DICOM objects: presentation states, measurements, key images, segmentations,
// structure sets and doses, ours and those of other systems.
import { type Static, Type } from 'typebox';
import { Nullable } from './problem.ts';

const Uid = Type.String({ pattern: '^[0-9.]{1,64}$' });

export const savedKinds = ['presentation', 'sr', 'key-object', 'segmentation', 'rt'] as const;
export type SavedKind = (typeof savedKinds)[number];

export const SavedReference = Type.Object({
  sopInstanceUid: Uid,
  frameNumbers: Type.Array(Type.Integer(), { description: 'Empty: the whole object.' }),
});

export const SavedObject = Type.Object({
  sopInstanceUid: Uid,
  seriesInstanceUid: Uid,
  sopClassUid: Type.String(),
  kind: Type.Enum(savedKinds),
  modality: Nullable(Type.String()),
  label: Nullable(Type.String({ description: 'Content label, document title or series description.' })),
  author: Nullable(Type.String({ description: 'As the object names its author.' })),
  createdAt: Nullable(Type.String({ description: 'Local date and time of the content.' })),
  isOwn: Type.Boolean({ description: 'Stored here by the account that asks.' }),
  references: Type.Array(SavedReference, { description: 'Images it speaks of.' }),
  replaces: Type.Array(Uid, { description: 'Earlier objects that this one stands for.' }),
  metadataUrl: Type.String(),
});
export type SavedObject = Static<typeof SavedObject>;

export const SavedList = Type.Object({
  items: Type.Array(SavedObject, { description: 'Newest first.' }),
  /** The viewer may store sets of his own with this study. */
  mayAnnotate: Type.Boolean(),
});
export type SavedList = Static<typeof SavedList>;
