// A softcopy presentation state of any system: window, turns, shown area, drawings (PS3.3 C.10.4 to C.10.6, C.11). What
// is not shown (VOI LUTs, masks, shutters, overlays) is named, so that the reader is told and not misled.
import type { Point } from '../../geometry/affine.ts';
import { itemsOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { cielabToCss } from './cielab.ts';
import { fromDicomTurns } from './gsps-turns.ts';
import type { Mark, PresentationState, ShownArea } from './saved-types.ts';

const mostMarks = 2000;

export function readPresentation(json: JsonItem): PresentationState {
  const turns = fromDicomTurns(numberOf(json, '00700042') ?? 0, textOf(json, '00700041') === 'Y');
  const images = itemsOf(json, '00081115').flatMap((series) =>
    itemsOf(series, '00081140').flatMap(reference),
  );
  const areas = itemsOf(json, '0070005A').flatMap((item) => {
    const area = readArea(item);
    return area === null ? [] : [{ images: uidsOf(item), area }];
  });
  return {
    ...turns,
    label: textOf(json, '00700081') ?? textOf(json, '00700080') ?? '',
    images,
    windows: readWindows(json),
    invert: textOf(json, '20500020') === 'INVERSE',
    areas,
    marks: readMarks(json, images, areas),
    unshown: unshownOf(json),
  };
}

function reference(item: JsonItem): PresentationState['images'] {
  const sopInstanceUid = textOf(item, '00081155');
  return sopInstanceUid === null ? [] : [{ sopInstanceUid, frameNumbers: numbersOf(item, '00081160') ?? [] }];
}

/** No images named: all of the state. */
function uidsOf(item: JsonItem): string[] {
  return itemsOf(item, '00081140').flatMap((one) => textOf(one, '00081155') ?? []);
}

function readWindows(json: JsonItem): PresentationState['windows'] {
  return itemsOf(json, '00283110').flatMap((item) => {
    const center = numberOf(item, '00281050');
    const width = numberOf(item, '00281051');
    return center === null || width === null || width <= 0
      ? []
      : [{ images: uidsOf(item), voi: { center, width } }];
  });
}

function readArea(item: JsonItem): ShownArea | null {
  const first = numbersOf(item, '00700052');
  const last = numbersOf(item, '00700053');
  if (first?.[0] === undefined || first[1] === undefined || last?.[0] === undefined || last[1] === undefined)
    return null;
  const modes: Record<string, ShownArea['mode']> = { 'TRUE SIZE': 'true-size', MAGNIFY: 'magnify' };
  return {
    topLeft: { x: first[0] - 1, y: first[1] - 1 },
    bottomRight: { x: last[0] - 1, y: last[1] - 1 },
    mode: modes[textOf(item, '00700100') ?? ''] ?? 'fit',
    magnification: numberOf(item, '00700103'),
  };
}

function readMarks(
  json: JsonItem,
  images: PresentationState['images'],
  areas: PresentationState['areas'],
): Mark[] {
  const colors = new Map(
    itemsOf(json, '00700060').map((layer) => [
      textOf(layer, '00700002') ?? '',
      cielabToCss(numbersOf(layer, '00700401')),
    ]),
  );
  const marks: Mark[] = [];
  for (const annotation of itemsOf(json, '00700001')) {
    const named = itemsOf(annotation, '00081140').flatMap(reference);
    const color = colors.get(textOf(annotation, '00700002') ?? '') ?? null;
    for (const { sopInstanceUid, frameNumbers } of named.length > 0 ? named : images) {
      const area = (areas.find((one) => one.images.includes(sopInstanceUid)) ?? areas[0])?.area ?? null;
      for (const frameNumber of frameNumbers.length > 0 ? frameNumbers : [1]) {
        for (const drawn of drawings(annotation, area)) {
          if (marks.length >= mostMarks) return marks;
          const id = `pr${marks.length + 1}`;
          marks.push({ ...drawn, id, tool: null, sopInstanceUid, frameNumber, values: [], color });
        }
      }
    }
  }
  return marks;
}

type Drawing = Pick<Mark, 'shape' | 'points' | 'text'>;

function drawings(annotation: JsonItem, area: ShownArea | null): Drawing[] {
  return [
    ...itemsOf(annotation, '00700009').flatMap((item) => graphic(item, area)),
    ...itemsOf(annotation, '00700008').flatMap((item) => words(item, area)),
  ];
}

function graphic(item: JsonItem, area: ShownArea | null): Drawing[] {
  const points = pointsOf(numbersOf(item, '00700022'), textOf(item, '00700005'), area);
  const [first] = points;
  const last = points[points.length - 1];
  if (first === undefined || last === undefined) return [];
  switch (textOf(item, '00700023')) {
    case 'POINT':
      return [{ shape: 'point', points: [first], text: '' }];
    case 'CIRCLE':
      return points.length < 2 ? [] : [{ shape: 'circle', points: points.slice(0, 2), text: '' }];
    case 'ELLIPSE':
      return points.length < 4 ? [] : [{ shape: 'ellipse', points: points.slice(0, 4), text: '' }];
    case 'POLYLINE':
    case 'INTERPOLATED': {
      const isClosed = points.length > 3 && first.x === last.x && first.y === last.y;
      return isClosed
        ? [{ shape: 'polygon', points: points.slice(0, -1), text: '' }]
        : [{ shape: 'polyline', points, text: '' }];
    }
    default:
      return [];
  }
}

/** Words stand at their anchor, else at the corner of their box; a visible anchor gets its line. */
function words(item: JsonItem, area: ShownArea | null): Drawing[] {
  const text = textOf(item, '00700006');
  if (text === null) return [];
  const [corner] = pointsOf(numbersOf(item, '00700010'), textOf(item, '00700003'), area);
  const [anchor] = pointsOf(numbersOf(item, '00700014'), textOf(item, '00700004'), area);
  const place = corner ?? anchor;
  if (place === undefined) return [];
  const isTied = corner !== undefined && anchor !== undefined && textOf(item, '00700015') === 'Y';
  return [
    ...(isTied ? [{ shape: 'polyline' as const, points: [anchor, corner], text: '' }] : []),
    { shape: 'text', points: [place], text },
  ];
}

/** DISPLAY units are shares of the shown area (C.10.5), seen after turning: exact for states that do not turn. */
function pointsOf(flat: number[] | null, units: string | null, area: ShownArea | null): Point[] {
  const points: Point[] = [];
  for (let at = 0; flat !== null && at + 1 < flat.length; at += 2) {
    const x = flat[at] ?? 0;
    const y = flat[at + 1] ?? 0;
    if (units !== 'DISPLAY') points.push({ x: x - 0.5, y: y - 0.5 });
    else if (area !== null) points.push(within(area, x, y));
  }
  return points;
}

function within({ topLeft, bottomRight }: ShownArea, x: number, y: number): Point {
  return {
    x: topLeft.x - 0.5 + x * (bottomRight.x - topLeft.x + 1),
    y: topLeft.y - 0.5 + y * (bottomRight.y - topLeft.y + 1),
  };
}

const unshown: readonly [string, string][] = [
  ['00283000', 'Modality LUT'],
  ['00181600', 'Shutter'],
  ['00286100', 'Mask'],
  ['20500010', 'Presentation LUT'],
  ['00700209', 'Compound Graphic'],
];

function unshownOf(json: JsonItem): string[] {
  const found = unshown.filter(([tag]) => json[tag] !== undefined).map(([, name]) => name);
  if (itemsOf(json, '00283110').some((item) => item['00283010'] !== undefined)) found.push('VOI LUT');
  if (Object.keys(json).some((tag) => /^60[0-9A-F]{2}3000$/.test(tag))) found.push('Overlay');
  return found;
}
