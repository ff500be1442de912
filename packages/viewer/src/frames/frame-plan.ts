// Which frame to fetch next, in which quality (viewer spec §4): the focused frame first, then a preview of every
// frame outwards from it (while a pack streams them, only those whose bytes have come); when all can be scrolled to, full
// frames near it and ahead of the scroll, then the rest unless bytes are dear.
// Pure: the frame source asks again after every change of focus.
import type { Quality } from '../types.ts';

export type Wish = { index: number; quality: 'preview' | 'full' | 'film' };

export type PlanFacts = {
  count: number;
  focus: number;
  /** 1 forwards, -1 backwards, 0 standing. */
  direction: -1 | 0 | 1;
  qualityOf(index: number): Quality;
  hasPreview(index: number): boolean;
  /** Bytes are dear (metered, save-data): stop after the neighbourhood. */
  thrifty: boolean;
  /** Most previews that fit into memory, and what a pack that is streaming has to do with them. */
  mostPreviews: number;
  pack: 'none' | 'streaming' | 'streaming-long';
  hasHead(index: number): boolean;
  /** Most full frames that fit into memory; the rest is not fetched only to be thrown away. */
  mostFull: number;
};

const ahead = 8;
const behind = 4;

export function planFrames(facts: PlanFacts): Wish[] {
  const { count, focus } = facts;
  const wishes: Wish[] = [];
  const planned = new Set<number>();
  const lacksPreview = (index: number) => facts.qualityOf(index) === 'none' && facts.hasPreview(index);
  const want = (index: number) => {
    if (index < 0 || index >= count || planned.has(index) || planned.size >= facts.mostFull) return;
    planned.add(index);
    const quality = facts.qualityOf(index);
    if (quality === 'none' || quality === 'preview') wishes.push({ index, quality: 'full' });
  };
  if (lacksPreview(focus)) wishes.push({ index: focus, quality: 'preview' });
  want(focus);
  const order = outwards(focus, count, facts.direction);
  let awaitsDecoder = false;
  for (const index of order.slice(0, facts.mostPreviews)) {
    if (index === focus || !lacksPreview(index)) continue;
    const isHere = facts.hasHead(index);
    awaitsDecoder ||= isHere;
    if (facts.pack === 'none' || isHere) wishes.push({ index, quality: 'preview' });
  }
  // Line and decoder belong to the previews: what they bring can be scrolled to. A long pack lets the neighbourhood pass.
  if (facts.pack === 'streaming' || (awaitsDecoder && facts.pack === 'none')) return wishes;
  want(focus + 1);
  want(focus - 1);
  const step = facts.direction === 0 ? 1 : facts.direction;
  for (let distance = 1; distance <= ahead; distance += 1) {
    want(focus + step * distance);
    if (distance <= behind) want(focus - step * distance);
  }
  if (!facts.thrifty && facts.pack === 'none') for (const index of order) want(index);
  return wishes;
}

/** All indexes by distance from the focus; at equal distance the one in scroll direction first. */
export function outwards(focus: number, count: number, direction: -1 | 0 | 1): number[] {
  const order: number[] = [];
  const step = direction === 0 ? 1 : direction;
  for (let distance = 0; order.length < count && distance < count; distance += 1) {
    for (const index of distance === 0 ? [focus] : [focus + step * distance, focus - step * distance]) {
      if (index >= 0 && index < count) order.push(index);
    }
  }
  return order;
}

export function isSame(a: Wish, b: Wish): boolean {
  return a.index === b.index && a.quality === b.quality;
}
