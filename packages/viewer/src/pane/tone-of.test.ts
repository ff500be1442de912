import type { ManifestSeries } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../frames/pixels.ts';
import { frameFacts } from '../geometry/frame-facts.ts';
import { voiOf } from './tone-of.ts';

const pixels: Pixels = {
  samples: Uint16Array.of(0, 100),
  columns: 2,
  rows: 1,
  components: 1,
  step: 1,
  offset: 0,
  min: 0,
  max: 100,
};
const ofSeries = { label: '', center: 500, width: 1001 };
const series = (modality: string): Pick<ManifestSeries, 'modality' | 'windows'> => ({
  modality,
  windows: [ofSeries],
});

const ds = (value: number) => ({ vr: 'DS', Value: [value] });
const withWindow = frameFacts({ '00281050': ds(10), '00281051': ds(20) }, '1.2', 1);
const without = frameFacts({}, '1.2', 1);

describe('the window a frame is shown with', () => {
  it('is what the reader chose, else its own, else that of the series, else the whole range', () => {
    expect(voiOf({ center: 1, width: 2 }, withWindow, series('CT'), pixels)).toEqual({ center: 1, width: 2 });
    expect(voiOf(null, withWindow, series('CT'), pixels)).toEqual({ center: 10, width: 20 });
    expect(voiOf(null, without, series('MR'), pixels)).toMatchObject({ center: 500, width: 1001 });
    expect(voiOf(null, without, null, pixels)).toEqual({ center: 50.5, width: 101 });
  });

  it('leaves eight bits without a window as they are: they are grey values already', () => {
    const grey = frameFacts({ '00280101': ds(8) }, '1.2', 1);
    expect(voiOf(null, grey, null, pixels)).toEqual({ center: 128, width: 256 });
    const mask = frameFacts({ '00280101': ds(1) }, '1.2', 1);
    expect(voiOf(null, mask, null, pixels)).toEqual({ center: 50.5, width: 101 });
  });

  it('is that of the series for PET and NM, as in the film, whatever the slice says', () => {
    expect(voiOf(null, withWindow, series('PT'), pixels)).toMatchObject({ center: 500, width: 1001 });
    expect(voiOf(null, withWindow, { modality: 'NM', windows: [] }, pixels)).toEqual({
      center: 10,
      width: 20,
    });
  });

  it('of rescaled values means nothing without the metadata', () => {
    expect(voiOf(null, null, series('PT'), pixels)).toEqual({ center: 50.5, width: 101 });
  });
});
