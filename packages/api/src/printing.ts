// Pictures on film by a DICOM printer (PS3.4 annex H): what a doctor asks for, and how far it is.
import { type Static, Type } from 'typebox';
import { ExportedPicture } from './export.ts';
import { Id, Nullable } from './problem.ts';

/** Film Size ID (PS3.3 C.13.3), each with width and height in millimetres as it stands upright. */
export const filmSizes = {
  '8INX10IN': [203, 254],
  '10INX12IN': [254, 305],
  '11INX14IN': [279, 356],
  '14INX17IN': [356, 432],
  '24CMX30CM': [240, 300],
  A4: [210, 297],
  A3: [297, 420],
} as const;
export type FilmSize = keyof typeof filmSizes;

/** Columns and rows of a sheet that stands upright; lying, the two change places. */
export const filmLayouts = [
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 3],
  [3, 3],
  [3, 4],
  [3, 5],
  [4, 5],
  [4, 6],
  [5, 6],
] as const;

const sides = Type.Integer({ minimum: 1, maximum: 8 });
const sizeNames: FilmSize[] = ['8INX10IN', '10INX12IN', '11INX14IN', '14INX17IN', '24CMX30CM', 'A4', 'A3'];

export const FilmPrint = Type.Object({
  nodeId: Id,
  pictures: Type.Array(ExportedPicture, { minItems: 1, maxItems: 120 }),
  columns: sides,
  rows: sides,
  filmSize: Type.Enum(sizeNames),
  orientation: Type.Enum(['PORTRAIT', 'LANDSCAPE']),
  medium: Type.Enum(['BLUE FILM', 'CLEAR FILM', 'PAPER']),
  copies: Type.Integer({ minimum: 1, maximum: 10 }),
  identity: Type.Boolean({ description: 'Name, number, dates in every picture.' }),
  trueSize: Type.Boolean({
    description: 'As large as the body where spacing is known and the place suffices.',
  }),
});
export type FilmPrint = Static<typeof FilmPrint>;

export const StudyPrint = Type.Object({
  id: Id,
  nodeName: Type.String(),
  state: Type.Enum(['waiting', 'printing', 'printed', 'failed']),
  sheetCount: Type.Integer(),
  printedCount: Type.Integer(),
  error: Nullable(Type.String({ description: 'In the language that was asked for.' })),
  errorDetail: Nullable(Type.String({ description: 'What the printer said.' })),
  createdAt: Type.String(),
  finishedAt: Nullable(Type.String()),
  own: Type.Boolean({ description: 'Asked for by whoever asks now: may be tried again.' }),
});
export type StudyPrint = Static<typeof StudyPrint>;

export const StudyPrints = Type.Object({
  printers: Type.Array(Type.Object({ id: Id, name: Type.String() })),
  prints: Type.Array(StudyPrint),
});
export type StudyPrints = Static<typeof StudyPrints>;
