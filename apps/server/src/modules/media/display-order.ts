// In which order the instances of a series are looked through. A stack of slices goes by position along its normal
// (PS3.3 C.7.6.2.1.1) when every slice has a place of its own in one orientation; else by Instance Number. The direction
// is that of the Instance Numbers, so that the first slice stays the one the console showed first.
import type { PlacedInstance } from '../archive/index.ts';

export type Ordered = Pick<
  PlacedInstance,
  'instance_number' | 'image_position' | 'image_orientation' | 'sop_instance_uid' | 'number_of_frames'
>;

type Vector = readonly [number, number, number];
/** Orientations of one stack differ by rounding only; positions closer than this are the same place. */
const orientationTolerance = 0.01;
const samePlaceMm = 0.005;

export function inDisplayOrder<T extends Ordered>(instances: readonly T[]): T[] {
  const byNumber = [...instances].sort(compareNumbers);
  return alongNormal(byNumber) ?? byNumber;
}

function compareNumbers(a: Ordered, b: Ordered): number {
  const last = Number.MAX_SAFE_INTEGER;
  const difference = (a.instance_number ?? last) - (b.instance_number ?? last);
  return difference !== 0 ? difference : compareText(a.sop_instance_uid, b.sop_instance_uid);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function alongNormal<T extends Ordered>(byNumber: readonly T[]): T[] | null {
  if (byNumber.length < 3) return null;
  const places: { instance: T; at: number }[] = [];
  let reference: Vector | null = null;
  for (const instance of byNumber) {
    const orientation = numbers(instance.image_orientation);
    const position = numbers(instance.image_position);
    if (instance.number_of_frames > 1 || orientation.length !== 6 || position.length !== 3) return null;
    const normal = normalOf(orientation);
    if (normal === null || (reference !== null && !isSame(normal, reference))) return null;
    reference ??= normal;
    const [x = 0, y = 0, z = 0] = position;
    places.push({ instance, at: x * reference[0] + y * reference[1] + z * reference[2] });
  }
  const risesWithNumber = direction(places.map((place) => place.at)) >= 0;
  places.sort((a, b) => (risesWithNumber ? a.at - b.at : b.at - a.at));
  const isDistinct = places.every(
    (place, index) => index === 0 || Math.abs(place.at - (places[index - 1]?.at ?? 0)) > samePlaceMm,
  );
  return isDistinct ? places.map((place) => place.instance) : null;
}

/** Sign of most steps from one instance number to the next. */
function direction(positions: readonly number[]): number {
  let sum = 0;
  for (const [index, at] of positions.entries())
    if (index > 0) sum += Math.sign(at - (positions[index - 1] ?? at));
  return sum;
}

function numbers(text: string | null): number[] {
  if (text === null) return [];
  const values = text.split('\\').map(Number);
  return values.every(Number.isFinite) ? values : [];
}

function normalOf(orientation: readonly number[]): Vector | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d] as const;
  const length = Math.hypot(...normal);
  return length < 0.5 ? null : [normal[0] / length, normal[1] / length, normal[2] / length];
}

function isSame(a: Vector, b: Vector): boolean {
  return Math.abs(1 - (a[0] * b[0] + a[1] * b[1] + a[2] * b[2])) < orientationTolerance;
}

/** The instance that stands for the series: the middle one; of a slide the level with the fewest tiles. */
export function representative<T extends Ordered & { sop_class_uid: string }>(
  ordered: readonly T[],
): T | null {
  const [first] = ordered;
  if (first === undefined) return null;
  if (first.sop_class_uid === wholeSlide) {
    return ordered.reduce((least, one) => (one.number_of_frames < least.number_of_frames ? one : least));
  }
  return ordered[Math.floor((ordered.length - 1) / 2)] ?? null;
}

const wholeSlide = '1.2.840.10008.5.1.4.1.1.77.1.6';
