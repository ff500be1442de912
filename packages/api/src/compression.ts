// Compression on the administration plane: policies by modality and age, what they saved, nodes that may be sent lossy
// objects.
import { type Static, Type } from 'typebox';
import { Id, Nullable } from './problem.ts';

export const CompressionPolicy = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  modality: Type.Optional(
    Type.String({ pattern: '^[A-Z0-9_]{1,16}$', description: 'Absent: every modality.' }),
  ),
  leastAgeDays: Type.Integer({ minimum: 0, maximum: 36_500, description: 'Since the study was received.' }),
  action: Type.Union([Type.Literal('keep'), Type.Literal('replace'), Type.Literal('preview')]),
  ratio: Type.Optional(
    Type.Integer({ minimum: 2, maximum: 100, description: 'Of previews only: uncompressed to compressed.' }),
  ),
  enabled: Type.Boolean(),
});
export type CompressionPolicy = Static<typeof CompressionPolicy>;

export const CompressionFigure = Type.Object({
  modality: Type.String(),
  outcome: Type.Union([
    Type.Literal('replaced'),
    Type.Literal('previewed'),
    Type.Literal('refused'),
    Type.Literal('rolled-back'),
  ]),
  reason: Type.String(),
  objects: Type.Integer(),
  bytesBefore: Type.Integer(),
  bytesAfter: Type.Integer(),
});
export type CompressionFigure = Static<typeof CompressionFigure>;

export const CompressionRun = Type.Object({
  state: Type.Union([Type.Literal('running'), Type.Literal('done')]),
  studies: Type.Integer(),
  replaced: Type.Integer(),
  previewed: Type.Integer(),
  refused: Type.Integer(),
  failed: Type.Integer(),
  startedAt: Type.String(),
  finishedAt: Nullable(Type.String()),
});
export type CompressionRun = Static<typeof CompressionRun>;

export const LossyNode = Type.Object({ nodeId: Id, nodeName: Type.String(), ratio: Type.Integer() });
export type LossyNode = Static<typeof LossyNode>;

export const CompressionOverview = Type.Object({
  policies: Type.Array(CompressionPolicy),
  figures: Type.Array(CompressionFigure),
  run: Nullable(CompressionRun),
  lossyNodes: Type.Array(LossyNode),
});
export type CompressionOverview = Static<typeof CompressionOverview>;
