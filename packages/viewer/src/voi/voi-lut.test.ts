import { describe, expect, it } from 'vitest';
import { frameFacts } from '../geometry/frame-facts.ts';
import { initialPresentation } from '../pane/presentation.ts';
import { greyOf } from '../pane/tone.ts';
import { toneOf, voiOf } from '../pane/tone-of.ts';
import { voiCurve, voiLutOf } from './voi-lut.ts';

const is = (...Value: unknown[]) => ({ Value });
const bytes = Uint8Array.of(0, 0, 0, 2, 255, 15, 0, 8);
const lut = { '00283002': is(4, 100, 12), '00283006': { InlineBinary: btoa(String.fromCharCode(...bytes)) } };
const pixels = {
  samples: Uint16Array.of(0, 200),
  columns: 2,
  rows: 1,
  components: 1,
  step: 1,
  offset: 0,
  min: 0,
  max: 200,
} as const;

describe('a VOI LUT', () => {
  const read = voiLutOf({ '00283010': is(lut) }) ?? expect.fail('no table');
  const curve = voiCurve(read, bytes) ?? expect.fail('no curve');

  it('maps rescaled values to grey, the ends beyond its ends', () => {
    expect([...curve.greys]).toEqual([0, 32, 255, 128]);
    const facts = { ...frameFacts({ '00281053': is(1), '00281052': is(50) }, '1.2', 1), curve };
    const voi = voiOf(null, facts, { modality: 'MG', windows: [] }, pixels);
    expect(voi).toEqual({ center: 102, width: 4 });
    const tone = toneOf(voi, initialPresentation, facts, pixels);
    // Stored 50 is value 100, the first of the table.
    expect([0, 50, 51, 52, 53, 90].map((stored) => greyOf(tone, stored))).toEqual([0, 0, 32, 255, 128, 128]);
    expect(greyOf({ ...tone, invert: true }, 51)).toBe(223);
  });

  it('gives way to a window that the reader or the object names', () => {
    const facts = { ...frameFacts({ '00281050': is(10), '00281051': is(20) }, '1.2', 1), curve: null };
    expect(
      toneOf(voiOf(null, facts, null, pixels), initialPresentation, facts, pixels).curve,
    ).toBeUndefined();
    const chosen = { ...initialPresentation, voi: { center: 1, width: 2 } };
    expect(toneOf({ center: 1, width: 2 }, chosen, { ...facts, curve }, pixels).curve).toBeUndefined();
  });

  it('that is broken is none', () => {
    expect(voiLutOf({ '00283010': is({ ...lut, '00283002': is(4, 0, 99) }) })).toBeNull();
    expect(voiLutOf({ '00283010': is({}) })).toBeNull();
    expect(voiCurve(read, new Uint8Array(1))).toBeNull();
  });
});
