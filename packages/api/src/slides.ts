// A whole slide as its viewer opens it (PS3.3 A.32.8, C.7.6.17): the pictures of one series, each a level of the
// pyramid or a picture beside it, and which frame is which tile.
import { type Static, Type } from 'typebox';

export const SlideImage = Type.Object({
  sopInstanceUid: Type.String(),
  flavor: Type.Union([
    Type.Literal('VOLUME'),
    Type.Literal('THUMBNAIL'),
    Type.Literal('OVERVIEW'),
    Type.Literal('LABEL'),
  ]),
  columns: Type.Integer({ description: 'Of the total pixel matrix.' }),
  rows: Type.Integer(),
  tileColumns: Type.Integer(),
  tileRows: Type.Integer(),
  pixelMm: Type.Union([Type.Object({ x: Type.Number(), y: Type.Number() }), Type.Null()]),
  tileForm: Type.Union([Type.Literal('jpeg'), Type.Literal('rendered')], {
    description: 'jpeg: the frame as stored is what a browser shows; rendered: ask for a lossless picture.',
  }),
  opticalPaths: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  focalPlanes: Type.Integer(),
  tiles: Type.Union([Type.Array(Type.Array(Type.Integer())), Type.Null()], {
    description: 'TILED_SPARSE: per optical path, row by row, the frame number or 0. null: TILED_FULL.',
  }),
});
export const Slide = Type.Object({ images: Type.Array(SlideImage), lossy: Type.Boolean() });
export type SlideImage = Static<typeof SlideImage>;
export type Slide = Static<typeof Slide>;
