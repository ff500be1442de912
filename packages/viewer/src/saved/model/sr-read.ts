// Measurements out of any SR document (TID 1500 of ours and others, and what is near it): every SCOORD that names its image
// is something to draw; the numbers it belongs to are the NUM above it or those of its group; SCOORD3D is kept in
// patient coordinates. Documents of other systems are broken in many ways: what cannot be read is left out.
import type { Point } from '../../geometry/affine.ts';
import { itemsOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import type {
  ImageRef,
  Mark,
  MarkShape,
  MarkTrust,
  MarkValue,
  MeasurementSet,
  SpaceMark,
} from './saved-types.ts';
import { readTrust } from './sr-caveats.ts';
import { conceptName, unitName } from './sr-codes.ts';
import { trackingPrefix } from './sr-write.ts';

const mostDeep = 32;
const mostMarks = 2000;

type Group = {
  tool: string | null;
  title: string;
  values: MarkValue[];
  trust: MarkTrust | null;
  trackingUid: string | null;
};

export function readMeasurements(json: JsonItem): MeasurementSet {
  const set: MeasurementSet = { marks: [], spaceMarks: [] };
  walk(json, null, null, set, 0);
  return set;
}

function walk(
  item: JsonItem,
  group: Group | null,
  number: MarkValue | null,
  set: MeasurementSet,
  depth: number,
): void {
  if (depth > mostDeep || set.marks.length + set.spaceMarks.length >= mostMarks) return;
  const type = textOf(item, '0040A040');
  const children = itemsOf(item, '0040A730');
  const inside = type === 'CONTAINER' && meaningOf(item) === 'Measurement Group' ? groupOf(children) : group;
  if (type === 'SCOORD') addMark(item, inside, number, set);
  if (type === 'SCOORD3D') addSpaceMark(item, inside, number, set);
  const measured = type === 'NUM' ? measuredValue(item) : number;
  for (const child of children) walk(child, inside, measured, set, depth + 1);
}

function groupOf(children: readonly JsonItem[]): Group {
  const group: Group = {
    tool: null,
    title: '',
    values: [],
    trust: readTrust(children),
    trackingUid: null,
  };
  let tracking = '';
  for (const child of children) {
    const type = textOf(child, '0040A040');
    const meaning = meaningOf(child);
    if (type === 'NUM') {
      const value = measuredValue(child);
      if (value !== null) group.values.push(value);
    }
    if (type === 'TEXT' && meaning === 'Tracking Identifier') tracking = textOf(child, '0040A160') ?? '';
    if (type === 'UIDREF' && meaning === 'Tracking Unique Identifier')
      group.trackingUid = textOf(child, '0040A124');
    if (type === 'TEXT' && meaning === 'Comment') group.title = textOf(child, '0040A160') ?? '';
    if (type === 'CODE' && meaning === 'Finding' && group.title === '') {
      const [finding] = itemsOf(child, '0040A168');
      group.title = finding === undefined ? '' : (textOf(finding, '00080104') ?? '');
    }
  }
  if (tracking.startsWith(trackingPrefix)) group.tool = tracking.slice(trackingPrefix.length);
  else if (group.title === '') group.title = othersTitle(tracking);
  return group;
}

/** Viewers of the web write their tool's name where a person would write "Lesion 1". */
function othersTitle(tracking: string): string {
  return /^cornerstone/i.test(tracking) ? '' : tracking;
}

function addMark(item: JsonItem, group: Group | null, number: MarkValue | null, set: MeasurementSet): void {
  const image = imageOf(item);
  const flat = numbersOf(item, '00700022');
  if (image === null || flat === null || flat.length < 2 || flat.length % 2 !== 0) return;
  const points: Point[] = [];
  for (let at = 0; at < flat.length; at += 2)
    points.push({ x: (flat[at] ?? 0) - 0.5, y: (flat[at + 1] ?? 0) - 0.5 });
  const drawn = drawnAs(textOf(item, '00700023'), points, group?.tool ?? null);
  if (drawn === null) return;
  const same = set.marks.find((mark) => isSame(mark, image, drawn.points));
  const values = number === null ? (group?.values ?? []) : [number];
  if (same !== undefined) {
    // Several numbers of one drawing, each with its own copy of it.
    for (const value of values)
      if (!same.values.some((one) => one.concept === value.concept)) same.values.push(value);
    return;
  }
  set.marks.push({
    ...image,
    ...drawn,
    id: `sr${set.marks.length + 1}`,
    tool: group?.tool ?? null,
    values: [...values],
    text: group?.title ?? '',
    color: null,
    trust: group?.trust ?? null,
    trackingUid: group?.trackingUid ?? null,
  });
}

function isSame(mark: Mark, image: ImageRef, points: readonly Point[]): boolean {
  return (
    mark.sopInstanceUid === image.sopInstanceUid &&
    mark.frameNumber === image.frameNumber &&
    mark.points.length === points.length &&
    mark.points.every((point, at) => point.x === points[at]?.x && point.y === points[at]?.y)
  );
}

function drawnAs(
  type: string | null,
  points: Point[],
  tool: string | null,
): { shape: MarkShape; points: Point[] } | null {
  switch (type) {
    case 'POINT':
      return { shape: tool === 'text' ? 'text' : 'point', points: points.slice(0, 1) };
    case 'MULTIPOINT':
      return { shape: 'points', points };
    case 'CIRCLE':
      return points.length < 2 ? null : { shape: 'circle', points: points.slice(0, 2) };
    case 'ELLIPSE':
      return points.length < 4 ? null : { shape: 'ellipse', points: points.slice(0, 4) };
    case 'POLYLINE':
      return line(points, tool);
    default:
      return null;
  }
}

function line(points: Point[], tool: string | null): { shape: MarkShape; points: Point[] } | null {
  const [first] = points;
  const last = points[points.length - 1];
  if (first === undefined || last === undefined || points.length < 2) return null;
  if (tool === 'arrow') return { shape: 'arrow', points };
  const isClosed = points.length > 3 && first.x === last.x && first.y === last.y;
  return isClosed ? { shape: 'polygon', points: points.slice(0, -1) } : { shape: 'polyline', points };
}

function imageOf(item: JsonItem): ImageRef | null {
  for (const child of itemsOf(item, '0040A730')) {
    const [reference] = itemsOf(child, '00081199');
    const sopInstanceUid = reference === undefined ? null : textOf(reference, '00081155');
    if (reference === undefined || sopInstanceUid === null) continue;
    return { sopInstanceUid, frameNumber: numberOf(reference, '00081160') ?? 1 };
  }
  return null;
}

function addSpaceMark(
  item: JsonItem,
  group: Group | null,
  number: MarkValue | null,
  set: MeasurementSet,
): void {
  const flat = numbersOf(item, '00700022');
  const frameOfReferenceUid = textOf(item, '30060024');
  if (flat === null || frameOfReferenceUid === null || flat.length < 3 || flat.length % 3 !== 0) return;
  const points: SpaceMark['points'] = [];
  for (let at = 0; at < flat.length; at += 3)
    points.push([flat[at] ?? 0, flat[at + 1] ?? 0, flat[at + 2] ?? 0]);
  const shapes: Record<string, MarkShape> = {
    POINT: 'point',
    MULTIPOINT: 'points',
    POLYLINE: 'polyline',
    POLYGON: 'polygon',
    ELLIPSE: 'ellipse',
  };
  const shape = shapes[textOf(item, '00700023') ?? ''];
  if (shape === undefined) return;
  const values = number === null ? (group?.values ?? []) : [number];
  const id = `sr3d${set.spaceMarks.length + 1}`;
  set.spaceMarks.push({
    id,
    frameOfReferenceUid,
    shape,
    points,
    values: [...values],
    text: group?.title ?? '',
  });
}

function meaningOf(item: JsonItem): string {
  const [concept] = itemsOf(item, '0040A043');
  return concept === undefined ? '' : (textOf(concept, '00080104') ?? '');
}

function measuredValue(item: JsonItem): MarkValue | null {
  const [measured] = itemsOf(item, '0040A300');
  const [concept] = itemsOf(item, '0040A043');
  if (measured === undefined || concept === undefined) return null;
  const value = numberOf(measured, '0040A30A');
  const [unit] = itemsOf(measured, '004008EA');
  if (value === null) return null;
  return {
    concept: conceptName(textOf(concept, '00080100') ?? '', textOf(concept, '00080104') ?? ''),
    value,
    unit: unit === undefined ? '' : unitName(textOf(unit, '00080100') ?? ''),
  };
}
