// The drawings and words of a presentation state by graphic layer (PS3.3 C.10.5, C.10.7), in image pixels.
import type { Point } from '../../geometry/affine.ts';
import { itemsOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { cielabToCss } from './cielab.ts';
import type { Turns } from './gsps-turns.ts';
import type { Mark, PresentationState, ShownArea } from './saved-types.ts';

const mostMarks = 2000;

type Drawing = Pick<Mark, 'shape' | 'points' | 'text' | 'color'>;
type Frame = { area: ShownArea | null; turns: Turns };

/** Layer -> its recommended colour, or the grey that stands for it. */
export function layerColors(json: JsonItem): Map<string, string | null> {
  return new Map(
    itemsOf(json, '00700060').map((layer) => [textOf(layer, '00700002') ?? '', layerColor(layer)]),
  );
}

function layerColor(layer: JsonItem): string | null {
  const lab = cielabToCss(numbersOf(layer, '00700401'));
  if (lab !== null) return lab;
  const grey = numberOf(layer, '00700066');
  if (grey === null) return null;
  const byte = Math.round(Math.min(65535, Math.max(0, grey)) / 257);
  return `rgb(${byte} ${byte} ${byte})`;
}

export function reference(item: JsonItem): PresentationState['images'] {
  const sopInstanceUid = textOf(item, '00081155');
  return sopInstanceUid === null ? [] : [{ sopInstanceUid, frameNumbers: numbersOf(item, '00081160') ?? [] }];
}

/** Layers are drawn in their order (C.10.7.1.2). */
export function readMarks(
  json: JsonItem,
  state: Pick<PresentationState, 'images' | 'areas'> & Turns,
): Mark[] {
  const { images, areas } = state;
  const colors = layerColors(json);
  const order = new Map(
    itemsOf(json, '00700060').map((layer) => [
      textOf(layer, '00700002') ?? '',
      numberOf(layer, '00700062') ?? 0,
    ]),
  );
  const layerOf = (annotation: JsonItem) => textOf(annotation, '00700002') ?? '';
  const annotations = itemsOf(json, '00700001').sort(
    (a, b) => (order.get(layerOf(a)) ?? 0) - (order.get(layerOf(b)) ?? 0),
  );
  const marks: Mark[] = [];
  for (const annotation of annotations) {
    const named = itemsOf(annotation, '00081140').flatMap(reference);
    const color = colors.get(layerOf(annotation)) ?? null;
    for (const { sopInstanceUid, frameNumbers } of named.length > 0 ? named : images) {
      const area = (areas.find((one) => one.images.includes(sopInstanceUid)) ?? areas[0])?.area ?? null;
      const drawn = drawings(annotation, { area, turns: state }, color);
      for (const frameNumber of frameNumbers.length > 0 ? frameNumbers : [1]) {
        for (const one of drawn) {
          if (marks.length >= mostMarks) return marks;
          const id = `pr${marks.length + 1}`;
          const unmeasured = { tool: null, values: [], trust: null, trackingUid: null };
          marks.push({ ...one, ...unmeasured, id, sopInstanceUid, frameNumber });
        }
      }
    }
  }
  return marks;
}

function drawings(annotation: JsonItem, frame: Frame, color: string | null): Drawing[] {
  const own = (item: JsonItem, style: string, tag: string): string | null => {
    const [first] = itemsOf(item, style);
    return (first === undefined ? null : cielabToCss(numbersOf(first, tag))) ?? color;
  };
  return [
    ...itemsOf(annotation, '00700009').flatMap((item) =>
      graphic(item, frame).map((one) => ({ ...one, text: '', color: own(item, '00700232', '00700251') })),
    ),
    ...itemsOf(annotation, '00700008').flatMap((item) =>
      words(item, frame).map((one) => ({ ...one, color: own(item, '00700231', '00700241') })),
    ),
  ];
}

function graphic(item: JsonItem, frame: Frame): Pick<Mark, 'shape' | 'points'>[] {
  const points = pointsOf(numbersOf(item, '00700022'), textOf(item, '00700005'), frame);
  const [first] = points;
  const last = points[points.length - 1];
  if (first === undefined || last === undefined) return [];
  switch (textOf(item, '00700023')) {
    case 'POINT':
      return [{ shape: 'point', points: [first] }];
    case 'CIRCLE':
      return points.length < 2 ? [] : [{ shape: 'circle', points: points.slice(0, 2) }];
    case 'ELLIPSE':
      return points.length < 4 ? [] : [{ shape: 'ellipse', points: points.slice(0, 4) }];
    case 'POLYLINE':
    case 'INTERPOLATED': {
      const isClosed = points.length > 3 && first.x === last.x && first.y === last.y;
      return isClosed ? [{ shape: 'polygon', points: points.slice(0, -1) }] : [{ shape: 'polyline', points }];
    }
    default:
      return [];
  }
}

/** Words stand at their anchor, else at the corner of their box; a visible anchor gets its line. */
function words(item: JsonItem, frame: Frame): Omit<Drawing, 'color'>[] {
  const text = textOf(item, '00700006');
  if (text === null) return [];
  const [corner] = pointsOf(numbersOf(item, '00700010'), textOf(item, '00700003'), frame);
  const [anchor] = pointsOf(numbersOf(item, '00700014'), textOf(item, '00700004'), frame);
  const place = corner ?? anchor;
  if (place === undefined) return [];
  const isTied = corner !== undefined && anchor !== undefined && textOf(item, '00700015') === 'Y';
  return [
    ...(isTied ? [{ shape: 'polyline' as const, points: [anchor, corner], text: '' }] : []),
    { shape: 'text', points: [place], text },
  ];
}

/** DISPLAY units are shares of the shown area as it stands on screen, after turning (C.10.5.1.2). */
function pointsOf(flat: number[] | null, units: string | null, { area, turns }: Frame): Point[] {
  const points: Point[] = [];
  for (let at = 0; flat !== null && at + 1 < flat.length; at += 2) {
    const x = flat[at] ?? 0;
    const y = flat[at + 1] ?? 0;
    if (units !== 'DISPLAY') points.push({ x: x - 0.5, y: y - 0.5 });
    else if (area !== null) points.push(within(area, turns, x, y));
  }
  return points;
}

/** The corners name the pixels that stand top left and bottom right on screen. */
function within({ topLeft, bottomRight }: ShownArea, { rotation }: Turns, x: number, y: number): Point {
  const isLying = rotation === 90 || rotation === 270;
  return {
    x: along(topLeft.x, bottomRight.x, isLying ? y : x),
    y: along(topLeft.y, bottomRight.y, isLying ? x : y),
  };
}

/** From the outer edge of one pixel to the outer edge of the other. */
function along(first: number, last: number, share: number): number {
  const way = last < first ? -1 : 1;
  return first - 0.5 * way + share * (last - first + way);
}
