// Pictures to keep: one as JPEG or PNG, or several on sheets of film as a PDF.
import { type Static, Type } from 'typebox';
import { Uid } from './problem.ts';

export const sheetCounts = [1, 2, 4, 6, 9, 12] as const;

export const ExportedPicture = Type.Object({
  seriesInstanceUid: Uid,
  sopInstanceUid: Uid,
  frameNumber: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  window: Type.Optional(
    Type.Object({
      center: Type.Number({ minimum: -1e7, maximum: 1e7 }),
      width: Type.Number({ exclusiveMinimum: 0, maximum: 1e7 }),
    }),
  ),
  invert: Type.Optional(Type.Boolean()),
  rotation: Type.Optional(Type.Enum([0, 90, 180, 270])),
  mirror: Type.Optional(Type.Boolean({ description: 'Left and right changed, before the rotation.' })),
});
export type ExportedPicture = Static<typeof ExportedPicture>;

export const PictureExport = Type.Object({
  picture: ExportedPicture,
  format: Type.Enum(['jpeg', 'png']),
  identity: Type.Boolean({ description: 'Name, number, dates burnt in. Only for staff.' }),
});
export type PictureExport = Static<typeof PictureExport>;

export const FilmSheetExport = Type.Object({
  pictures: Type.Array(ExportedPicture, { minItems: 1, maxItems: 48 }),
  perSheet: Type.Enum(sheetCounts),
  identity: Type.Boolean({ description: 'Name, number, dates on every sheet. Only for staff.' }),
  trueSize: Type.Boolean({
    description: 'As large as the body where spacing is known and the place suffices.',
  }),
});
export type FilmSheetExport = Static<typeof FilmSheetExport>;
