import { describe, expect, it } from 'vitest';
import {
  chosenCount,
  learnPictures,
  nothingChosen,
  selectionOf,
  togglePicture,
  toggleSeries,
  unknownSeries,
} from './chosen-pictures.ts';

const series = (uid: string, instanceCount: number) => ({
  seriesInstanceUid: uid,
  modality: 'CT',
  instanceCount,
  attributes: {},
  thumbnailUrl: '',
});
const study = { series: [series('1', 10), series('2', 5)] };

describe('what is chosen of a study', () => {
  it('is the whole study while nothing is chosen', () => {
    expect(chosenCount(nothingChosen, study)).toBeNull();
    expect(selectionOf(nothingChosen)).toEqual({});
  });

  it('names series while only series are chosen', () => {
    const chosen = toggleSeries(nothingChosen, '1');
    expect(selectionOf(chosen)).toEqual({ seriesInstanceUids: ['1'] });
    expect(chosenCount(chosen, study)).toBe(10);
    expect(toggleSeries(chosen, '1').series).toEqual([]);
  });

  it('names pictures one by one beside a whole series, once these are known', () => {
    const mixed = togglePicture(toggleSeries(nothingChosen, '2'), '1', '1.7');
    expect(chosenCount(mixed, study)).toBe(6);
    expect(unknownSeries(mixed)).toEqual(['2']);
    const known = learnPictures(mixed, '2', ['2.1', '2.2']);
    expect(unknownSeries(known)).toEqual([]);
    expect(selectionOf(known)).toEqual({ sopInstanceUids: ['2.1', '2.2', '1.7'] });
  });

  it('never holds a series and pictures of the same series', () => {
    const pictures = togglePicture(togglePicture(nothingChosen, '1', '1.1'), '1', '1.2');
    expect(toggleSeries(pictures, '1')).toMatchObject({ series: ['1'], pictures: [] });
    expect(togglePicture(toggleSeries(nothingChosen, '1'), '1', '1.1').series).toEqual([]);
    expect(togglePicture(pictures, '1', '1.1').pictures).toEqual([{ series: '1', picture: '1.2' }]);
  });
});
