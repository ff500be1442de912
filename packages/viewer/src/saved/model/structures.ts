// Structure sets of radiotherapy (PS3.3 A.19, C.8.8.5, C.8.8.6): outlines in patient coordinates, drawn on the images whose
// plane they lie in.
import type { Point } from '../../geometry/affine.ts';
import { itemsOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { colorAt, type Rgb } from './cielab.ts';
import { distanceTo, pixelUnder, type Vector } from './patient-plane.ts';
import type { Target } from './segmentation.ts';

export type Contour = {
  type: 'closed' | 'open' | 'points';
  points: Vector[];
  /** The image it was drawn on, when it says so. */
  sopInstanceUid: string | null;
};
export type Structure = { number: number; name: string; rgb: Rgb; contours: Contour[] };
export type StructureSet = { frameOfReferenceUid: string | null; structures: Structure[] };

const mostPoints = 4_000_000;

export function readStructures(json: JsonItem): StructureSet {
  const names = new Map<number, string>();
  let frameOfReferenceUid: string | null = null;
  for (const roi of itemsOf(json, '30060020')) {
    const number = numberOf(roi, '30060022');
    if (number !== null) names.set(number, textOf(roi, '30060026') ?? String(number));
    frameOfReferenceUid ??= textOf(roi, '30060024');
  }
  const budget = { left: mostPoints };
  const structures = itemsOf(json, '30060039').map((item, at): Structure => {
    const number = numberOf(item, '30060084') ?? at + 1;
    const [red, green, blue] = numbersOf(item, '3006002A') ?? [];
    const own: Rgb | null =
      red === undefined || green === undefined || blue === undefined ? null : [red, green, blue];
    return {
      number,
      name: names.get(number) ?? String(number),
      rgb: own ?? colorAt(at),
      contours: itemsOf(item, '30060040').flatMap((contour) => readContour(contour, budget)),
    };
  });
  return { frameOfReferenceUid: frameOfReferenceUid ?? textOf(json, '00200052'), structures };
}

function readContour(item: JsonItem, budget: { left: number }): Contour[] {
  const flat = numbersOf(item, '30060050');
  if (flat === null || flat.length < 3 || flat.length % 3 !== 0 || budget.left < flat.length) return [];
  budget.left -= flat.length;
  const points: Vector[] = [];
  for (let at = 0; at < flat.length; at += 3)
    points.push([flat[at] ?? 0, flat[at + 1] ?? 0, flat[at + 2] ?? 0]);
  const geometric = textOf(item, '30060042') ?? '';
  const type = geometric === 'POINT' ? 'points' : geometric.startsWith('OPEN') ? 'open' : 'closed';
  const [image] = itemsOf(item, '30060016');
  return [{ type, points, sopInstanceUid: image === undefined ? null : textOf(image, '00081155') }];
}

/** What of a structure lies on an image, in its pixels. */
export function outlinesOn(
  set: StructureSet,
  structure: Structure,
  target: Target,
): { type: Contour['type']; points: Point[] }[] {
  const { plane } = target;
  if (plane === null) return [];
  if (set.frameOfReferenceUid !== null && target.frameOfReferenceUid !== set.frameOfReferenceUid) return [];
  return structure.contours
    .filter(
      ({ points, sopInstanceUid }) =>
        sopInstanceUid === target.sopInstanceUid ||
        points.every((point) => Math.abs(distanceTo(plane, point)) < target.reachMm),
    )
    .map(({ type, points }) => ({ type, points: points.map((point) => pixelUnder(plane, point)) }));
}
