// Volumes that the server builds and draws for devices that cannot (three planes, turned views).
import { type Static, Type } from 'typebox';
import { Nullable } from './problem.ts';

const Count = Type.Integer({ minimum: 0 });

export const VolumePlanes = Type.Object({
  count: Count,
  stepMm: Type.Number({ description: 'From plane to plane.' }),
});

export const VolumeDescription = Type.Object({
  columns: Count,
  rows: Count,
  slices: Count,
  spacingMm: Type.Array(Type.Number(), { description: 'Between columns, rows, slices, as received.' }),
  reduced: Type.Array(Type.Integer(), {
    description: 'Voxels averaged into one, each way; 1,1,1: as received.',
  }),
  tiltDegrees: Type.Number({ description: 'Gantry tilt; it is taken into account.' }),
  missing: Type.Integer({ description: 'Slices that are missing and were interpolated.' }),
  uneven: Type.Boolean({ description: 'Slices are unevenly spaced and were interpolated.' }),
  phases: Count,
  phase: Count,
  modality: Nullable(Type.String()),
  unit: Type.String(),
  hasSuv: Type.Boolean(),
  window: Type.Object({ center: Type.Number(), width: Type.Number() }),
  presets: Type.Array(Type.String(), { description: 'Of volume rendering, the usual one first.' }),
  planes: Type.Object({ axial: VolumePlanes, coronal: VolumePlanes, sagittal: VolumePlanes }),
});
export type VolumeDescription = Static<typeof VolumeDescription>;

export const VolumeState = Type.Object({
  state: Type.Union([Type.Literal('building'), Type.Literal('ready')]),
  done: Count,
  total: Count,
  volume: Nullable(VolumeDescription),
});
export type VolumeState = Static<typeof VolumeState>;

export const VolumeProbe = Type.Object({
  value: Nullable(Type.Number({ description: 'null: outside the volume.' })),
  unit: Type.String(),
  suv: Nullable(Type.Number({ description: 'SUVbw, g/ml.' })),
  reduced: Type.Boolean(),
});
export type VolumeProbe = Static<typeof VolumeProbe>;
