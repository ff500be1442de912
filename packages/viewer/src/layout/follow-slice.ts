// Which slice of another stack belongs to the one on screen. Within one frame of reference by position in the body;
// across studies by the hand-set alignment; else by the relative place in the stack.
import type { Anchor } from '../types.ts';
import {
  centreOfPlane,
  cosineBetween,
  nearestPosition,
  nearestSlice,
  positionOf,
  type SlicePlane,
  sharesFrame,
} from './planes.ts';

export type Stack = {
  index: number;
  planes: readonly (SlicePlane | null)[];
};

/** Slices leaning more than this against each other are not scrolled together. */
const leastCosine = 0.8;

export function sliceBeside(
  from: Stack,
  to: Stack,
  anchors: { from: Anchor; to: Anchor } | null,
): number | null {
  const here = from.planes[from.index] ?? null;
  const there = to.planes[to.index] ?? to.planes.find((plane) => plane !== null) ?? null;
  if (here !== null && there !== null) {
    const cosine = cosineBetween(here, there);
    if (Math.abs(cosine) < leastCosine) return null;
    if (sharesFrame(here, there)) return nearestSlice(to.planes, centreOfPlane(here));
    if (anchors !== null && anchors.from.position !== null && anchors.to.position !== null) {
      const moved = (positionOf(here) - anchors.from.position) * Math.sign(cosine);
      return nearestPosition(to.planes, anchors.to.position + moved);
    }
    return clamp(relative(from, to, runsAgainst(from.planes, to.planes, cosine)), to.planes.length);
  }
  if (anchors !== null) return clamp(anchors.to.index + from.index - anchors.from.index, to.planes.length);
  return clamp(relative(from, to, false), to.planes.length);
}

export function anchorOf(stack: Stack): Anchor {
  const plane = stack.planes[stack.index] ?? null;
  return { index: stack.index, position: plane === null ? null : positionOf(plane) };
}

function relative(from: Stack, to: Stack, isReversed: boolean): number {
  const share = from.planes.length < 2 ? 0.5 : from.index / (from.planes.length - 1);
  return Math.round((isReversed ? 1 - share : share) * (to.planes.length - 1));
}

/** One stack runs head to foot, the other foot to head. */
function runsAgainst(
  a: readonly (SlicePlane | null)[],
  b: readonly (SlicePlane | null)[],
  cosine: number,
): boolean {
  return rise(a) * rise(b) * Math.sign(cosine) < 0;
}

function rise(planes: readonly (SlicePlane | null)[]): number {
  const known = planes.filter((plane) => plane !== null);
  const first = known[0];
  const last = known[known.length - 1];
  return first === undefined || last === undefined ? 0 : positionOf(last) - positionOf(first);
}

function clamp(index: number, count: number): number | null {
  return count === 0 ? null : Math.min(count - 1, Math.max(0, index));
}
