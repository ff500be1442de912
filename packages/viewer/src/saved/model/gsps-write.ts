// How an image is presented, as a softcopy presentation state: grayscale (PS3.3 A.33.1) or colour (A.33.2). The reader's
// window, turns, shown area and drawings of one frame or of a whole stack that is read the same way.
import type { JsonItem } from '../../geometry/dicom-json.ts';
import type { Voi } from '../../types.ts';
import type { Rescale, VoiFunction } from '../../voi/window.ts';
import { type Turns, toDicomTurns } from './gsps-turns.ts';
import { type FindImage, imageReference, placed, seriesReferences } from './references.ts';
import type { ImageRef, Mark, ShownArea } from './saved-types.ts';
import { srgbProfileBase64 } from './srgb-profile.ts';
import { code, decimals, empty, items, longText, numbers, text, uid } from './write-json.ts';

export const grayscaleState = '1.2.840.10008.5.1.4.1.1.11.1';
export const colorState = '1.2.840.10008.5.1.4.1.1.11.2';
const layerName = 'YUNYING';

export type PresentationAsk = Turns & {
  studyInstanceUid: string;
  sopInstanceUid: string;
  label: string;
  isColor: boolean;
  images: readonly ImageRef[];
  voi: Voi | null;
  shape: VoiFunction;
  /** The image's: a state without one would show stored values (C.11.1). */
  rescale: Rescale;
  invert: boolean;
  area: ShownArea;
  marks: readonly Mark[];
  find: FindImage;
};

export function writePresentation(ask: PresentationAsk): JsonItem {
  const images = placed([...ask.images, ...ask.marks], ask.find);
  const refs = [...ask.images, ...ask.marks];
  const framesOf = (sopInstanceUid: string) =>
    refs.filter((one) => one.sopInstanceUid === sopInstanceUid).map((one) => one.frameNumber);
  const { rotation, isFlipped } = toDicomTurns(ask);
  const json: JsonItem = {
    '00080016': uid(ask.isColor ? colorState : grayscaleState),
    '00080018': uid(ask.sopInstanceUid),
    '00080060': code('PR'),
    '00081115': seriesReferences(images, framesOf),
    '0020000D': uid(ask.studyInstanceUid),
    '00700041': code(isFlipped ? 'Y' : 'N'),
    '00700042': numbers('US', rotation),
    '0070005A': items(areaItem(ask.area)),
    '00700080': code('YUNYING'),
    '00700081': longText(ask.label),
    '00700084': empty('PN'),
  };
  if (!ask.isColor) {
    json['20500020'] = code(ask.invert ? 'INVERSE' : 'IDENTITY');
    if (ask.voi !== null)
      json['00283110'] = items({
        '00281050': decimals(ask.voi.center),
        '00281051': decimals(ask.voi.width),
        ...(ask.shape === 'LINEAR' ? {} : { '00281056': code(ask.shape) }),
      });
    const { slope, intercept } = ask.rescale;
    if (slope !== 1 || intercept !== 0) {
      json['00281052'] = decimals(intercept);
      json['00281053'] = decimals(slope);
      json['00281054'] = longText('US');
    }
  } else {
    json['00282000'] = { vr: 'OB', InlineBinary: srgbProfileBase64() };
  }
  if (ask.marks.length > 0) {
    json['00700001'] = items(...annotations(ask.marks, ask.find));
    json['00700060'] = items({
      '00700002': code(layerName),
      '00700062': numbers('IS', 1),
      '00700401': numbers('US', 55_000, 20_000, 60_000),
    });
  }
  return json;
}

function areaItem(area: ShownArea): JsonItem {
  // The corner pixels, the first of an image is 1\1 (C.10.4).
  const pixel = ({ x, y }: { x: number; y: number }) => numbers('SL', Math.round(x) + 1, Math.round(y) + 1);
  const made: JsonItem = {
    '00700052': pixel(area.topLeft),
    '00700053': pixel(area.bottomRight),
    '00700100': code('SCALE TO FIT'),
    '00700102': numbers('IS', 1, 1),
  };
  return made;
}

/** One Graphic Annotation item per frame: what is drawn on it and its words. */
function annotations(marks: readonly Mark[], find: FindImage): JsonItem[] {
  const frames = Map.groupBy(marks, (mark) => `${mark.sopInstanceUid}/${mark.frameNumber}`);
  return [...frames.values()].flatMap((members) => {
    const [first] = members;
    const [image] = first === undefined ? [] : placed([first], find);
    if (first === undefined || image === undefined) return [];
    const words = members.flatMap(textObjects);
    const lines = members.flatMap(graphicObjects);
    const made: JsonItem = {
      '00081140': items(imageReference(image, [first.frameNumber])),
      '00700002': code(layerName),
    };
    if (words.length > 0) made['00700008'] = items(...words);
    if (lines.length > 0) made['00700009'] = items(...lines);
    return [made];
  });
}

function textObjects(mark: Mark): JsonItem[] {
  const [anchor] = mark.shape === 'arrow' ? mark.points.slice(-1) : mark.points;
  if (mark.text === '' || anchor === undefined) return [];
  return [
    {
      '00700004': code('PIXEL'),
      '00700006': text('ST', mark.text.slice(0, 1024)),
      '00700014': numbers('FL', anchor.x + 0.5, anchor.y + 0.5),
      '00700015': code('N'),
    },
  ];
}

function graphicObjects(mark: Mark): JsonItem[] {
  const object = (type: string, points: readonly { x: number; y: number }[]): JsonItem => ({
    '00700005': code('PIXEL'),
    '00700020': numbers('US', 2),
    '00700021': numbers('US', points.length),
    '00700022': numbers('FL', ...points.flatMap(({ x, y }) => [x + 0.5, y + 0.5])),
    '00700023': code(type),
    ...(type === 'POINT' ? {} : { '00700024': code('N') }),
  });
  switch (mark.shape) {
    case 'text':
      return [];
    case 'point':
      return [object('POINT', mark.points.slice(0, 1))];
    case 'points':
      return mark.points.map((point) => object('POINT', [point]));
    case 'circle':
      return [object('CIRCLE', mark.points)];
    case 'ellipse':
      return [object('ELLIPSE', mark.points)];
    case 'polyline':
      return [object('POLYLINE', mark.points)];
    case 'polygon':
      return [object('POLYLINE', [...mark.points, ...mark.points.slice(0, 1)])];
    case 'arrow':
      return [object('POLYLINE', mark.points), object('POLYLINE', arrowHead(mark.points))];
  }
}

/** Two strokes at the tip; presentation states of this class know no arrows. */
export function arrowHead(
  [tip, tail]: readonly { x: number; y: number }[],
  share = 0.2,
): { x: number; y: number }[] {
  if (tip === undefined || tail === undefined) return [];
  const dx = (tail.x - tip.x) * share;
  const dy = (tail.y - tip.y) * share;
  const side = 0.5;
  return [
    { x: tip.x + dx - dy * side, y: tip.y + dy + dx * side },
    tip,
    { x: tip.x + dx + dy * side, y: tip.y + dy - dx * side },
  ];
}
