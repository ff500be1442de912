import { describe, expect, it } from 'vitest';
import type { Quality } from '../types.ts';
import { outwards, type PlanFacts, planFrames } from './frame-plan.ts';

const facts = (over: Partial<PlanFacts>, known: Record<number, Quality> = {}): PlanFacts => ({
  count: 100,
  focus: 50,
  direction: 0,
  qualityOf: (index) => known[index] ?? 'none',
  hasPreview: () => true,
  thrifty: false,
  mostPreviews: 1000,
  pack: 'none',
  hasHead: () => false,
  mostFull: 1000,
  ...over,
});

const shortly = (plan: ReturnType<typeof planFrames>) =>
  plan.map(({ index, quality }) => `${quality} ${index}`);

describe('the plan of frames', () => {
  it('begins with the focused frame: preview, then full', () => {
    expect(shortly(planFrames(facts({}))).slice(0, 2)).toEqual(['preview 50', 'full 50']);
  });

  it('then has a preview of every other frame, outwards, before any other full frame', () => {
    const plan = planFrames(facts({}));
    const previews = plan.slice(2, 101);
    expect(previews.every(({ quality }) => quality === 'preview')).toBe(true);
    expect(previews.slice(0, 4).map(({ index }) => index)).toEqual([51, 49, 52, 48]);
    expect(shortly(plan)[101]).toBe('full 51');
  });

  it('looks eight ahead and four behind in scroll direction when bytes are dear, and stops there', () => {
    const held = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at, 'preview' as const]));
    const plan = planFrames(facts({ thrifty: true, direction: -1 }, held));
    const wanted = plan.map(({ index }) => index).sort((a, b) => a - b);
    expect(wanted).toEqual([42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54]);
  });

  it('asks for nothing that is already whole, a film picture or failed', () => {
    const known: Record<number, Quality> = { 0: 'full', 1: 'film', 2: 'failed' };
    expect(planFrames(facts({ count: 3, focus: 1 }, known))).toEqual([]);
  });

  it('skips previews of frames that have none', () => {
    const plan = planFrames(facts({ count: 2, focus: 0, hasPreview: (index) => index === 1 }));
    expect(shortly(plan)).toEqual(['full 0', 'preview 1', 'full 1']);
  });

  it('never wants more full frames than memory holds', () => {
    const full = planFrames(facts({ mostFull: 10 })).filter(({ quality }) => quality === 'full');
    expect(full).toHaveLength(10);
    expect(full[0]?.index).toBe(50);
  });

  it('stays inside the stack at its ends', () => {
    for (const focus of [0, 99]) {
      const plan = planFrames(facts({ focus }));
      expect(plan.every(({ index }) => index >= 0 && index < 100)).toBe(true);
    }
  });
});

describe('outwards', () => {
  it('prefers the scroll direction at equal distance', () => {
    expect(outwards(2, 5, -1)).toEqual([2, 1, 3, 0, 4]);
    expect(outwards(0, 3, 1)).toEqual([0, 1, 2]);
  });
});

describe('the plan while a pack streams', () => {
  const focused = { 50: 'full' as const };

  it('leaves the line to the pack and decodes what it has brought', () => {
    const plan = planFrames(facts({ pack: 'streaming', hasHead: (index) => index === 51 }, focused));
    expect(shortly(plan)).toEqual(['preview 51']);
  });

  it('lets the neighbourhood of the focus pass a long pack, but not the whole series', () => {
    const plan = planFrames(facts({ pack: 'streaming-long' }, focused));
    expect(plan).toHaveLength(12);
    expect(shortly(plan).slice(0, 2)).toEqual(['full 51', 'full 49']);
  });

  it('wishes no more previews than memory holds, the nearest ones', () => {
    const plan = planFrames(facts({ mostPreviews: 5 }));
    const previews = plan.filter(({ quality }) => quality === 'preview').map(({ index }) => index);
    expect(previews.sort((a, b) => a - b)).toEqual([48, 49, 50, 51, 52]);
  });

  it('leaves the decoder to the previews whose bytes are here before it fetches what is beside the focus', () => {
    const plan = planFrames(facts({ hasHead: (index) => index > 60 }));
    expect(plan.filter(({ quality }) => quality === 'full')).toEqual([{ index: 50, quality: 'full' }]);
    expect(plan.some(({ index, quality }) => index === 70 && quality === 'preview')).toBe(true);
  });
});
