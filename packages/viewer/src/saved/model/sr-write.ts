// Measurements as a Comprehensive 3D SR of template 1500 (PS3.16 TID 1500): each one is a Measurement Group with its
// tracking identifier, the values, and the coordinates they were taken from (TID 1501/300; regions: TID 1410). Patient,
// study, series and author are the server's to fill in.
import type { JsonItem } from '../../geometry/dicom-json.ts';
import { evidence, type FindImage, imageReference, placed } from './references.ts';
import type { Mark, MarkValue } from './saved-types.ts';
import { lossyItems, methodItems } from './sr-caveats.ts';
import { concepts, measuredConcepts, unitCode } from './sr-codes.ts';
import {
  type Code,
  code,
  codeItem,
  decimals,
  empty,
  items,
  newUid,
  numbers,
  text,
  uid,
} from './write-json.ts';

export const comprehensive3dSr = '1.2.840.10008.5.1.4.1.1.88.34';
export const trackingPrefix = 'Yunying:';

export type SrAsk = {
  studyInstanceUid: string;
  sopInstanceUid: string;
  marks: readonly Mark[];
  authorName: string;
  find: FindImage;
  /** The reports that this one replaces. */
  predecessors: readonly Predecessor[];
};

export function writeMeasurements(ask: SrAsk): JsonItem {
  const images = placed(ask.marks, ask.find);
  const json: JsonItem = {
    '00080016': uid(comprehensive3dSr),
    '00080018': uid(ask.sopInstanceUid),
    '00080060': code('SR'),
    '00081111': empty('SQ'),
    '0020000D': uid(ask.studyInstanceUid),
    '0040A372': empty('SQ'),
    '0040A491': code('PARTIAL'),
    '0040A493': code('UNVERIFIED'),
    '0040A496': code('PRELIMINARY'),
    ...root(concepts.report, '1500'),
    '0040A730': items(...context(ask.authorName), measurements(ask)),
  };
  // Type 1C: there when anything is referred to.
  if (images.length > 0) json['0040A375'] = items(evidence(ask.studyInstanceUid, images));
  if (ask.predecessors.length > 0)
    json['0040A360'] = predecessorItems(ask.studyInstanceUid, ask.predecessors);
  return json;
}

export type Predecessor = { sopClassUid: string; sopInstanceUid: string; seriesInstanceUid: string };

/** Predecessor Documents Sequence (C.17.2). */
export function predecessorItems(
  studyInstanceUid: string,
  before: readonly Predecessor[],
): ReturnType<typeof items> {
  const documents = before.map((one) => ({
    sopClassUid: one.sopClassUid,
    sopInstanceUid: one.sopInstanceUid,
    seriesInstanceUid: one.seriesInstanceUid,
    numberOfFrames: 0,
  }));
  return items(evidence(studyInstanceUid, documents));
}

export function root(title: Code, template: string): JsonItem {
  return {
    '0040A040': code('CONTAINER'),
    '0040A043': items(codeItem(title)),
    '0040A050': code('SEPARATE'),
    '0040A504': items({ '00080105': code('DCMR'), '0040DB00': code(template) }),
  };
}

/** TID 1204, 1001 to 1003, and the procedure that TID 1500 asks for. */
function context(authorName: string): JsonItem[] {
  return [
    codeContent('HAS CONCEPT MOD', concepts.language, concepts.chinese),
    ...observer(authorName),
    codeContent('HAS CONCEPT MOD', concepts.procedureReported, concepts.imagingProcedure),
  ];
}

export function observer(authorName: string): JsonItem[] {
  return [
    codeContent('HAS OBS CONTEXT', concepts.observerType, concepts.person),
    {
      ...content('HAS OBS CONTEXT', 'PNAME', concepts.observerName),
      '0040A123': { vr: 'PN', Value: [{ Alphabetic: authorName }] },
    },
  ];
}

export function content(relationship: string, valueType: string, concept: Code | null): JsonItem {
  return {
    '0040A010': code(relationship),
    '0040A040': code(valueType),
    ...(concept === null ? {} : { '0040A043': items(codeItem(concept)) }),
  };
}

function codeContent(relationship: string, concept: Code, value: Code): JsonItem {
  return { ...content(relationship, 'CODE', concept), '0040A168': items(codeItem(value)) };
}

export function textContent(relationship: string, concept: Code, value: string): JsonItem {
  return { ...content(relationship, 'TEXT', concept), '0040A160': text('UT', value) };
}

function container(concept: Code, members: JsonItem[]): JsonItem {
  return {
    ...content('CONTAINS', 'CONTAINER', concept),
    '0040A050': code('SEPARATE'),
    '0040A730': items(...members),
  };
}

function measurements(ask: SrAsk): JsonItem {
  return container(
    concepts.measurements,
    ask.marks.map((mark) => group(mark, ask.find)),
  );
}

function group(mark: Mark, find: FindImage): JsonItem {
  const isRegion = mark.shape === 'polygon' || mark.shape === 'circle' || mark.shape === 'ellipse';
  const members = [
    textContent('HAS OBS CONTEXT', concepts.trackingIdentifier, trackingPrefix + (mark.tool ?? mark.shape)),
    {
      ...content('HAS OBS CONTEXT', 'UIDREF', concepts.trackingUid),
      '0040A124': uid(mark.trackingUid ?? newUid()),
    },
  ];
  // A point or a line without a value is a finding's place: a region with nothing measured.
  if (isRegion || mark.values.length === 0) {
    members.push(coordinates('CONTAINS', concepts.region, mark, find));
    members.push(...mark.values.map((value) => measured(value, mark, [])));
  } else {
    const from = coordinates('INFERRED FROM', null, mark, find);
    members.push(...mark.values.map((value) => measured(value, mark, [from])));
  }
  members.push(...lossyItems(mark.trust));
  if (mark.text !== '') members.push(textContent('CONTAINS', concepts.comment, mark.text));
  const made = container(concepts.group, members);
  const template = isRegion || mark.values.length === 0 ? '1410' : '1501';
  made['0040A504'] = items({ '00080105': code('DCMR'), '0040DB00': code(template) });
  return made;
}

function measured({ concept, value, unit }: MarkValue, { trust }: Mark, from: JsonItem[]): JsonItem {
  const named = measuredConcepts[concept] ?? {
    value: concept.slice(0, 16),
    scheme: '99YUNYING',
    meaning: concept,
  };
  const made: JsonItem = {
    ...content('CONTAINS', 'NUM', named),
    '0040A300': items({ '0040A30A': decimals(value), '004008EA': items(codeItem(unitCode(unit))) }),
  };
  const below = [...methodItems(trust, unit), ...from];
  if (below.length > 0) made['0040A730'] = items(...below);
  return made;
}

const graphicTypes = {
  point: 'POINT',
  points: 'MULTIPOINT',
  polyline: 'POLYLINE',
  polygon: 'POLYLINE',
  circle: 'CIRCLE',
  ellipse: 'ELLIPSE',
  arrow: 'POLYLINE',
  text: 'POINT',
} as const;

/** SCOORD (C.18.6): corners of pixels count, so half a pixel is added; a closed line ends where it began. */
function coordinates(relationship: string, concept: Code | null, mark: Mark, find: FindImage): JsonItem {
  const [image] = placed([mark], find);
  if (image === undefined) throw new Error('a measurement without its image');
  const closing = mark.shape === 'polygon' ? mark.points.slice(0, 1) : [];
  const flat = [...mark.points, ...closing].flatMap(({ x, y }) => [x + 0.5, y + 0.5]);
  return {
    ...content(relationship, 'SCOORD', concept),
    '00700022': numbers('FL', ...flat),
    '00700023': code(graphicTypes[mark.shape]),
    '0040A730': items({
      ...content('SELECTED FROM', 'IMAGE', null),
      '00081199': items(imageReference(image, [mark.frameNumber])),
    }),
  };
}
