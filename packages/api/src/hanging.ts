// Hanging protocols as data: for which study, which layout, what goes into each viewport and how it lies there. The
// server keeps the hospital's list and puts the one that fits into the manifest; the viewer resolves its viewports.
import { type Static, Type } from 'typebox';
import { Nullable } from './problem.ts';

const Word = Type.String({ minLength: 1, maxLength: 64 });
const Words = Type.Array(Word, { maxItems: 20 });

export const HangingPane = Type.Object({
  study: Type.Optional(Type.Union([Type.Literal('current'), Type.Literal('prior')])),
  modality: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{1,16}$' })),
  description: Type.Optional(
    Type.Array(Word, { maxItems: 20, description: 'One of these is part of the series description.' }),
  ),
  laterality: Type.Optional(Type.Union([Type.Literal('L'), Type.Literal('R')])),
  views: Type.Optional(
    Type.Array(Word, { maxItems: 20, description: 'View Position (0018,5101) or view code meaning.' }),
  ),
  plane: Type.Optional(
    Type.Union([Type.Literal('axial'), Type.Literal('sagittal'), Type.Literal('coronal')]),
  ),
  region: Type.Optional(
    Type.Array(Word, { maxItems: 20, description: 'Tooth or region: anatomic codes, meanings, comments.' }),
  ),
  nth: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 15, description: 'The nth that fits and is not yet hung.' }),
  ),
  voi: Type.Optional(Type.Object({ center: Type.Number(), width: Type.Number({ exclusiveMinimum: 0 }) })),
  rotation: Type.Optional(
    Type.Union([Type.Literal(0), Type.Literal(90), Type.Literal(180), Type.Literal(270)]),
  ),
  flipHorizontal: Type.Optional(Type.Boolean()),
  flipVertical: Type.Optional(Type.Boolean()),
  invert: Type.Optional(Type.Boolean()),
  chestWall: Type.Optional(
    Type.Union([Type.Literal('left'), Type.Literal('right')], {
      description:
        'The side the chest wall is turned to and laid against, by Patient Orientation (0020,0020).',
    }),
  ),
  slice: Type.Optional(Type.Union([Type.Literal('first'), Type.Literal('middle'), Type.Literal('last')])),
});
export type HangingPane = Static<typeof HangingPane>;

export const HangingProtocol = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  enabled: Type.Boolean(),
  match: Type.Object({
    modalities: Type.Array(Type.String({ pattern: '^[A-Z0-9]{1,16}$' }), { maxItems: 20 }),
    bodyParts: Type.Optional(Words),
    description: Type.Optional(Words),
    leastSeries: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    mostSeries: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  }),
  rows: Type.Integer({ minimum: 1, maximum: 4 }),
  columns: Type.Integer({ minimum: 1, maximum: 4 }),
  panes: Type.Array(HangingPane, { minItems: 1, maxItems: 16, description: 'In reading order.' }),
  sameScale: Type.Optional(Type.Boolean({ description: 'A millimetre is as long in every viewport.' })),
  links: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Literal('slice'),
        Type.Literal('zoom'),
        Type.Literal('pan'),
        Type.Literal('voi'),
        Type.Literal('cine'),
      ]),
      { maxItems: 5 },
    ),
  ),
});
export type HangingProtocol = Static<typeof HangingProtocol>;

export const HangingProtocols = Type.Array(HangingProtocol, { maxItems: 100 });

export const HangingVersion = Type.Object({
  version: Type.Integer(),
  savedAt: Type.String(),
  savedBy: Nullable(Type.String()),
  count: Type.Integer(),
});
export type HangingVersion = Static<typeof HangingVersion>;

export const HangingOverview = Type.Object({
  version: Type.Integer({ description: '0: the list that comes with the product.' }),
  protocols: HangingProtocols,
  history: Type.Array(HangingVersion, { description: 'Newest first, at most 50.' }),
});
export type HangingOverview = Static<typeof HangingOverview>;

/** What a protocol is matched on. */
export type HangingSubject = {
  modalities: readonly string[];
  bodyParts: readonly string[];
  descriptions: readonly string[];
  seriesCount: number;
};

/** The first enabled protocol that fits: the order of the list decides. */
export function chooseHanging(
  protocols: readonly HangingProtocol[],
  subject: HangingSubject,
): HangingProtocol | null {
  return protocols.find((one) => one.enabled && fits(one.match, subject)) ?? null;
}

function fits(match: HangingProtocol['match'], subject: HangingSubject): boolean {
  const { modalities, bodyParts = [], description = [], leastSeries = 1, mostSeries = 1000 } = match;
  if (modalities.length > 0 && !modalities.every((one) => subject.modalities.includes(one))) return false;
  if (bodyParts.length > 0 && !bodyParts.some((part) => holdsWord(subject.bodyParts, part))) return false;
  if (description.length > 0 && !description.some((word) => holdsWord(subject.descriptions, word)))
    return false;
  return subject.seriesCount >= leastSeries && subject.seriesCount <= mostSeries;
}

function holdsWord(texts: readonly string[], word: string): boolean {
  const sought = word.toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(sought));
}
