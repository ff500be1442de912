// Queries of the volume doors, and what they mean in patient millimetres.
import {
  cross,
  dot,
  length,
  normalize,
  type Plane,
  planeStack,
  type Slab,
  scale,
  subtract,
  type Vec3,
} from '@yunying/volume';
import { type Static, Type } from 'typebox';
import { AppError } from '../../../errors.ts';
import type { Volume } from './volume-types.ts';

const Numbers = (count: number) =>
  Type.String({ pattern: `^-?\\d{1,6}(\\.\\d{1,6})?(,-?\\d{1,6}(\\.\\d{1,6})?){${count - 1}}$` });

const drawing = {
  window: Type.Optional(Numbers(2)),
  invert: Type.Optional(Type.Boolean()),
  quality: Type.Optional(Type.Integer({ minimum: 30, maximum: 100 })),
  phase: Type.Optional(Type.Integer({ minimum: 0, maximum: 999 })),
};

export const PlaneQuery = Type.Object({
  ...drawing,
  plane: Type.Optional(
    Type.Union([Type.Literal('axial'), Type.Literal('coronal'), Type.Literal('sagittal')], {
      description: 'an anatomical plane, the index-th of its direction; else origin, right and down',
    }),
  ),
  index: Type.Optional(Type.Integer({ minimum: 0, maximum: 20_000 })),
  size: Type.Optional(Type.Integer({ minimum: 64, maximum: 1024, description: 'long side, pixels' })),
  origin: Type.Optional(Numbers(3)),
  right: Type.Optional(Numbers(3)),
  down: Type.Optional(Numbers(3)),
  spacing: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100, description: 'mm' })),
  width: Type.Optional(Type.Integer({ minimum: 16, maximum: 1024 })),
  height: Type.Optional(Type.Integer({ minimum: 16, maximum: 1024 })),
  slab: Type.Optional(Type.Number({ minimum: 0, maximum: 300, description: 'thickness, mm' })),
  mode: Type.Optional(Type.Union([Type.Literal('mip'), Type.Literal('minip'), Type.Literal('average')])),
});
export type PlaneQuery = Static<typeof PlaneQuery>;

export const RotationQuery = Type.Object({
  ...drawing,
  preset: Type.Optional(
    Type.Union([
      Type.Literal('bone'),
      Type.Literal('vessels'),
      Type.Literal('soft'),
      Type.Literal('lung'),
      Type.Literal('skin'),
      Type.Literal('mr-head'),
      Type.Literal('mr-vessels'),
      Type.Literal('pet'),
      Type.Literal('mip'),
    ]),
  ),
  yaw: Type.Optional(Type.Number({ minimum: -3600, maximum: 3600 })),
  pitch: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  zoom: Type.Optional(Type.Number({ minimum: 0.5, maximum: 6 })),
  size: Type.Optional(Type.Integer({ minimum: 64, maximum: 800 })),
  clip: Type.Optional(Numbers(6)),
});
export type RotationQuery = Static<typeof RotationQuery>;

export const ProbeQuery = Type.Object({ at: Numbers(3), phase: drawing.phase });

export function readPlane(volume: Volume, query: PlaneQuery): Plane {
  if (query.plane !== undefined) {
    const stack = planeStack(volume.grid, query.plane, query.size ?? 512);
    const index = query.index ?? Math.floor(stack.planes / 2);
    if (index >= stack.planes)
      throw new AppError('request.invalid', { field: 'index', planes: stack.planes });
    return stack.at(index);
  }
  const { origin, right, down, spacing, width, height } = query;
  if (origin === undefined || right === undefined || down === undefined || spacing === undefined)
    throw new AppError('request.invalid', { field: 'plane', reason: 'or origin, right, down and spacing' });
  const across = normalize(readVector(right));
  const along = readVector(down);
  // The second direction is made square to the first, as far as it was meant to be.
  const downwards = across === null ? null : normalize(subtract(along, scale(across, dot(along, across))));
  const isPlane = across !== null && downwards !== null && length(cross(across, along)) > 0.5 * length(along);
  if (!isPlane) throw new AppError('request.invalid', { field: 'down' });
  return {
    origin: readVector(origin),
    right: across,
    down: downwards,
    spacingMm: spacing,
    width: width ?? 512,
    height: height ?? 512,
  };
}

export function readSlab({ slab, mode }: PlaneQuery): Slab | undefined {
  return slab === undefined || slab === 0 ? undefined : { thicknessMm: slab, mode: mode ?? 'mip' };
}

export function readVector(text: string): Vec3 {
  const [x = 0, y = 0, z = 0] = text.split(',').map(Number);
  return [x, y, z];
}

export function readWindow(
  volume: Volume,
  query: { window?: string; invert?: boolean },
): { center: number; width: number; invert: boolean } {
  const invert = query.invert ?? volume.isInverted;
  if (query.window === undefined) return { ...volume.window, invert };
  const [center = 0, width = 1] = query.window.split(',').map(Number);
  if (!(width > 0)) throw new AppError('request.invalid', { field: 'window' });
  return { center, width, invert };
}
