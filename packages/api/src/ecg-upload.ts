// ECG files of carts that speak no DICOM, brought in by hand: SCP-ECG (EN 1064) and HL7 aECG.
import { type Static, Type } from 'typebox';

export const EcgDoor = Type.Object({ mostBytes: Type.Integer() });
export type EcgDoor = Static<typeof EcgDoor>;

export const EcgUploaded = Type.Object({
  outcome: Type.Enum(['stored', 'duplicate', 'refused']),
  studyInstanceUid: Type.Optional(Type.String()),
  reason: Type.Optional(
    Type.String({ description: 'Why it was refused: where in the file, and what is wrong.' }),
  ),
});
export type EcgUploaded = Static<typeof EcgUploaded>;
