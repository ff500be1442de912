// Tables of presentation states, stored value by stored value.
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../frames/pixels.ts';
import { curved, greyCurve, type LookUpTable, readTable, storedRange } from './grey-curve.ts';

const item = (descriptor: number[], ...values: number[]) => ({
  '00283002': { vr: 'US', Value: descriptor },
  '00283006': { vr: 'US', Value: values },
});
const ramp: LookUpTable = {
  first: 0,
  bits: 8,
  entries: Uint16Array.from({ length: 256 }, (_, at) => 255 - at),
};
const plain = { slope: 1, intercept: 0 };
const bytes = { min: 0, max: 255 };

describe('a table of grey values', () => {
  it('is read with its first value and depth, packed or not', () => {
    expect(readTable(item([3, -5, 12], 0, 2048, 4095))).toEqual({
      first: -5,
      bits: 12,
      entries: Uint16Array.from([0, 2048, 4095]),
    });
    const packed = {
      '00283002': { vr: 'US', Value: [4, 0, 8] },
      '00283006': { vr: 'OW', InlineBinary: btoa('\u0001\u0002\u0003\u00ff') },
    };
    expect([...(readTable(packed)?.entries ?? [])]).toEqual([1, 2, 3, 255]);
  });

  it('is refused when there is less of it than it says', () => {
    expect(readTable(item([4, 0, 16], 1, 2))).toBeNull();
    expect(readTable(item([4, 0, 32], 1, 2, 3, 4))).toBeNull();
  });

  it('takes the place of a window, and its ends go on', () => {
    const table: LookUpTable = { first: 100, bits: 12, entries: Uint16Array.from([0, 2048, 4095]) };
    const { greys } = greyCurve({ modality: plain, voi: table, presentation: null }, bytes);
    expect([greys[0], greys[100], greys[101], greys[102], greys[255]]).toEqual([0, 0, 128, 255, 255]);
  });

  it('of a modality comes before the window, of a presentation after it', () => {
    const modality: LookUpTable = { first: 0, bits: 8, entries: Uint16Array.from([10, 20, 30]) };
    const voi = { voi: { center: 20, width: 20 }, shape: 'LINEAR_EXACT' } as const;
    const through = greyCurve({ modality, voi, presentation: null }, { min: 0, max: 2 });
    expect([...through.greys]).toEqual([0, 128, 255]);
    const turned = greyCurve({ modality, voi, presentation: ramp }, { min: 0, max: 2 });
    expect([...turned.greys]).toEqual([255, 127, 0]);
  });

  it('without a window shows values as they are, over all that they can be', () => {
    const { first, greys } = greyCurve(
      { modality: { slope: 2, intercept: -100 }, voi: null, presentation: null },
      { min: -128, max: 127 },
    );
    expect([first, greys[0], greys[128], greys[255]]).toEqual([-128, 0, 128, 255]);
  });

  it('begins below zero where values do, whatever its first value was written as', () => {
    const table: LookUpTable = { first: 65534, bits: 8, entries: Uint16Array.from([0, 85, 170, 255]) };
    const { greys } = greyCurve({ modality: plain, voi: table, presentation: null }, { min: -2, max: 1 });
    expect([...greys]).toEqual([0, 85, 170, 255]);
  });

  it('makes pixels of 8 bits', () => {
    const samples = Int16Array.from([-5, 0, 5]);
    const pixels: Pixels = {
      samples,
      columns: 3,
      rows: 1,
      components: 1,
      step: 1,
      offset: 0,
      min: -5,
      max: 5,
    };
    expect(storedRange(pixels, 12)).toEqual({ min: -2048, max: 2047 });
    const { samples: out } = curved(pixels, { first: -1, greys: Uint8ClampedArray.from([1, 2, 3]) });
    expect([...out]).toEqual([1, 2, 3]);
  });
});
